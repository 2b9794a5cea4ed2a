"""Lives of pages: how each is fetched again and again, and by a model of few lines what must become of every fetch.

A fetch says in a field of its own what its page shows, which no stage reads: the model is made of that, and of the
order in which the fetches of a page were published.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FETCHES = 9
"""Fetches of a page."""

ACTS = ("nonce", "nonce", "edit", "correct", "gone", "late")
"""What may happen between two fetches of a page: a page that is gone comes back with the next one that shows a text."""

SENTENCE = "The union of the port said on day {} that the ferry crews of line {} will go back to work after long talks."

NOTICE = "<p>Correction: An earlier version of this story gave a wrong day for the talks.</p>"


def body(address: int, text: int, nonce: int, *, is_corrected: bool) -> str:
    """Return a page whose story says the same, whatever its nonce is."""
    paragraphs = "".join(f"<p>{SENTENCE.format(text * 10 + n, address)}</p>" for n in range(6))
    title = f"Ferry strike of line {address} ends"
    notice = NOTICE if is_corrected else ""
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}{notice}<script>{nonce}</script></body></html>"


def life(address: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield the fetches of a page as raw pages; `life` is what each shows."""
    url = f"https://courier.example/2026/03/14/ferry-strike-{address}"
    text, is_corrected = 0, False
    for minute in range(1, FETCHES + 1):
        act = chance.choice(ACTS) if minute > 1 else chance.choice(("edit", "edit", "edit", "gone", "correct"))
        text, is_corrected = text + (act == "edit"), is_corrected or act == "correct"
        shown: list[Any] | None = [99 if act == "late" else text, is_corrected and act != "late"]
        page: dict[str, Any] = {
            "url": url,
            "content_type": "text/html",
            "fetched_at": f"2026-03-14T08:{0 if act == 'late' else minute:02}:00Z",
        }
        if act == "gone":
            shown = None
            page |= {"body": "gone", "http_status": 410}
        else:
            page["body"] = body(address, shown[0], minute, is_corrected=shown[1])  # type: ignore[index] # not gone
        yield page | {"life": shown}


def lives(seed: int, addresses: int) -> Iterator[dict[str, Any]]:
    """Yield the fetches of many pages, those of each in their order, and mixed with those of the others."""
    chance = random.Random(seed)
    rest = [life(number, chance) for number in range(addresses)]
    order = [number for number in range(addresses) for _ in range(FETCHES)]
    chance.shuffle(order)
    for number in order:
        yield next(rest[number])


@dataclass(frozen=True)
class Expected:
    """What a fetch must become.

    Attributes:
        outcome: kind of the revision, `withdrawn`, or reason of the skipped page.
        number: of the revision; None where it is none.
        first_seen: when the story was fetched first; None where it is no revision.
    """

    outcome: str
    number: int | None = None
    first_seen: str | None = None


def expected(fetches: Iterable[dict[str, Any]]) -> list[Expected]:
    """Return what the fetches of one page become, in the order in which they were published."""
    become = []
    newest, number, first_seen = "", 0, ""
    known: list[Any] | None = None  # what the newest article said
    is_there = False
    for fetch in fetches:
        at, shown = fetch["fetched_at"], fetch["life"]
        if at < newest:
            first_seen = min(first_seen, at) if number and shown is not None else first_seen
            become.append(Expected("superseded"))
            continue
        newest = at
        if shown is None and not is_there:
            become.append(Expected("http_error"))
        elif shown is not None and is_there and shown == known:
            become.append(Expected("unchanged"))
        else:
            first_seen = first_seen if number else at
            number += 1
            outcome = "updated" if is_there else "created"
            if shown is None:
                outcome = "withdrawn"
            elif known is not None and shown[1] and not known[1]:
                outcome = "corrected"
            become.append(Expected(outcome, number, first_seen))
            is_there, known = shown is not None, known if shown is None else shown
    return become
