"""The same page in another script, at another address, or without its language: what is read must stay the same.

Letters are replaced by a fixed mapping, so that a text says nothing in any language, and its lengths and its mark-up stay.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from lxml import etree

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.extracted_page import ExtractedPage

LATIN = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC = "абцдефгхижклмнопярстувшыйз"
GREEK = "αβξδεφγηιϊκλμνοπθρστυωςχψζ"

LETTERS_OF_CHARACTER = 2.5
"""Latin letters for which one Chinese character stands."""

FIRST_CHARACTER, CHARACTERS = 0x4E10, 4000
"""The Chinese characters that are used."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MARKS = {". ": "。", ".": "。", ", ": "，", "! ": "！", "? ": "？", ": ": "：", " ": ""}
_PUNCTUATION = re.compile("|".join(map(re.escape, _MARKS)))

_TOLD = ("title", "description", "headline")
"""Pieces of the names of `<meta>` whose contents are text of the page."""

_TOLD_PROPERTIES = frozenset({"headline", "alternativeHeadline", "description", "articleBody", "name"})
"""Properties in JSON-LD whose values are text of the page."""

_UNTOLD = ("script", "style")

type Mapped = Callable[[str], str]


def in_letters(alphabet: str) -> Mapped:
    """Return the mapping of Latin letters to those of another alphabet."""
    table = str.maketrans(LATIN + LATIN.upper(), alphabet + alphabet.upper())
    return lambda text: text.translate(table)


def in_characters(text: str) -> str:
    """Return a text whose words are Chinese characters without spaces: one for two letters and a half."""
    return _PUNCTUATION.sub(lambda mark: _MARKS[mark[0]], _WORD.sub(lambda word: _characters(word[0]), text))


def _characters(word: str) -> str:
    count = max(1, round(len(word) / LETTERS_OF_CHARACTER))
    pieces = (word.lower()[place * len(word) // count : (place + 1) * len(word) // count] for place in range(count))
    return "".join(
        chr(FIRST_CHARACTER + sum(31**n * ord(c) for n, c in enumerate(piece)) % CHARACTERS) for piece in pieces
    )


SCRIPTS: Mapping[str, Mapped] = {
    "Cyrillic": in_letters(CYRILLIC),
    "Greek": in_letters(GREEK),
    "Chinese": in_characters,
}
"""Mappings by script."""

ADDRESSES: Mapping[str, str] = {"root": "https://page.invalid/", "numbered": "https://page.invalid/p/83620417"}
"""Addresses that tell nothing."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """How a page is rewritten.

    Attributes:
        script: of its texts; None for its own.
        address: of the page; None for its own.
        states_language: whether it keeps what it states about its language.
    """

    script: str | None = None
    address: str | None = None
    states_language: bool = True


REWRITINGS: Mapping[str, Rewriting] = {
    "in Cyrillic": Rewriting(script="Cyrillic", states_language=False),
    "in Greek": Rewriting(script="Greek", states_language=False),
    "in Chinese": Rewriting(script="Chinese", states_language=False),
    "at a root address": Rewriting(address="root"),
    "at a numbered address": Rewriting(address="numbered"),
    "without its language": Rewriting(states_language=False),
    "in Cyrillic at a root address": Rewriting(script="Cyrillic", address="root", states_language=False),
    "in Chinese at a root address": Rewriting(script="Chinese", address="root", states_language=False),
}
"""The rewritings that are tested."""


def rewritten(body: str, rewriting: Rewriting) -> str:
    """Return an HTML page in another script, or without its language."""
    root = parse_html(body)
    if root is None or (rewriting.script is None and rewriting.states_language):
        return body
    mapped = SCRIPTS[rewriting.script] if rewriting.script else lambda text: text
    for element in root.iter():
        if not rewriting.states_language:
            for attribute in {"lang", "xml:lang"}.intersection(element.keys()):
                del element.attrib[attribute]
        if element.tag == "meta":
            name = (element.get("name") or element.get("property") or "").lower()
            if any(piece in name for piece in _TOLD) and element.get("content"):
                element.set("content", mapped(element.get("content") or ""))
            if not rewriting.states_language and ("locale" in name or "language" in name):
                element.set("content", "")
        if element.tag == "script" and "ld+json" in (element.get("type") or ""):
            element.text = _mapped_json(element.text or "", mapped)
        elif element.tag not in _UNTOLD:
            element.text = mapped(element.text) if element.text else None
        if element.tail:
            element.tail = mapped(element.tail)
    return etree.tostring(root, encoding="unicode", method="html")


def agreement(own: ExtractedPage, other: ExtractedPage) -> float:
    """Return the overlap (F1) of the texts that are kept of a page and of its rewriting, by their letters."""
    if len(own.texts) != len(other.texts):
        return 0.0
    pairs = [(len(text.text), text.kept, again.kept) for text, again in zip(own.texts, other.texts, strict=True)]
    both = sum(size for size, is_kept, is_kept_again in pairs if is_kept and is_kept_again)
    either = sum(size * (is_kept + is_kept_again) for size, is_kept, is_kept_again in pairs)
    return 2 * both / either if either else 1.0


def _mapped_json(script: str, mapped: Mapped) -> str:
    try:
        return orjson.dumps(_mapped_values(orjson.loads(script), mapped)).decode()
    except ValueError:
        return script


def _mapped_values(value: Any, mapped: Mapped) -> Any:
    if isinstance(value, list):
        return [_mapped_values(item, mapped) for item in value]
    if isinstance(value, dict):
        return {
            key: mapped(item) if key in _TOLD_PROPERTIES and isinstance(item, str) else _mapped_values(item, mapped)
            for key, item in value.items()
            if key != "inLanguage"
        }
    return value
