"""Borders: names that a tagger cut, and the second names of pairs, in English texts."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.context import REGION_NOUNS
from wiredesk.enrichment.entities.gazetteer import known_type
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk.enrichment.entities.name_span import NAME_TYPES, NameSpan
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

MAX_EXTENSION = 30
"""Number of characters on either side of a name that may be its other part."""

OFFICE_WORDS = 2
"""Words of an office after a person's name that belong to no name."""

MAX_SYLLABLE = 6
"""Maximum letters of a part in lower case after a hyphen: the second syllable of a Korean or Chinese given name."""

# `-in` after `Moon Jae`, `-Claude` after `Jean`.
_HYPHENED_AFTER = re.compile(r"-([^\W\d_]+)(?![\w-])")
# ` el-Sisi`, `-Assad` after `Abdel Fattah`, `Bashar al`.
_ARABIC_AFTER = re.compile(r"^(?: (?:el|al|an|ar|as|ash|at|ad|bin|ben|ibn|abu))?-(?=[A-Z])[^\W\d_]{2,}(?![\w-])")
_HYPHENED_BEFORE = re.compile(r"(?<![\w-])[A-Z][^\W\d_]*-$")
# ` To of the`, ` Or said` after a given name: a surname that is written like a function word.
_SHORT_SURNAME = re.compile(r" ([A-Z][a-z]{1,3})(?=[,.;:)]| [a-z(])")
_EAST_ASIAN = re.compile(r"^([A-Z][a-z]+) [A-Z][a-z]{1,4}-[A-Za-z][a-z]{1,4}$")
# ` Pen` after `Marine Le`, whose last word is a particle.
_ENDS_IN_PARTICLE = re.compile(r" (?:Le|La|De|Du|Del|Della|Van|Von|Der|Den|Di|Da|El|Al|Bin|Ben|Ibn|Abu|Mac|St)$")
_SURNAME_AFTER = re.compile(r"^ (?:(?:der|den|la|los) )?[A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?(?![\w-])")
# ` 3-0` of `Burnley 3-0`.
_SCORE = re.compile(r" \d{1,3}[-–]\d{1,3}$")
# ` 1` of `South Korea 1 - 0`, which is the beginning of a score.
_SCORE_BEGUN = re.compile(r" \d{1,3}$")
# ` 3.7 million` of `Georgia 3.7 million`.
_FIGURE = re.compile(r" \d[\d.,]* (?:million|billion|trillion|per cent|percent)$")
_SCORE_GOES_ON = re.compile(r" ?[-–:] ?\d")
_PAIR = re.compile(r"(?<![\w,])([A-Z][^\W\d_]+),([A-Z][^\W\d_]+)(?![\w,])")
_REGION = re.compile(rf"(?<![\w.'’-])(?P<name>[A-Z][^\W\d_]+(?: [A-Z][^\W\d_]+)?) {REGION_NOUNS}\b(?! of)")


