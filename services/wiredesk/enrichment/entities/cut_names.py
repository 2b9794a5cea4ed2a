"""Names that a tagger cut in two, or at a preposition, in other languages than English: `Palácio do`, `Planalto`."""

import re
from collections.abc import Sequence

from wiredesk.enrichment.entities.gazetteer import is_country, lookup
from wiredesk.enrichment.entities.lexicon import CAPITALS, SMALL_LETTERS, Lexicon
from wiredesk.enrichment.entities.names import CASED
from wiredesk.enrichment.entities.readable import PAIR_MARK
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.languages.scripts import Script, script_of_letter
from wiredesk_schemas import EntityType

PEOPLE_MEET = frozenset({"hu", "tr"})
"""Languages in which names of two people often stand beside each other: the verb is at the end of the sentence."""

TURKISH = "tr"
"""The language in which the place stands after the subject."""

FULL_NAME_SPACES = 1
"""Spaces in a full name."""

MAX_NEXT_CHARACTERS = 40
"""Number of characters after a name that are searched for its next word."""

# `는` of `외교부는`, after the last syllable of a ministry, an office, a party or a company.
_KOREAN_PARTICLE = re.compile(r"(?<=[가-힣]{2}[부청원당회국단처])(?:는|은|가|이|를|을|의|에|와|과|도)$")
_TURKISH_PLACE = re.compile(rf" ([{CAPITALS}][^\W\d_]+)(?:['’]\w*)?$")
_LOCATIVE = re.compile(r"['’][dt][ae]n?(?!\w)")
_FORM_BEGINS = re.compile(rf" [{CAPITALS}]$")
_FORM_ENDS = re.compile(rf"^(?:\.[{CAPITALS}])+\.?(?!\w)")
_AFTER_DOT = re.compile(rf"^·[{SMALL_LETTERS}]+(?!\w)")
# A comma without a space stands for the slash of `London/Teheran`, see `readable.py`.
_JOINED = re.compile(r"([^\W\d_]{3,})([-–,/])([^\W\d_]{3,})")
_INITIAL = re.compile(rf"[{CAPITALS}]\. (?=[{CAPITALS}])")
_WORD_BEFORE = re.compile(rf"(?<=[{SMALL_LETTERS},] )[{CAPITALS}][{SMALL_LETTERS}]{{1,20}} $")
_NICKNAME = re.compile(rf" [«“„\"‘'][{CAPITALS}][\w .-]{{1,20}}[»”“\"’'] [{CAPITALS}][{SMALL_LETTERS}]+(?![\w-])")
_LAST_WORD = re.compile(r"(?<=\s)([^\W\d_]+['’]?)$")
# The next word with a capital, after further prepositions: ` der Saale` after `Halle an`.
_NEXT_WORD = re.compile(rf"^((?: [{SMALL_LETTERS}]{{1,5}}){{0,2}}) [{CAPITALS}][\w’'-]*")


def whole_names(text: str, marked: Sequence[TaggedSpan], lexicon: Lexicon) -> list[TaggedSpan]:
    """Return the spans, those of one name together, and none that ends in a preposition.

    Args:
        text: that the spans are of.
        marked: in order, without overlaps.
        lexicon: of the text's language.
    """
    whole: list[TaggedSpan] = []
    for index, span in enumerate(marked):
        previous = whole[-1] if whole else None
        if previous is not None and _is_one_name(text, previous, span, lexicon):
            start, kind = whole.pop().start, previous.type
        else:
            start, kind = span.start, span.type
        following = marked[index + 1] if index + 1 < len(marked) else None
        limit = len(text) if following is None else following.start
        end = _with_closed_bracket(text, start, min(limit, span.end + _rest_of_word(text, span.end)), limit)
        if kind is EntityType.PERSON:
            start -= _given_name_before(text, whole[-1].end if whole else 0, start, lexicon)
            end += _nickname_after(text, start, end, limit)
        if kind is EntityType.ORGANISATION and (particle := _KOREAN_PARTICLE.search(text, start, end)):
            end = particle.start()
        joined = TaggedSpan(start, end, kind)
        goes_on = following is not None and _is_one_name(text, joined, following, lexicon)
        whole.append(joined if goes_on else _with_last_word(text, joined, limit, lexicon))
    return [part for span in whole for part in _pair(text, span, lexicon)]


def _given_name_before(text: str, previous_end: int, start: int, lexicon: Lexicon) -> int:
    """Return how many characters before a name that begins with an initial are its given name: `Múte B. Egede`.

    Where a sentence begins, or in German, the word with a capital may be any: `Selon B. Morel`, `Autor B. Traven`.
    """
    if not _INITIAL.match(text, start) or lexicon.language == "de":
        return 0
    before = _WORD_BEFORE.search(text, max(previous_end, start - MAX_NEXT_CHARACTERS), start)
    return len(before[0]) if before else 0


def _nickname_after(text: str, start: int, end: int, limit: int) -> int:
    """Return how many characters after a given name are a nickname and the surname: `Markus «Makkan» Foss`."""
    if " " in text[start:end]:
        return 0
    after = _NICKNAME.match(text, end, limit)
    return after.end() - end if after else 0


