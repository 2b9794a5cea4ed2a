"""Offsets of mentions, whatever a tagger marks, in every script: they point to whole characters of the text."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.stories import article
from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.composed_text import ComposedText
from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.entities import build_entities, find_mentions
from wiredesk.enrichment.entities.gazetteer_tagger import gazetteer_taggers
from wiredesk.enrichment.entities.graphemes import is_inside, whole_characters
from wiredesk.enrichment.entities.multilingual_tagger import MultilingualTagger
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.languages import SUPPORT
from wiredesk_schemas import CleanedArticle, EntityType, MediaTopic, Model

SENTENCE = (
    "Merkel Ankara'da NATO-hoz ADFC (ADFC) Łódź Zoe\u0308 José Jose\u0301 é\u0301\u0302 Трампа Йо\u0438\u0306 Київ Αθήνα "
    "بغداد وبغداد مُحَمَّد יְרוּשָׁלַיִם \u202bبيروت\u202c दिल्ली क्\u200dष राम रामी তিস্তা தமிழ் กรุงเทพ ที่ 東京 習 習近平氏 "
    "尹錫悦大統領 フジテレビ ﾌｼﾞ 米歇尔・布兰 서울 강씨 \u1112\u1161\u11ab 👩\u200d🚀 👍🏽 🇩🇪 𝔅𝔢𝔯𝔩𝔦𝔫 𠮷野家 𐐀𐐨 \ufeff ქართული "
    "Hồng Nguyê\u0303n d'Orsay l'Ukraine İstanbul ıı ǅ ß ﬁ St. & „X“ 【東京時事】 BERLIN (dpa) -"
)
"""Words in many scripts, with marks, joiners, right-to-left marks, and characters beyond the first plane."""

texts = st.lists(st.one_of(st.sampled_from(SENTENCE.split()), st.text(max_size=6)), max_size=12).map(" ".join)
languages = st.sampled_from([*sorted(SUPPORT), "xh", None])
cuts = st.lists(st.tuples(st.integers(0, 80), st.integers(1, 25), st.sampled_from(list(EntityType))), max_size=8)


def tagged_spans(text: str, marked: Sequence[tuple[int, int, EntityType]]) -> list[TaggedSpan]:
    """Return spans in order and without overlaps, as a tagger does, at any offsets."""
    spans: list[TaggedSpan] = []
    for start, length, kind in sorted(marked, key=lambda one: one[0]):
        end = min(len(text), start + length)
        if start < end and (not spans or spans[-1].end <= start):
            spans.append(TaggedSpan(start, end, kind))
    return spans


def check(spans: Sequence[NameSpan]) -> None:
    previous: dict[str, int] = {}
    for span in spans:
        text, pointer = span.field.text, span.field.pointer
        assert 0 <= span.start < span.end <= len(text)
        assert span.surface == text[span.start : span.end]
        assert span.start >= previous.get(pointer, 0), "overlap"
        assert not is_inside(text, span.start)
        assert not is_inside(text, span.end)
        assert unicodedata.category(text[span.start])[0] != "M"
        previous[pointer] = span.end


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(texts, cuts, languages), min_size=1, max_size=4))
@example([("Jose\u0301 Jose", [(0, 4, EntityType.PERSON), (6, 4, EntityType.PERSON)], "es")])
@example([("रामी राम", [(0, 3, EntityType.PERSON), (5, 3, EntityType.PERSON)], "hi")])
@example([("👩\u200d🚀 NASA", [(0, 1, EntityType.ORGANISATION), (2, 6, EntityType.ORGANISATION)], "en")])
@example([("x\u0301", [(1, 1, EntityType.PERSON)], "en")])
@example([("NATO Merkel", [(4, 1, EntityType.PLACE)], "ar")])  # only a space
def test_mentions_are_whole_characters_without_overlaps(
    marked: list[tuple[str, list[tuple[int, int, EntityType]], str | None]],
) -> None:
    fields = [ArticleField(f"/{n}", text, 1.0, n, language) for n, (text, _, language) in enumerate(marked)]
    spans = [tagged_spans(text, cut) for text, cut, _ in marked]
    mentions = find_mentions(fields, spans)
    check(mentions)
    entities = build_entities(mentions)
    by_place = {(one.field, one.start, one.end): one.surface for entity in entities for one in entity.mentions}
    assert by_place == {(span.field.pointer, span.start, span.end): span.surface for span in mentions}


@given(texts, st.integers(0, 90), st.integers(0, 30))
def test_a_span_of_whole_characters_is_inside_the_text(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    first, last = whole_characters(text, start, min(len(text), start + length))
    assert 0 <= first <= last <= len(text)
    assert first == last or not (is_inside(text, first) or is_inside(text, last))
    assert whole_characters(text, first, last) == (first, last)


def test_a_letter_keeps_its_marks() -> None:
    text = "Jose\u0301 Lo"
    assert whole_characters(text, 0, 4) == (0, 5)
    assert whole_characters(text, 4, 5) == (5, 5)
    assert whole_characters("a" + "\u0301" * 5000, 0, 1) == (0, 0), "noise is no letter"


class EveryWord:
    """Marks every word, of any language."""

    languages = frozenset({"*"})
    model = Model(task="entities", name="words", version="1")

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        spans: list[list[TaggedSpan]] = []
        for text in texts:
            position, of_text = 0, []
            for word in text.split():
                start = text.index(word, position)
                position = start + len(word)
                of_text.append(TaggedSpan(start, position, EntityType.PERSON))
            spans.append(of_text)
        return spans


class NoTopics:
    """Reads no language."""

    languages = frozenset[str]()
    model = Model(task="topics", name="none", version="1")

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:  # noqa: ARG002 - the protocol
        return ()


ENRICHER = Enricher(tagger=EveryWord(), classifier=NoTopics())


@settings(max_examples=25, deadline=None)
@given(texts, st.lists(texts, min_size=1, max_size=3))
@example("👩\u200d🚀 Ann Lee", ["👍🏽 Köln 🇩🇪 Wien", "𝔅 Łódź"])
def test_the_surface_of_an_event_is_the_text_between_its_offsets(title: str, paragraphs: list[str]) -> None:
    enriched = ENRICHER(article(*(f"{text} ." for text in paragraphs), title=title))
    event = enriched.model_dump(mode="json")
    for entity in event["entities"]:
        for mention in entity["mentions"]:
            target: Any = event
            for key in mention["field"].removeprefix("/").split("/"):
                target = target[int(key)] if key.isdigit() else target[key]
            assert target[mention["start"] : mention["end"]] == mention["surface"]
            assert mention["surface"] == mention["surface"].strip(), "what is read is not as long as what is published"


NAMES = (
    "Köln São Paulo Việt Nam Đà Nẵng Hoa Kỳ Йошкар-Ола Россия서울 대한민국 القاهرة السعودية नई दिल्ली भारत 東京都 中国 กรุงเทพมหานคร "
    "Angela Merkel Владимир Путин नरेंद्र मोदी 习近平 石破茂 José Álvarez 👩\u200d🚀 𠮷野家 e\u0301 \u1112\u1161\u11ab"
)
"""Words of names that taggers find, with others, in many scripts."""

named_texts = st.builds(
    lambda words, form: unicodedata.normalize(form, " ".join(words)),
    st.lists(
        st.one_of(st.sampled_from(NAMES.split()), st.sampled_from(SENTENCE.split()), st.text(max_size=4)), max_size=14
    ),
    st.sampled_from(["NFC", "NFD"]),
)
GAZETTEER_TAGGERS = gazetteer_taggers(("vi", "ko", "ar", "zh"))


@settings(max_examples=60, deadline=None)
@given(named_texts, st.sampled_from(["*", *GAZETTEER_TAGGERS]))
def test_what_our_taggers_mark_is_inside_the_text(text: str, language: str) -> None:
    tagger = MultilingualTagger() if language == "*" else GAZETTEER_TAGGERS[language]
    (spans,) = tagger.tag([text])
    previous = 0
    for span in spans:
        assert previous <= span.start < span.end <= len(text)
        previous = span.end
    check(find_mentions([ArticleField("/title", text, 1.0, 0, "vi")], [spans]))


def test_names_are_found_and_linked_in_whatever_form_their_letters_are() -> None:
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, "ở Đà Nẵng và Việt Nam")
        (spans,) = GAZETTEER_TAGGERS["vi"].tag([text])
        found = [unicodedata.normalize("NFC", text[span.start : span.end]) for span in spans]
        assert found == ["Đà Nẵng", "Việt Nam"]
        entities = build_entities(find_mentions([ArticleField("/title", text, 1.0, 0, "vi")], [spans]))
        assert [entity.wikidata for entity in entities] == ["Q25282", "Q881"]


@given(st.one_of(st.text(max_size=40), named_texts), st.data())
def test_a_composed_text_has_the_offsets_of_the_text(text: str, data: st.DataObject) -> None:
    composed = ComposedText(text)
    assume(composed.text)  # a name has letters: nothing asks for the offsets of an empty run
    first = data.draw(st.integers(0, len(composed.text) - 1))
    last = data.draw(st.integers(first + 1, len(composed.text)))
    start, end = composed.start(first), composed.end(last)
    assert 0 <= start < end <= len(text)
    assert composed.text[first:last] in ComposedText(text[start:end]).text
    assert {text[start], text[end - 1]}.isdisjoint(INVISIBLE)  # what no reader sees is at neither end


INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a\u202c\u2066\u2069\ufeff"
SENTENCES = {
    "en": "Prime Minister José Álvarez met Angela Merkel in Berlin, and the United Nations praised the talks.",
    "fr": "Le président François Hollande a rencontré Hélène Lefèvre à Évry lundi, selon l'Agence France-Presse.",
    "ru": "Президент Владимир Путин в понедельник в Москве заявил, что Россия поддержит ООН.",
    "he": "ראש הממשלה אמר ביום שני בירושלים כי ישראל תתמוך בארצות הברית.",
    "vi": "Thủ tướng Phạm Minh Chính hôm thứ Hai tại Hà Nội nói rằng Việt Nam sẽ ủng hộ Liên Hợp Quốc.",
}
WRITTEN_OTHERWISE: dict[str, Callable[[str], str]] = {
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "tabs": lambda text: text.replace(" ", "\t"),
    "soft hyphens": lambda text: re.sub(r"(?<=\w\w)(?=\w\w)", "\u00ad", text),
    "zero-width spaces": lambda text: text.replace(" ", "\u200b "),
    "marks of direction": lambda text: "\u202b\u200f" + text.replace(" ", " \u200e") + "\u202c",
}


@pytest.mark.parametrize("written", WRITTEN_OTHERWISE)
@pytest.mark.parametrize("language", SENTENCES)
def test_names_do_not_depend_on_what_no_reader_sees(language: str, written: str) -> None:
    """Neither do the language, the links and the borders of names."""
    enricher = our_enricher()
    text = WRITTEN_OTHERWISE[written](SENTENCES[language])
    usual, other = enricher(article(SENTENCES[language])), enricher(article(text))
    assert other.detected_language is not None
    assert other.detected_language.code == language
    assert [(e.name, e.type, e.wikidata) for e in other.entities] == [
        (e.name, e.type, e.wikidata) for e in usual.entities
    ]
    for mention in (mention for entity in other.entities for mention in entity.mentions):
        assert text[mention.start : mention.end] == mention.surface
        assert {mention.surface[0], mention.surface[-1]}.isdisjoint(INVISIBLE)


@cache
def our_enricher() -> Enricher:
    return Enricher(classifier=NoTopics())


def test_a_name_over_two_lines_has_a_name_in_one() -> None:
    enriched = Enricher(tagger=OneName(), classifier=NoTopics())(
        article("Gestern sprach Jürgen\r\nMüller in der Stadt.")
    )
    assert [entity.name for entity in enriched.entities] == ["Jürgen Müller"]
    assert [m.surface for entity in enriched.entities for m in entity.mentions] == ["Jürgen\r\nMüller"]


class OneName:
    """Marks the first `Jürgen` and all up to `Müller`."""

    languages = frozenset({"*"})
    model = Model(task="entities", name="one-name", version="1")

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        names = [re.search(r"Jürgen\s+Müller", text) for text in texts]
        return [[TaggedSpan(m.start(), m.end(), EntityType.PERSON)] if m else [] for m in names]
