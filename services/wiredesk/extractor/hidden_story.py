"""Stories that are not in a page's visible mark-up, because a script puts them there.

Such a page carries its story in `<noscript>`, in JSON-LD's `articleBody`, or in JSON that its script reads: the state
of Next.js, Nuxt, Fusion and others. What is looked for is the same in all of them: a list of paragraphs, or a text of
mark-up, under one name. These places are read only if the page shows no story, so they cost other pages nothing.
"""

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from wiredesk.extractor import words
from wiredesk.extractor.body.segments import MAX_LINKED_PROSE, PROSE, segment_page
from wiredesk.extractor.document import Element, parse_html
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.words import clean, ends_sentence, length
from wiredesk_schemas import Evidence

MAX_SHOWN_WORDS = 150
"""Words of the story that a page shows from which no hidden one is looked for."""

MIN_WORDS = 60
"""Words of a hidden story."""

MUCH_MORE = 2.5
"""Times the words of the shown story that a hidden one has: the page then shows a teaser, or other texts."""

MAX_SCRIPT = 1 << 21
"""Characters of a script that are read."""

MAX_SCRIPTS = 1 << 22
"""Characters of all scripts of a page that are read."""

MAX_MISSES = 12
"""Places of a script at which no JSON value is found, until its rest is left."""

MAX_VALUES = 200_000
"""JSON values that are looked at."""

MAX_NAME = 60
"""Characters of a name in JSON that are read."""

MAX_PATH = 8
"""Names above a text that are compared."""

MAX_BLOCKS = 3000
"""Paragraphs of a hidden story."""

MAX_ROWS = 20_000
"""Rows of React's server components that are read."""

MAX_STEPS = 100_000
"""Elements in which alternatives of scripts are looked for; one that is in another counts for both."""

MAX_TEXT = 1 << 20
"""Characters of a text in JSON that are read."""

_OTHER = re.compile(
    r"comment|relat|recommend|promo|teaser|trending|popular|latest|menu|nav(?:igation|bar)|footer|cookie|consent|privacy|"
    r"bio|caption|credit|alt|descri|summary|excerpt|standfirst|subhead|dek|seo|meta|social|tooltip|legal|terms|disclaimer|"
    r"newsletter|subscri|advert|sponsor|translations?|messages|i18n|locale|config|query|schema|style|css|script",
    re.IGNORECASE,
)
"""Names of what is not the story, in JSON."""

_NO_PARAGRAPH = re.compile(
    r"image|caption|photo|video|embed|gallery|advert|related|link|promo|code|social", re.IGNORECASE
)
"""Types of blocks in JSON that are no paragraph."""

_HEADING = re.compile(r"head|h[1-6]$", re.IGNORECASE)
"""Types of blocks in JSON that are headings."""

_TYPE_NAMES = ("type", "_type", "__typename", "blockType", "tag", "style", "kind")
"""Names under which a block in JSON states its type."""

_SOME_TYPE_NAME = frozenset(_TYPE_NAMES)
"""The same, for a look at an object that has none of them, as most have."""

_BLOCKS, _HOLDERS = (str, dict), (str, list, dict)
"""Types of values that may be blocks, and of those that hold texts. Tuples are tested faster than unions."""

_DECODER = json.JSONDecoder(strict=False)
"""Reads JSON with line breaks in its texts. Made once, because making one takes longer than most values do."""

_MARK_UP = re.compile(r"</(?:p|div|li|h[1-6]|span|article|section|blockquote)\s{0,3}>|<br\s{0,3}/?>", re.IGNORECASE)
"""What shows that a text is mark-up."""

_VALUE = re.compile(r"[=(,:]\s{0,20}(?=[\[{\"'])")
"""Where a JSON value may begin in a script."""

_FLIGHT = "__next_f"
"""The name under which React's server components send rows, in pieces of any length."""

_FLIGHT_ROW = re.compile(r"^[0-9a-f]{1,8}:(?:T[0-9a-f]{1,8},)?", re.MULTILINE)
"""The beginning of a row in what React's server components send."""

_TEMPLATES = (
    "text/html",
    "text/template",
    "text/x-template",
    "text/x-handlebars",
    "text/plain",
    "text/x-handlebars-template",
)
"""Types of scripts that hold mark-up."""


@dataclass(frozen=True, slots=True)
class HiddenStory:
    """A story that a page carries, and does not show.

    Attributes:
        blocks: tag and text of each, in order.
        place: where it was found.
    """

    blocks: tuple[tuple[str, str], ...]
    place: Evidence

    @property
    def words(self) -> int:
        """Number of words."""
        return sum(words.count(text) for _, text in self.blocks)


