"""The language of a page and of its texts, and language tags as pages write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.page_language import page_language
from wiredesk.languages.detector import shared_detector
from wiredesk.languages.tags import language_tag
from wiredesk_schemas import Block, Evidence

ENGLISH = "The council voted on Tuesday to keep the old library open, and the mayor said she was pleased."
GERMAN = "Der Stadtrat hat am Donnerstagabend beschlossen, den alten Fähranleger wieder zu öffnen."
RUSSIAN = "Совет города проголосовал за открытие старой пристани, сообщила мэрия в четверг вечером."
CHINESE = "埃尔穆尔市议会周四晚间投票决定，在关闭十一年之后重新开放旧渡轮码头。"
DANISH = "Statsministeren sagde tirsdag, at regeringen vil fremlægge et nyt forslag i Folketinget."


def read(stated: list[str], *texts: str) -> tuple[str | None, Evidence | None, list[str | None]]:
    field, blocks = page_language(
        [(Evidence.DOM, tag) for tag in stated], None, [Block(text=text) for text in texts], shared_detector()
    )
    return field.value, field.evidence, [block.language for block in blocks]


@pytest.mark.parametrize(
    ("text", "language"), [(ENGLISH, "en"), (GERMAN, "de"), (RUSSIAN, "ru"), (CHINESE, "zh"), (DANISH, "da")]
)
def test_a_language_that_is_not_stated_is_detected(text: str, language: str) -> None:
    assert read([], text, text) == (language, Evidence.DETECTED, [None, None])


@pytest.mark.parametrize(("stated", "text"), [("en-GB", ENGLISH), ("de-AT", GERMAN), ("zh-Hant-TW", CHINESE)])
def test_a_stated_language_that_the_words_bear_out_keeps_its_region(stated: str, text: str) -> None:
    assert read([stated], text) == (stated, Evidence.DOM, [None])


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, CHINESE])
def test_the_words_overrule_a_template_that_says_english(text: str) -> None:
    assert read(["en-US"], text, text)[:2] == (language_of(text), Evidence.DETECTED)


def language_of(text: str) -> str | None:
    return read([], text)[0]


def test_of_several_stated_languages_the_words_choose() -> None:
    assert read(["en", "de-CH"], GERMAN)[0] == "de-CH"


def test_related_languages_are_taken_as_stated() -> None:
    assert read(["nb-NO"], "Statsministeren sa at forslaget er godt.")[0] == "nb-NO"


@pytest.mark.parametrize("text", ["Foto: AFP", "12.5 %", "—"])
def test_a_few_letters_say_nothing(text: str) -> None:
    assert read([], text)[:2] == (None, None)
    assert read(["de"], text)[:2] == ("de", Evidence.DOM)


@pytest.mark.parametrize(("other", "language"), [(GERMAN, "de"), (RUSSIAN, "ru"), (CHINESE, "zh")])
def test_a_text_in_another_language_says_so(other: str, language: str) -> None:
    assert read(["en"], ENGLISH, ENGLISH, other, ENGLISH) == ("en", Evidence.DOM, [None, None, language, None])


def test_an_english_text_in_a_story_of_another_script_says_so() -> None:
    assert read(["ru"], RUSSIAN, RUSSIAN, ENGLISH, RUSSIAN)[2] == [None, None, "en", None]


@given(st.lists(st.text(min_size=1, max_size=60), max_size=6), st.lists(st.text(max_size=12), max_size=3))
def test_any_texts_have_a_language_or_none(texts: list[str], stated: list[str]) -> None:
    tags = [tag for text in stated if (tag := language_tag(text))]
    assert len(read(tags, *texts)[2]) == len(texts)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"), ("en_US", "en-US"), ("EN-us", "en-US"), ("zh-hant-tw", "zh-Hant-TW"), ("eng", "en"),
        ("ger", "de"), ("English", "en"), ("Deutsch", "de"), ("de_DE.UTF-8", "de-DE"), ("en-UK", "en-GB"),
        ("en-EN", "en"), ("es-419", "es-419"), ("iw", "he"), ("de, en", "de"), ("en-GB-oxendict", "en-GB"),
    ],
)  # fmt: skip
def test_tags_are_written_as_bcp_47_says(text: str, tag: str) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize("text", [None, "", "{{lang}}", "x-default", "und", "multi", "²²", "e", "en" * 30])
def test_what_names_no_language_is_no_tag(text: str | None) -> None:
    assert language_tag(text) is None


@given(st.text(max_size=50))
def test_a_tag_is_a_tag_of_itself(text: str) -> None:
    tag = language_tag(text)
    assert tag is None or language_tag(tag) == tag
