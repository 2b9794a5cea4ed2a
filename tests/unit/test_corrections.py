"""Corrections are found in the languages of newsrooms, and stories about corrections state none."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.revisions.corrections import corrections_of, is_corrected_headline, is_correction
from wiredesk.testing import example_event
from wiredesk_schemas import Block, CleanedArticle

ARTICLE = example_event(CleanedArticle)
CASES = tomllib.loads((Path(__file__).parent / "corrections.toml").read_text(encoding="utf-8"))


def cases(section: str) -> list[object]:
    return [
        pytest.param(text, id=f"{language}-{number}")
        for language, texts in CASES[section].items()
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize("text", cases("stated"))
def test_a_stated_correction_is_found(text: str) -> None:
    assert is_correction(text)
    assert is_correction(f"*  {text}")


@pytest.mark.parametrize("text", cases("about"))
def test_a_text_about_corrections_states_none(text: str) -> None:
    assert not is_correction(text)


@pytest.mark.parametrize("headline", cases("headlines"))
def test_the_headline_of_a_correction_is_found(headline: str) -> None:
    assert is_corrected_headline(headline)


@pytest.mark.parametrize("headline", cases("about_headlines"))
def test_a_headline_about_corrections_is_none(headline: str) -> None:
    assert not is_corrected_headline(headline)


def test_there_are_forty_languages() -> None:
    assert len(CASES["stated"]) >= 50


def with_texts(*texts: str, title: str = "Ferry strike ends") -> CleanedArticle:
    return ARTICLE.model_copy(update={"title": title, "paragraphs": tuple(Block(text=text) for text in texts)})


def test_a_label_alone_heads_the_text_after_it() -> None:
    (correction,) = corrections_of(with_texts("The strike ended.", "Correction", "The strike lasted four days."))
    assert correction.text == "Correction: The strike lasted four days."


def test_a_correction_keeps_its_key_when_its_typography_changes() -> None:
    one, other = (
        corrections_of(with_texts(text))[0].keys
        for text in ("Correction: The mayor's age is 40.", "CORRECTION:  The mayor’s age is 40.")
    )
    assert one == other


@pytest.mark.parametrize("piece", ["correction:", '"', "an earlier version of ", "(", "a ", "訂正", "5:"])
def test_a_long_text_is_read_in_time(piece: str) -> None:
    corrections_of(with_texts(piece * 200_000, title=piece * 10_000))


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_read(title: str, text: str) -> None:
    corrections_of(with_texts(text or "x", title=title))
