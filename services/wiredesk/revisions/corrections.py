"""Corrections: where an article says of itself that it was wrong, in the languages of newsrooms.

There are two forms. A *label* heads the notice: `Correction: ...`, `【訂正】`, `CORRECTED-Bank raises rates`. A
*statement* is a sentence about the article itself: `An earlier version of this story misspelled ...`. A story about
corrections has neither: there the words are quoted, or somebody says them of another article. `corrections.toml` lists
both forms.
"""

import re
import tomllib
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from wiredesk.languages.alternation import alternation
from wiredesk.revisions.asides import is_stamp
from wiredesk.revisions.folding import MARKS, fold, without_spaces
from wiredesk.revisions.openings import openings
from wiredesk_schemas import CleanedArticle
from wiredesk_schemas.story_revision import MAX_CORRECTION

MAX_NOTICE = 2000
"""Characters of a text in which a correction is looked for: notices stand at the beginning, or are short."""

MAX_SENTENCES = 12
"""Sentences of a text that are looked at."""

MAX_NAMES = 2
"""Words of a day between a label and its colon: `Correction, Monday 3 March:`. `Correction officers find 5 bodies:` has
more."""

MAX_DECLARED = 20
"""Corrections that are read of those that a page declares to machines."""

MIN_COMMON = 12
"""Letters of a correction that another form of it holds, at least."""

OPENING_LENGTH = 6
"""Characters by which a statement is recognised before its patterns are tried: `an ear`, `this s`."""

MAX_HEADLINE_PARTS = 3
"""Parts before a dash in the headline of an agency: `UPDATE 1-CORRECTED-...`."""

