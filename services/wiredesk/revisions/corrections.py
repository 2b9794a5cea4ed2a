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

from wiredesk.revisions.folding import MARKS, fold, without_spaces
from wiredesk_schemas import CleanedArticle
from wiredesk_schemas.story_revision import MAX_CORRECTION

MAX_NOTICE = 2000
"""Characters of a text in which a correction is looked for: notices stand at the beginning, or are short."""

MAX_SENTENCES = 12
"""Sentences of a text that are looked at."""

MAX_NAMES = 2
"""Words of a day between a label and its colon: `Correction, Monday 3 March:`. `Correction officers find 5 bodies:` has
more."""

MAX_HEADLINE_PARTS = 3
"""Parts before a dash in the headline of an agency: `UPDATE 1-CORRECTED-...`."""

_stored: Mapping[str, Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

_LABELS = frozenset(map(fold, chain.from_iterable(_stored["labels"].values())))

_ANY_LABEL = "|".join(re.escape(label) for label in sorted(_LABELS, key=lambda label: (-len(label), label)))

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


def _statements() -> str:
    """Return the patterns of all languages as one; WORK is the language's words for an article."""
    patterns: list[str] = []
    for language, statements in _stored["statements"].items():
        works = _stored["works"].get(language, "")
        patterns += [_folded(statement.replace("WORK", f"(?:{works})")) for statement in statements]
    return "|".join(patterns)


_STATEMENT = re.compile(rf"[\W_]{{0,6}}(?P<lead>[^:\"]{{1,40}}:[\W_]{{0,4}})?(?:{_statements()})")
"""A statement at the beginning of a sentence, after a label of any kind."""

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

_BREAK = re.compile(r"(?<=[.!?؟।])[)\]]?\s|(?<=[。！？])|\s(?=\()")
"""The border between two sentences; what is in brackets begins one."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that an article states.

    Attributes:
        text: as it is written, perhaps cut.
        key: by which it is recognised in the next revision.
    """

    text: str
    key: int


def corrections_of(article: CleanedArticle) -> list[Correction]:
    """Return the corrections that an article states in headline, standfirst and body, in their order."""
    stated: dict[int, Correction] = {}
    for text in chain(_in_headline(article.title), _in_texts(_texts(article))):
        correction = _correction(text)
        stated.setdefault(correction.key, correction)
    return list(stated.values())


def is_corrected_headline(headline: str) -> bool:
    """Return whether a headline has the label of a correction."""
    folded = fold(headline[:MAX_NOTICE])
    label = _LABEL.match(folded)
    has_headline = label is not None and label.end() < len(folded) and not folded.endswith("?")
    if has_headline and _is_label(folded, at_start=True):
        return True
    return _LABEL_AT_END.search(folded) is not None or _has_agency_label(headline)


def is_correction(text: str) -> bool:
    """Return whether a text of a body states a correction of the article that it is in."""
    folded = _QUOTED.sub(" ", fold(text[:MAX_NOTICE]))
    sentences = [sentence for sentence in _BREAK.split(folded)[:MAX_SENTENCES] if sentence]
    if any(map(_is_statement, sentences)) or _is_label(folded, at_start=True):
        return True
    if any(_is_label(sentence, at_start=False) for sentence in sentences[1:]):
        return True
    return _HAS_UNSPACED.search(folded) is not None and _UNSPACED_STATEMENT.search(folded) is not None


def _in_headline(headline: str | None) -> Iterator[str]:
    if headline and is_corrected_headline(headline):
        yield headline


def _texts(article: CleanedArticle) -> Sequence[str]:
    body = [block.text for block in article.paragraphs]
    return [article.subtitle, *body] if article.subtitle else body


def _in_texts(texts: Sequence[str]) -> Iterator[str]:
    """Yield the texts that state a correction; a label that stands alone heads the text after it."""
    for number, text in enumerate(texts):
        if is_correction(text):
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


def _correction(text: str) -> Correction:
    return Correction(
        text[:MAX_CORRECTION], zlib.crc32(without_spaces(fold(text[:MAX_NOTICE])).encode("utf-8", "replace"))
    )
