"""Names in text without spaces: a tagger may leave out the end of a name, or cut it in two."""

from collections.abc import Sequence

from wiredesk.enrichment.entities.gazetteer import is_country, lookup
from wiredesk.enrichment.entities.lexicon import Lexicon
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.languages.scripts import Script, script_of_letter
from wiredesk_schemas import EntityType

MAX_PERSON_CHARACTERS = 5
"""Maximum characters of a person's name in Chinese characters."""

MIN_AFTER_PREFIX = 2
"""Minimum characters of a name after a preposition or a title, and before a particle."""

PARTICLES = frozenset("のはがをにとでもや")
"""Japanese particles around a name. Beside hiragana, they may be a part of it: `いすゞ`, `さいたま`, `もも`."""

CHINESE, JAPANESE = "zh", "ja"

CUT_CHARACTERS = 3
"""Characters of a Japanese name of which one is left out."""

MIN_FOREIGN_CHARACTERS = 3
"""Minimum characters of a foreign name in Chinese."""

BEFORE_OFFICES = frozenset("都府県市区町村新元前現副党国軍社同両各総名")
"""Characters between a name and an office that belong to the office: `小池都知事`."""

HEADS = ("长", "長")
"""What follows a ministry's name where its minister is meant."""

MAX_KNOWN_REST = 8
"""Maximum characters of the end of a place's name that the gazetteer has and a tagger left out."""

MAX_HEAD_CHARACTERS = 6
"""Maximum characters of the end of a name of an organisation or place."""


def complete_names(text: str, tagged: Sequence[TaggedSpan], lexicon: Lexicon) -> list[TaggedSpan]:
    """Return the spans, with the ends that the tagger left out: `警視` and `庁`, `中居` and `正広`.

    Args:
        text: that the spans are of, in a language without spaces between words.
        tagged: in order, without overlaps.
    """
    completed: list[TaggedSpan] = []
    for index, span in enumerate(tagged):
        previous = completed[-1] if completed else None
        is_further_part = previous is not None and _is_one_name(text, previous, span)
        start = completed.pop().start if is_further_part else span.start
        limit = tagged[index + 1].start if index + 1 < len(tagged) else len(text)
        end = _end_with_head(text, span, limit, lexicon)
        kind = _type_after_office(text, start, end, span.type, lexicon)
        if kind is EntityType.PERSON:
            end += _given_name_after(text, start, end, limit, lexicon)
        whole = _without_minister(text, TaggedSpan(start, end, kind), lexicon)
        if whole is not None:
            completed.append(_without_neighbours(text, whole, lexicon))
    return [part for span in completed for part in _places(text, span, lexicon)]


def _type_after_office(text: str, start: int, end: int, kind: EntityType, lexicon: Lexicon) -> EntityType:
    """Return the type of a name; where an office stands before what looks like an unknown place, that of a person.

    `外长贝尔伯克`. In Chinese alone, offices stand before names too.
    """
    if kind is not EntityType.PLACE or lexicon.language != CHINESE or _is_known(text[start:end], lexicon):
        return kind
    is_office = any(text[max(0, start - length) : start] in lexicon.honorifics for length in (2, 3))
    return EntityType.PERSON if is_office and end - start >= MIN_FOREIGN_CHARACTERS else kind


def _given_name_after(text: str, start: int, end: int, limit: int, lexicon: Lexicon) -> int:
    """Return 1 where a tagger left out the last character of a Japanese given name, as in `豊田章` and `男会長`."""
    is_cut = (
        lexicon.language == JAPANESE
        and end - start == CUT_CHARACTERS
        and end < limit
        and all(map(_is_han, text[start : end + 1]))
        and text[end] not in lexicon.country_letters | BEFORE_OFFICES
    )
    if not is_cut or any(text.startswith(office, end) for office in lexicon.honorifics):
        return 0
    return int(any(text.startswith(office, end + 1) for office in lexicon.honorifics if len(office) > 1))


def _without_minister(text: str, span: TaggedSpan, lexicon: Lexicon) -> TaggedSpan | None:
    """Return a span without a ministry where its minister is meant: `中国` of `中国外交部` before `长`; or None."""
    surface = text[span.start : span.end]
    if span.type is not EntityType.ORGANISATION or surface[-1:] != "部" or text[span.end : span.end + 1] not in HEADS:
        return span
    for length in range(MIN_AFTER_PREFIX, len(surface)):
        if is_country(surface[:length], lexicon.language):
            return TaggedSpan(span.start, span.start + length, EntityType.PLACE)
    return None


