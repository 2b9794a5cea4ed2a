"""The model of lives, by hand: the soak of lives is worth as much as this model."""

from typing import Any

from tests.faults.lives_model import FETCHES, Expected, expected, lives


def fetch(minute: int, text: int | None, *, is_corrected: bool = False) -> dict[str, Any]:
    return {"fetched_at": f"2026-03-14T08:{minute:02}:00Z", "life": None if text is None else [text, is_corrected]}


def outcomes(*fetches: dict[str, Any]) -> list[str]:
    return [one.outcome for one in expected(fetches)]


def test_a_life_by_hand() -> None:
    first = "2026-03-14T08:02:00Z"
    assert expected(
        [
            fetch(1, None),
            fetch(2, 1),
            fetch(3, 1),
            fetch(4, 2),
            fetch(5, 2, is_corrected=True),
            fetch(1, 9),
            fetch(6, None),
            fetch(7, None),
            fetch(8, 2, is_corrected=True),
        ]
    ) == [
        Expected("http_error"),
        Expected("created", 1, first),
        Expected("unchanged"),
        Expected("updated", 2, first),
        Expected("corrected", 3, first),
        Expected("superseded"),
        Expected("withdrawn", 4, "2026-03-14T08:01:00Z"),
        Expected("http_error"),
        Expected("created", 5, "2026-03-14T08:01:00Z"),
    ]


def test_a_page_that_comes_back_may_have_another_text_or_a_correction() -> None:
    assert outcomes(fetch(1, 1), fetch(2, None), fetch(3, 2)) == ["created", "withdrawn", "created"]
    assert outcomes(fetch(1, 1), fetch(2, None), fetch(3, 1, is_corrected=True))[-1] == "corrected"
    assert outcomes(fetch(1, 1, is_corrected=True), fetch(2, None), fetch(3, 1, is_corrected=True))[-1] == "created"


def test_every_kind_of_fetch_occurs_in_many_lives() -> None:
    pages = list(lives(1, 60))
    assert len(pages) == 60 * FETCHES
    by_url: dict[str, list[dict[str, Any]]] = {}
    for page in pages:
        by_url.setdefault(page["url"], []).append(page)
    become = {one.outcome for fetches in by_url.values() for one in expected(fetches)}
    assert become == {"created", "updated", "corrected", "unchanged", "withdrawn", "superseded", "http_error"}