def _pair(text: str, span: TaggedSpan, lexicon: Lexicon) -> list[TaggedSpan]:
    """Return two places that a slash joins as two, or a country and a place that a hyphen does: `USA-Iran`."""
    if span.type is EntityType.PLACE and (parts := _country_and_place(text, span, lexicon)):
        return parts
    if lexicon.language == TURKISH and (parts := _person_and_place(text, span)):
        return parts
    pair = _JOINED.fullmatch(text, span.start, span.end)
    if pair is None or lookup(pair[0], EntityType.PLACE, lexicon.language):
        return [span]
    sides = [TaggedSpan(*pair.span(number), EntityType.PLACE) for number in (1, 3)]
    places = [lookup(pair[number], EntityType.PLACE, lexicon.language) for number in (1, 3)]
    has_country = any(is_country(pair[number], lexicon.language) for number in (1, 3))
    is_pair = all(places) and (has_country or pair[2] in (PAIR_MARK, "/"))
    return sides if is_pair else [span]


def _person_and_place(text: str, span: TaggedSpan) -> list[TaggedSpan]:
    """Return a full name and the place where somebody is, which were marked as one: `Hakan Fidan` and `Bağdat'ta`."""
    place = _TURKISH_PLACE.search(text, span.start, span.end)
    if span.type is not EntityType.PERSON or place is None or not _LOCATIVE.match(text, place.end(1)):
        return []
    if (
        text[span.start : place.start()].count(" ") < FULL_NAME_SPACES
        or lookup(place[1], EntityType.PLACE, TURKISH) is None
    ):
        return []
    return [TaggedSpan(span.start, place.start(), span.type), TaggedSpan(place.start(1), span.end, EntityType.PLACE)]


def _country_and_place(text: str, span: TaggedSpan, lexicon: Lexicon) -> list[TaggedSpan]:
    """Return a country and a place in it that were marked as one: `미국` and `뉴욕` of `미국 뉴욕`."""
    country, space, place = text[span.start : span.end].partition(" ")
    if not country or not space or script_of_letter(country[0]) is not Script.HANGUL:
        return []
    if not is_country(country, lexicon.language) or lookup(place, EntityType.PLACE, lexicon.language) is None:
        return []
    middle = span.start + len(country)
    return [TaggedSpan(span.start, middle, span.type), TaggedSpan(middle + 1, span.end, span.type)]


def _rest_of_word(text: str, end: int) -> int:
    """Return how many characters after a name belong to its last word: `·les` of `Brussel·les`, `.V.` of `N.V.`."""
    after = text[end : end + MAX_NEXT_CHARACTERS]
    rest = _AFTER_DOT.match(after) or (_FORM_BEGINS.search(text, max(0, end - 2), end) and _FORM_ENDS.match(after))
    return rest.end() if rest else 0


def _with_closed_bracket(text: str, start: int, end: int, limit: int) -> int:
    """Return the end of a name that ends within brackets: after them, or before them if more stands there."""
    opening = text.rfind("(", start, end)
    if opening <= start or ")" in text[opening:end]:
        return end
    return end + 1 if end < limit and text[end] == ")" else start + len(text[start:opening].rstrip())


def _is_one_name(text: str, one: TaggedSpan, other: TaggedSpan, lexicon: Lexicon) -> bool:
    """Whether two spans with nothing but a space or an apostrophe between them are parts of one name."""
    between = text[one.end : other.start]
    if between != " ":
        return between in ("'", "’") and one.end - one.start == 1  # `D'Ornano`
    first, second = text[one.start : one.end], text[other.start : other.end]
    if one.type is EntityType.ORGANISATION and second.lower() in lexicon.company_forms:
        return True  # `Equinor` and `ASA`
    if one.type is not other.type:
        return False
    if _ends_in_small_word(first, lexicon) or lookup(f"{first} {second}", one.type, lexicon.language):
        return True
    if one.type is not EntityType.PERSON:
        return False
    return first.lower() in lexicon.titles or (lexicon.language not in PEOPLE_MEET and _are_two_words(first, second))


def _are_two_words(first: str, second: str) -> bool:
    """Whether both are one word with a capital: a given name and a surname. `Кремля` before a full name is neither."""
    return all(" " not in word and word[0].isupper() and script_of_letter(word[0]) in CASED for word in (first, second))


def _with_last_word(text: str, span: TaggedSpan, limit: int, lexicon: Lexicon) -> TaggedSpan:
    """Return a span that ends in a preposition with the next word, if that is a name's, or else without it."""
    surface = text[span.start : span.end]
    if not _ends_in_small_word(surface, lexicon):
        return span
    following = _NEXT_WORD.match(text[span.end : min(limit, span.end + MAX_NEXT_CHARACTERS)])
    # After a full name, it is a preposition: `Femke Halsema van Amsterdam`.
    is_full = span.type is EntityType.PERSON and sum(word[0].isupper() for word in surface.split()) > 1
    if (
        following
        and not is_full
        and all(word in lexicon.small_words | lexicon.particles for word in following[1].split())
    ):
        return TaggedSpan(span.start, span.end + following.end(), span.type)
    while _ends_in_small_word(surface, lexicon):
        surface = surface.rpartition(" ")[0].rstrip()
    return TaggedSpan(span.start, span.start + len(surface), span.type)


def _ends_in_small_word(surface: str, lexicon: Lexicon) -> bool:
    last = _LAST_WORD.search(surface)
    return last is not None and last[1] in lexicon.small_words | lexicon.particles