def name_borders(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[int, int]:
    """Return start and end of a person's name with the parts after a hyphen that a tagger cut off."""
    if lexicon.language != ENGLISH:
        return start, end
    after = text[end : end + MAX_EXTENSION]
    if arabic := _ARABIC_AFTER.match(after):
        end += arabic.end()
    elif (cut := _HYPHENED_AFTER.match(after)) and _is_part(cut[1], text[start:end], lexicon):
        end += cut.end()
    elif (
        (surname := _SHORT_SURNAME.match(after))
        and " " not in text[start:end]
        and _is_function_word(surname[1], lexicon)
    ):
        end += surname.end(1)
    elif _ENDS_IN_PARTICLE.search(text, start, end) and (rest := _SURNAME_AFTER.match(after)):
        end += rest.end()
    end -= _office_length(text[start:end], lexicon)
    before = _HYPHENED_BEFORE.search(text[max(0, start - MAX_EXTENSION) : start])
    if before:
        start -= len(before[0])
    return start, end


def _office_length(name: str, lexicon: Lexicon) -> int:
    """Return how many characters at the end of a person's name are an office of two words: `Barnier Prime Minister`.

    One word may be a surname: `John Major`.
    """
    words = name.split(" ")
    if len(words) < OFFICE_WORDS + 1 or words[-1].lower() not in lexicon.offices:
        return 0
    is_office = words[-OFFICE_WORDS].lower() in lexicon.office_parts
    return len(name) - len(" ".join(words[:-OFFICE_WORDS])) if is_office else 0


def is_cut_given_name(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a name is a surname of East Asia and half a given name: `Han Duck` of `Han Duck-soo`."""
    first, _, second = text[start:end].partition(" ")
    cut = _HYPHENED_AFTER.match(text[end : end + MAX_EXTENSION])
    return (
        cut is not None
        and cut[1].islower()
        and second.isalpha()
        and first.lower() in lexicon.east_asian_surnames
        and _is_part(cut[1], text[start:end], lexicon)
    )


def is_east_asian_name(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is a surname of East Asia and a whole given name: `Park Joo-Ho`, a person and no park."""
    surname = _EAST_ASIAN.match(name)
    return surname is not None and surname[1].lower() in lexicon.east_asian_surnames


def _is_function_word(word: str, lexicon: Lexicon) -> bool:
    """Whether a word with a capital is written in small letters where it is no name: `To`, `So`."""
    return word.lower() in lexicon.sentence_beginnings or word.lower() in lexicon.function_words


def trailing_length(text: str, start: int, end: int, kind: EntityType, lexicon: Lexicon) -> int:
    """Return how many characters at the end of a name are none of it: the begun score of a match, or an office.

    `South Korea 1 - 0`, `State Department Spokesperson`, `United Nations Secretary General`.
    """
    if lexicon.language != ENGLISH:
        return 0
    name = text[start:end]
    if ending := _FIGURE.search(name) or _SCORE.search(name):
        return len(ending[0])
    score = _SCORE_BEGUN.search(name)
    if score and _SCORE_GOES_ON.match(text, end):
        return len(score[0])
    words = name.split(" ")
    if kind is EntityType.PLACE and len(words) > 1 and words[-1] in lexicon.region_nouns:
        return len(words[-1]) + 1
    count = len(words)
    while count > 1 and words[count - 1].lower() in lexicon.offices:
        count -= 1
    rest = " ".join(words[:count])
    if count == len(words) or kind is not EntityType.ORGANISATION or count == 1:
        return 0
    is_known = words[count - 1].lower() in lexicon.organisation_heads or known_type(rest) is EntityType.ORGANISATION
    return len(name) - len(rest) if is_known else 0


def _is_part(word: str, name: str, lexicon: Lexicon) -> bool:
    """Whether what follows a name and a hyphen belongs to it: `in` in `Moon Jae-in`, not `led` in `Merkel-led`."""
    if word[0].isupper():
        return known_type(word) is None
    return " " in name and len(word) <= MAX_SYLLABLE and word not in lexicon.compound_ends


def further_names(fields: Iterable[ArticleField], spans: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield names that the text marks as such and the tagger missed: a pair's other name, `Para` in `Para state`."""
    for field in fields:
        if field.language != ENGLISH:
            continue
        taken = [span for span in spans if span.field is field]
        yield from _pair_names(field, taken)
        for region in _REGION.finditer(field.text):
            span = NameSpan(field, region.start("name"), region.end("name"), EntityType.PLACE)
            if _is_region_name(field.text, region) and not any(span.overlaps(other) for other in taken):
                yield span


def _is_region_name(text: str, region: re.Match[str]) -> bool:
    """Whether a word before `state` is a name: not the first of a sentence (`Swing state`), no title (`The state`)."""
    name = region["name"]
    before = text[: region.start()].rstrip()
    begins = not before or before[-1] in '.!?:;"“”‘(|-–—'
    return not begins and not name.isupper() and name.lower() not in lexicon_of(ENGLISH).sentence_beginnings


def _pair_names(field: ArticleField, taken: Sequence[NameSpan]) -> Iterator[NameSpan]:
    for pair in _PAIR.finditer(field.text):
        sides = [NameSpan(field, pair.start(n), pair.end(n), EntityType.PERSON) for n in (1, 2)]
        marked = [next((span for span in taken if side.overlaps(span)), None) for side in sides]
        types = [span.type for span in marked if span is not None and span.type in NAME_TYPES]
        for side, own in zip(sides, marked, strict=True):
            if own is None:
                kind = known_type(side.surface) or (types or [EntityType.PERSON])[0]
                yield NameSpan(field, side.start, side.end, kind)