def show_alternatives(root: Element) -> bool:
    """Turn the `<noscript>` elements that hold prose into elements that are read. Return whether there were any."""
    steps = iter(range(MAX_STEPS))
    alternatives = [e for e in root.iter("noscript", "template") if len(clean(_first_text(e, steps))) >= PROSE]
    for element in alternatives:
        element.tag = "div"
    return bool(alternatives)


def _first_text(element: Element, steps: Iterator[int]) -> str:
    """Return the text at the beginning of an element, as far as steps are left and it is needed."""
    pieces: list[str] = []
    size = 0
    for node, _ in zip(element.iter(), steps, strict=False):
        tail = node.tail if node is not element else None
        pieces += [node.text or "", tail or ""]
        size += len(pieces[-1].strip()) + len(pieces[-2].strip())
        if size >= 2 * PROSE:
            break
    return "".join(pieces)


def find_hidden_story(sources: MetadataSources, shown_words: int) -> HiddenStory | None:
    """Return the longest story that a page carries, if it has much more than the page shows.

    Args:
        sources: of the page.
        shown_words: of the story that the page shows.
    """
    stories = [HiddenStory(blocks, place) for place, blocks in _stories(sources) if blocks]
    best = max(stories, key=lambda story: story.words, default=None)
    if best is None or best.words < max(MIN_WORDS, MUCH_MORE * shown_words):
        return None
    return best


def put_into(root: Element, story: HiddenStory) -> frozenset[Element]:
    """Put a story at the end of a page, and return its element."""
    outer = next(root.iter("body"), root)
    article = etree.SubElement(outer, "article", {"class": "article-body"})
    for tag, text in story.blocks:
        etree.SubElement(article, tag).text = text
    return frozenset({article})


def _stories(sources: MetadataSources) -> Iterator[tuple[Evidence, tuple[tuple[str, str], ...]]]:
    body = sources.article.get("articleBody")
    for text in body if isinstance(body, list) else [body]:
        if isinstance(text, str):
            yield Evidence.JSON_LD, tuple(_blocks(text))
    for element in sources.root.iter("iframe", "textarea"):
        text = element.get("srcdoc") or element.text or ""
        if _MARK_UP.search(text[:MAX_TEXT]):
            yield Evidence.DOM, tuple(_blocks(text))
    yield Evidence.DOM, _best_of_scripts(sources.root)


def _best_of_scripts(root: Element) -> tuple[tuple[str, str], ...]:
    """Return the blocks of the longest story in a page's scripts."""
    texts = _Texts()
    left = MAX_SCRIPTS
    rows: list[str] = []
    for script in root.iter("script"):
        kind, text = (script.get("type") or "").lower(), (script.text or "")[: min(left, MAX_SCRIPT)]
        left -= len(text)
        is_row = _FLIGHT in text[:MAX_NAME]
        if "ld+json" in kind or (len(text) < PROSE and not is_row):
            continue
        if kind in _TEMPLATES:
            texts.add(("template",), text, "")
            continue
        for value in _values(text):
            if is_row and isinstance(value, list):
                rows += [item for item in value if isinstance(item, str)]
            else:
                texts.walk(value)
    for row in _FLIGHT_ROW.split("".join(rows), MAX_ROWS)[:MAX_ROWS]:
        for value in _parsed(row):
            texts.walk(value)
    return texts.best()