def _without_neighbours(text: str, span: TaggedSpan, lexicon: Lexicon) -> TaggedSpan:
    """Return a name without what stands around it, where nothing separates them.

    `在` of `在北京`, `นาย` of `นายอนุทิน`, `米` of `トランプ米大統領`, `の` of `フジ・ホールディングスの`.
    """
    start, end = span.start, span.end
    is_person = span.type is EntityType.PERSON
    for word in lexicon.not_names if is_person else ():
        if text[start:end].endswith(word) and end - start - len(word) >= MIN_AFTER_PREFIX:
            end -= len(word)  # `王毅周一`
            break
    if is_person and end - start > MIN_AFTER_PREFIX and text[end - 1 : end + 1] in lexicon.not_names:
        end -= 1  # `布林肯周` before `二`
    for before in sorted(lexicon.titles if is_person else lexicon.prefixes, key=len, reverse=True):
        is_word = len(before) > 1 or not is_person
        if is_word and text.startswith(before, start) and end - start - len(before) >= MIN_AFTER_PREFIX:
            start += len(before)
            start += len(text[start:end]) - len(text[start:end].lstrip())
            break
    if end - start > MIN_AFTER_PREFIX and text[start] in PARTICLES and not _is_hiragana(text[start + 1]):
        start += 1
    if end - start > MIN_AFTER_PREFIX and text[end - 1] in PARTICLES and not _is_hiragana(text[end - 2]):
        end -= 1
    is_foreign = end - start > 1 and script_of_letter(text[end - 2]) is Script.KANA
    if is_person and is_foreign and text[end - 1] in lexicon.country_letters:
        end -= 1
    return TaggedSpan(start, end, span.type)


def _is_hiragana(character: str) -> bool:
    return "\u3041" <= character <= "\u3096"


def _places(text: str, span: TaggedSpan, lexicon: Lexicon) -> list[TaggedSpan]:
    """Return a country and a place in it that were marked as one: `日本` and `熊本` of `日本熊本`."""
    if span.type is EntityType.PLACE and not _is_known(text[span.start : span.end], lexicon):
        for middle in range(span.start + MIN_AFTER_PREFIX, span.end - MIN_AFTER_PREFIX + 1):
            country, place = text[span.start : middle], text[middle : span.end]
            if is_country(country, lexicon.language) and _is_known(place, lexicon):
                return [TaggedSpan(span.start, middle, span.type), TaggedSpan(middle, span.end, span.type)]
    return [span]


def _is_known(name: str, lexicon: Lexicon) -> bool:
    return lookup(name, EntityType.PLACE, lexicon.language) is not None


def _is_one_name(text: str, one: TaggedSpan, other: TaggedSpan) -> bool:
    """Whether two spans without anything between them are parts of one person's name, or of one organisation's."""
    if one.end != other.start or one.type is not other.type:
        return False
    if one.type is EntityType.ORGANISATION:
        return True
    is_short = other.end - one.start <= MAX_PERSON_CHARACTERS
    return one.type is EntityType.PERSON and is_short and all(map(_is_han, text[one.start : other.end]))


def _end_with_head(text: str, span: TaggedSpan, limit: int, lexicon: Lexicon) -> int:
    if span.type is EntityType.PLACE and not _is_known(text[span.start : span.end], lexicon):
        for length in range(min(MAX_KNOWN_REST, limit - span.end), 0, -1):
            if _is_known(text[span.start : span.end + length], lexicon):
                return span.end + length  # `比地区` after `加勒`
    heads_by_type = {EntityType.ORGANISATION: lexicon.organisation_heads, EntityType.PLACE: lexicon.place_heads}
    heads = heads_by_type.get(span.type, frozenset())
    for length in range(min(MAX_HEAD_CHARACTERS, limit - span.end), 0, -1):
        end = span.end + length
        # A head of one character is often the beginning of another word: `江` of `江苏`.
        if text[span.end : end] in heads and (length > 1 or end == len(text) or not _is_han(text[end])):
            return end
    # A head that the span ends within: `裁` after `東京地`.
    for start in range(max(span.start + 1, span.end - MAX_HEAD_CHARACTERS), span.end):
        for end in range(span.end + 1, min(start + MAX_HEAD_CHARACTERS, limit) + 1):
            if text[start:end] in heads:
                return end
    return span.end


def _is_han(character: str) -> bool:
    return script_of_letter(character) is Script.HAN
