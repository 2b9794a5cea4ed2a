import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.words import clean, count, ends_sentence, fold, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ferry\x00 pi\x07er\x7f\x8f opens", "Ferry pier opens"),
        ("Unter\u00adnehmen im\u200b Nor\u2060den\ufeff", "Unternehmen im Norden"),
        ("Auf\u200clage", "Auflage"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("হ\u200cওয়া", "হ\u200cওয়া"),
        ("the family 👨\u200d👩\u200d👧 here", "the family 👨\u200d👩\u200d👧 here"),
        ("5\u00a0000\u2028Euro\t\n now", "5 000 Euro now"),
        ("Ferry\u200e pier\u202e", "Ferry pier"),
        ("\u200fהרכבת\u200e", "\u200fהרכבת\u200e"),
        ("pier\ufffe and \ufff9boat", "pier and boat"),
    ],
)
def test_what_nobody_sees_is_dropped_and_what_spells_a_word_is_kept(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_non_joiner_is_within_a_word() -> None:
    assert count("می\u200cخواهم") == 1
    assert split("می\u200cخواهم") == split("میخواهم")
    assert fold("می\u200cخواهم") == fold("میخواهم")


@given(st.text(max_size=50))
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\x00" not in clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "„Ich war fest überzeugt.“",
        "»Das wird es nicht geben.«",
        "“It will not happen.”",
        "« Cela n’arrivera pas ! »",
        "„To się nie stanie.”",
        "「そんなことはない。」",
        "他说：“不会。”（完。）",
        "Er sagte: ‚Nein.‘“",
        "گفت: «نه؟»",
    ],
)
def test_a_sentence_may_end_with_the_quotation_marks_of_any_language(text: str) -> None:
    assert ends_sentence(text)
    assert not ends_sentence(text.rstrip("”“»«」）)‘ .!。？؟！") + "“")


@given(st.lists(st.text(alphabet="aé_ '’.-–…字→\u200cใ|", max_size=12), max_size=5))
def test_words_are_counted_alike_line_by_line(lines: list[str]) -> None:
    assert count("\n".join(lines)) == sum(map(count, lines))


@given(st.text(alphabet="aB é\u00a0\u200b\u0085\n\t’字", max_size=30))
def test_a_text_and_its_clean_form_are_folded_alike(text: str) -> None:
    assert fold(text) == fold(clean(text))