class _Texts:
    """Texts of JSON values, by the names above them."""

    def __init__(self) -> None:
        self._by_path: dict[tuple[str, ...], list[tuple[str, str, object]]] = defaultdict(list)
        self._seen = 0

    def walk(self, value: Any) -> None:
        """Read all texts in a value, in their order."""
        stack: list[tuple[tuple[str, ...], Any, str, object]] = [((), value, "", None)]
        while stack and self._seen < MAX_VALUES:
            path, item, kind, within = stack.pop()
            self._seen += 1
            if isinstance(item, str):
                self.add(path, item, kind, within)
            elif isinstance(item, list) and item[:1] == ["$"]:  # an element of React: its type, its key, its content
                stack.append((path, item[-1], str(item[1])[:MAX_NAME] if len(item) > 1 else kind, item[-1]))
            elif isinstance(item, list):
                inner = id(item) if any(isinstance(part, _BLOCKS) for part in item) else within
                stack.extend((path, part, kind, inner) for part in reversed(item))
            elif isinstance(item, dict):
                kind = _type_of(item) or kind
                named = [(k, v) for k, v in item.items() if isinstance(v, _HOLDERS) and not _names_other(k[:MAX_NAME])]
                stack.extend(((*path, k)[-MAX_PATH:], v, kind, within) for k, v in reversed(named))

    def add(self, path: tuple[str, ...], text: str, kind: str, within: object = None) -> None:
        """Read a text, or the JSON or mark-up in it."""
        if text[:1] in "[{" and len(text) >= PROSE:
            for value in _parsed(text):
                if isinstance(value, list | dict):
                    self.walk(value)
                    return
        if len(text) > 1 and not (kind and _NO_PARAGRAPH.search(kind)):
            self._by_path[path].append((kind, text[:MAX_TEXT], within))

    def best(self) -> tuple[tuple[str, str], ...]:
        """Return the blocks of the path with the most prose."""
        sizes = {path: sum(_prose(text) for _, text, _ in texts) for path, texts in self._by_path.items()}
        best = max(sizes, key=lambda path: sizes[path], default=None)
        if best is None or not sizes[best]:
            return ()
        blocks: list[tuple[str, str]] = []
        for kind, text in _joined(self._by_path[best]):
            tag = "h2" if _HEADING.search(kind) and length(text) < PROSE else "p"
            blocks += _blocks(text, tag)
            if len(blocks) >= MAX_BLOCKS:
                break
        return tuple(dict.fromkeys(blocks[:MAX_BLOCKS]))


@lru_cache(maxsize=2048)
def _names_other(name: str) -> bool:
    """Return whether a name in JSON is of something else than the story. Cached, because objects share their names."""
    return _OTHER.search(name) is not None


def _joined(texts: Sequence[tuple[str, str, object]]) -> Iterator[tuple[str, str]]:
    """Yield texts, those together that are pieces of one paragraph: with a space, or within a word, between them."""
    last_kind, last, last_within = "", "", None
    for kind, text, within in texts:
        continues = text[:1].isspace() or text[:1].islower() or text[:1] in ",.;:)!?" or last[-1:].isspace()
        if last and within == last_within and continues and not _MARK_UP.search(last):
            last += text
            continue
        if last:
            yield last_kind, last
        last_kind, last, last_within = kind, text, within
    if last:
        yield last_kind, last


def _blocks(text: str, tag: str = "p") -> Iterator[tuple[str, str]]:
    """Yield the blocks of a text, which may be mark-up, or lines, or one paragraph."""
    text = text[:MAX_TEXT]
    if "&lt;" in text or "&#60;" in text:
        text = html.unescape(text)
    root = parse_html(text) if _MARK_UP.search(text) else None
    if root is None:
        lines = (clean(html.unescape(line)) for line in text.splitlines())
        yield from ((tag, line) for line in islice(filter(None, lines), MAX_BLOCKS))
        return
    for segment in islice(segment_page(root).segments, MAX_BLOCKS):
        if segment.linked < MAX_LINKED_PROSE or segment.size >= PROSE:
            kept = segment.tag if segment.tag in ("h2", "h3", "h4", "li", "blockquote", "pre") else "p"
            yield kept, segment.text


def _prose(text: str) -> float:
    """Return the letters of prose in a text."""
    if length(text) < PROSE:
        return 0
    if _MARK_UP.search(text[:MAX_TEXT]):
        return sum(size for _, block in _blocks(text) if (size := length(block)) >= PROSE)
    return sum(size for line in text.splitlines() if (size := length(line)) >= PROSE and ends_sentence(line.strip()))


def _type_of(item: dict[str, Any]) -> str:
    if _SOME_TYPE_NAME.isdisjoint(item):
        return ""
    return next((kind[:40] for name in _TYPE_NAMES if isinstance(kind := item.get(name), str)), "")


def _values(script: str) -> Iterator[Any]:
    """Yield the JSON values in a script: the script itself, or what it assigns and passes."""
    if script.lstrip()[:1] in ("{", "["):
        whole = list(_parsed(script))
        if whole:
            yield from whole
            return
    at = misses = 0
    while misses < MAX_MISSES and (match := _VALUE.search(script, at)) is not None:
        at = match.end()
        try:
            value, at = _DECODER.raw_decode(script, at)
        except (ValueError, RecursionError):
            misses += 1
            continue
        if isinstance(value, list | dict) or (isinstance(value, str) and len(value) >= PROSE):
            yield from _parsed(value) if isinstance(value, str) else (value,)


def _parsed(text: str) -> Iterator[Any]:
    """Yield the value of a text, if it is JSON; text that is not is a value itself."""
    try:
        yield _DECODER.decode(text)
    except (ValueError, RecursionError):
        if text.lstrip()[:1] not in ("{", "["):
            yield text
