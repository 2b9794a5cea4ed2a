"""Texts that are too short for the detector, or written in letters that it does not know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.small_words import is_english_by_small_words
from wiredesk.languages.detector import shared_detector
from wiredesk.languages.widths import HALF_WIDTH, half_width

FULL_WIDTH = {half: full for full, half in HALF_WIDTH.items()}


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("Thurston Howell III sold the yacht.", True),
        ("Gov. Alder and Sen. Moss toured Fresno.", True),
        ("THE YACHT", True),
        ("Xi Jinping, Kim Jong Un, Recep Tayyip Erdoğan", False),
        ("Friedrich Merz traf Emmanuel Macron in Berlin.", False),
        ("Dan was er nog een in de stad", False),
        ("The Beatles sind in der Stadt und spielen", False),
        ("", False),
    ],
)
def test_small_words_show_english(text: str, is_english: bool) -> None:  # noqa: FBT001 - a case's outcome
    assert is_english_by_small_words(text) is is_english


def test_letters_of_full_width_are_read() -> None:
    text = "The president met the prime minister in Bali on Monday".translate(FULL_WIDTH)
    guess = shared_detector().detect(text)
    assert guess is not None
    assert guess.code == "en"
    assert half_width("昨日のＮＨＫは東京で放送した") == "昨日のＮＨＫは東京で放送した"


@given(st.text(max_size=100))
def test_each_character_stays_where_it_was(text: str) -> None:
    assert len(half_width(text)) == len(text)
    assert half_width(half_width(text)) == half_width(text)
    assert len(half_width(text.translate(FULL_WIDTH))) == len(text)