_stored: Mapping[str, Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

_LABELS = frozenset(map(fold, chain.from_iterable(_stored["labels"].values())))

_ANY_LABEL = alternation(sorted(_LABELS), space=" ")

_LABEL = re.compile(
    rf"[\W_]{{0,6}}(?:{_ANY_LABEL})(?!\w)"
    r"(?P<day>[\s,]{1,2}\(?[^:!?\"]{0,30}\d[^:!?\"]{0,20}\)?|\s?\([^()]{1,60}\))?"
    r"\s?(?P<end>[:\])】〕>»|]|[./]\s|-\s|\s-|\.?$)"
)
"""A label at the beginning of a text."""

_NAME = re.compile(r"[^\W\d_]{3,}")
"""A word of the day after a label."""

_LABEL_AT_END = re.compile(rf"(?:[(\[【〔]\s?(?:{_ANY_LABEL})\s?[)\]】〕]|\s[-|]\s(?:{_ANY_LABEL}))\W{{0,2}}$")
"""A label at the end of a headline."""


_LETTERS = re.compile(rf"(?<!\\)[^\W\d_](?:[^\W\d_]|[{MARKS}])*")
"""Letters of a pattern, but for the one after a backslash."""


def _folded(pattern: str) -> str:
    """Return a pattern whose letters are folded, as those of the texts are."""
    return _LETTERS.sub(lambda letters: fold(letters[0]), pattern)


def _statements() -> list[str]:
    """Return the patterns of all languages; WORK is the language's words for an article."""
    patterns: list[str] = []
    for language, statements in _stored["statements"].items():
        works = _stored["works"].get(language, "")
        patterns += [_folded(statement.replace("WORK", f"(?:{works})")) for statement in statements]
    return patterns


def _opening(statements: Sequence[str]) -> str:
    """Return a pattern of how statements and labels begin; of a statement that begins with any word, it has it all."""
    begin: set[str] = set(_LABELS)
    whole: list[str] = []
    for statement in statements:
        first = openings(statement, OPENING_LENGTH)
        if min(map(len, first)) < OPENING_LENGTH:
            whole.append(statement)
        else:
            begin |= first
    return "|".join((alternation(sorted(begin), space=" "), *whole))


_STATEMENTS = _statements()

_STATEMENT = re.compile(rf"[\W_]{{0,6}}(?P<lead>[^:\"]{{1,40}}:[\W_]{{0,4}})?(?:{'|'.join(_STATEMENTS)})")
"""A statement at the beginning of a sentence, after a label of any kind."""

_TEXT = "\n"
"""What stands before each text where several are searched at once: a folded one has no line breaks."""

_OPENING = re.compile(rf"[\n.!?؟।。！？(:\"][\W_]{{0,8}}(?:{_opening(_STATEMENTS)})")
"""A place where a statement or a label may begin, and the first letters of one: a cheap test, since most articles have
none. It comes after the end of a sentence, a bracket, a quotation, or the lead of a statement."""

_UNSPACED_STATEMENT = re.compile("|".join(map(_folded, chain.from_iterable(_stored["unspaced"].values()))))
"""A statement in a script without spaces, or in Korean."""

_HAS_UNSPACED = re.compile("[\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")

_SAYING = re.compile(
    r"\b(?:said|says|say|wrote|writes|added|stated|tweeted|posted|announced|reported|sagte|schrieb|schreibt|erklärte|"
    r"mitteilte|déclaré|écrit|écrivait|indiqué|dijo|escribió|afirmó|disse|scrive|scritto|escreveu|afirmou|zei|schreef|"
    r"skrev|sade|sa|sagde|kirjoitti|sanoi|napisał|powiedział|napsal|uvedl|napísal|a scris|írta|είπε|έγραψε|yazdı|dedi|"
    r"написал|написала|сказал|сообщил|заявил|написав|сказав|قال|قالت|كتب|گفت|नوشت|כתב|אמר|कहा|menulis|mengatakan)\b"
)
"""Verbs of saying before a colon: what follows is said by somebody, and not by the article."""

_QUOTED = re.compile(r'"[^"]{0,600}"')
"""A quotation in a folded text."""

_SIGNS = re.compile(rf"[^\w{MARKS}]+")
"""Signs and spaces of a correction, which its two forms may have in different ways."""

_BREAK = re.compile(r"[.!?؟।。！？(](?:(?<=[.!?؟।])[)\]]?\s|(?<=[。！？])|(?<=\s\())")
"""The border between two sentences; what is in brackets begins one. It begins with a sign: a pattern that begins with a
class of characters is found many times as fast."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that an article states.

    Attributes:
        text: as it is written, perhaps cut.
        keys: by which it is recognised in the next revision: its own, and those of the forms in which the page also
            declares it to machines.
    """

    text: str
    keys: tuple[int, ...]


def corrections_of(article: CleanedArticle, folded: Sequence[str] | None = None) -> list[Correction]:
    """Return the corrections that an article states in headline, standfirst and body, then those that it only declares.

    Args:
        folded: the texts of standfirst and body, folded, where they are known.
    """
    shown: dict[int, str] = {}
    for text in chain(_in_headline(article.title), _in_texts(_texts(article), folded)):
        shown.setdefault(_key(text), text)
    if not article.declared_corrections:
        return [Correction(text[:MAX_CORRECTION], (key,)) for key, text in shown.items()]
    declared = {_key(text): text for text in article.declared_corrections[:MAX_DECLARED] if not is_stamp(fold(text))}
    bare = {key: _without_label(text) for key, text in (shown | declared).items()}
    forms = {key: [other for other in declared if other != key and _is_same(bare[key], bare[other])] for key in shown}
    only_declared = [key for key in declared if key not in shown and not any(key in same for same in forms.values())]
    keys = chain(((key, *forms[key]) for key in shown), ((key,) for key in only_declared))
    return [Correction((shown | declared)[first[0]][:MAX_CORRECTION], first) for first in keys]


def is_corrected_headline(headline: str) -> bool:
    """Return whether a headline has the label of a correction."""
    folded = fold(headline[:MAX_NOTICE])
    label = _LABEL.match(folded) if _OPENING.match(_TEXT + folded) else None
    has_headline = label is not None and label.end() < len(folded) and not folded.endswith("?")
    if has_headline and _is_label(folded, at_start=True):
        return True
    return _LABEL_AT_END.search(folded) is not None or ("-" in folded and _has_agency_label(headline))


def is_correction(text: str) -> bool:
    """Return whether a text of a body states a correction of the article that it is in."""
    return bool(_stating([fold(text[:MAX_NOTICE])]))


def _stating(folded: Sequence[str]) -> list[int]:
    """Return the numbers of the folded texts that state a correction."""
    joined = _TEXT + _TEXT.join(folded)
    has_unspaced = not joined.isascii() and _HAS_UNSPACED.search(joined) is not None
    if not has_unspaced and not _OPENING.search(joined):
        return []
    return [number for number, text in enumerate(folded) if _states_correction(text)]


def _states_correction(folded: str) -> bool:
    text = _QUOTED.sub(" ", folded)
    if _OPENING.search(_TEXT + folded):
        sentences = _sentences(text)
        if any(map(_is_statement, sentences)) or _is_label(text, at_start=True):
            return True
        if any(_is_label(sentence, at_start=False) for sentence in sentences[1:]):
            return True
    return _HAS_UNSPACED.search(text) is not None and _UNSPACED_STATEMENT.search(text) is not None


def _sentences(text: str) -> list[str]:
    """Return the first sentences of a folded text."""
    parts: list[str] = []
    start = 0
    for border in _BREAK.finditer(text):
        is_bracket = text[border.start()] == "("
        if is_bracket and border.start() == start:
            continue  # the space before it ends the sentence before
        parts.append(text[start : border.start() - 1 if is_bracket else border.start() + 1])
        start = border.start() if is_bracket else border.end()
        if len(parts) == MAX_SENTENCES:
            break
    else:
        parts.append(text[start:])
    return [part for part in parts if part]


def _in_headline(headline: str | None) -> Iterator[str]:
    if headline and is_corrected_headline(headline):
        yield headline


def _texts(article: CleanedArticle) -> Sequence[str]:
    body = [block.text for block in article.paragraphs]
    return [article.subtitle, *body] if article.subtitle else body


def _in_texts(texts: Sequence[str], folded: Sequence[str] | None) -> Iterator[str]:
    """Yield the texts that state a correction; a label that stands alone heads the text after it."""
    known = map(fold, texts) if folded is None else folded
    notices = [
        one if len(text) <= MAX_NOTICE else fold(text[:MAX_NOTICE]) for text, one in zip(texts, known, strict=True)
    ]
    for number in _stating(notices):
        text = texts[number]
        heads_next = fold(text).strip(" :.-") in _LABELS and number + 1 < len(texts)
        yield f"{text.rstrip(' :')}: {texts[number + 1]}" if heads_next else text


def _is_statement(sentence: str) -> bool:
    match = _STATEMENT.match(sentence)
    return match is not None and not _SAYING.search(match["lead"] or "")


def _is_label(text: str, *, at_start: bool) -> bool:
    """Return whether a text begins with a label; within a text only a colon or a bracket ends one."""
    match = _LABEL.match(text)
    if match is None or len(_NAME.findall(match["day"] or "")) > MAX_NAMES:
        return False
    return at_start or match["end"] in (":", "]", "】")


def _has_agency_label(headline: str) -> bool:
    """Return whether a headline begins with parts in capitals, one of which is a label: `UPDATE 1-CORRECTED-...`."""
    parts = unicodedata.normalize("NFKC", headline[:MAX_NOTICE]).replace("–", "-").split("-")
    for part in parts[: min(MAX_HEADLINE_PARTS, len(parts) - 1)]:
        if part != part.upper():
            return False
        if fold(part).strip(" 0123456789") in _LABELS:
            return True
    return False


def _key(text: str) -> int:
    return zlib.crc32(without_spaces(fold(text[:MAX_NOTICE])).encode("utf-8", "replace"))


def _without_label(text: str) -> str:
    """Return what a correction says, without its label and the signs around it."""
    folded = fold(text[:MAX_NOTICE])
    label = _LABEL.match(folded)
    return _SIGNS.sub("", folded[label.end() :] if label else folded)


def _is_same(one: str, other: str) -> bool:
    """Return whether two corrections without their labels say the same: one of them may have a day, or a link."""
    shorter, longer = sorted((one, other), key=len)
    return shorter == longer or (len(shorter) >= MIN_COMMON and shorter in longer)
