"""JSON-LD of a page: its objects, and what their values say."""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from wiredesk.extractor.document import Element
from wiredesk.extractor.words import clean
from wiredesk.json_ld.scripts import ScriptReader, is_json_ld, plain_name

MAX_SCRIPT = 1 << 20
"""Maximum characters of a JSON-LD script that is parsed. Those of real pages are a hundred times smaller."""

MAX_SCRIPTS = 100
"""Maximum number of JSON-LD scripts that are parsed."""

MAX_NODES = 5000
"""Maximum number of JSON-LD objects of a page that are read. Real pages have a hundredth of it."""

MAX_VALUES = 100
"""Maximum number of values that are read from one list in JSON-LD."""

MAX_NESTED_TEXT = 4
"""Maximum number of objects in each other that are one text: the name of a name."""

_ASIDE = frozenset(
    {
        "itemListElement", "liveBlogUpdate", "comment", "comments", "mentions", "citation", "relatedItem",
        "relatedLink", "isRelatedTo", "related", "recommendation", "isBasedOn", "hasPart", "blogPost", "blogPosts",
        "associatedMedia", "subjectOf", "review", "reviews", "previousItem", "nextItem", "isSimilarTo", "workExample",
        "significantLink", "video", "about", "dataFeedElement", "itemReviewed", "isPartOf", "offers", "potentialAction",
    }
)  # fmt: skip
"""Properties whose objects are not the page's own story: lists of others, parts, comments."""

type Node = dict[str, Any]
"""A JSON-LD object."""


@dataclass(frozen=True, slots=True)
class JsonLd:
    """The JSON-LD of a page.

    Attributes:
        nodes: all objects, outer ones first.
        is_aside: for each of them, whether it belongs to a list of other stories, or is a part of one.
    """

    nodes: list[Node]
    is_aside: list[bool]


def read_json_ld(scripts: Iterable[Element]) -> JsonLd:
    """Return the JSON-LD objects of scripts. What is faulty is mended as far as possible, within `MAX_MENDED`."""
    stated = JsonLd([], [])
    reader = ScriptReader()
    for text in islice(_texts(scripts), MAX_SCRIPTS):
        for node, is_aside in islice(_walk(reader.read(text).value), MAX_NODES - len(stated.nodes)):
            stated.nodes.append(node)
            stated.is_aside.append(is_aside)
    return stated


def node_types(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types of a JSON-LD object, without the address of schema.org."""
    kind = node.get("@type")
    kinds = kind[:MAX_VALUES] if isinstance(kind, list) else (kind,)
    return tuple(plain_name(k) for k in kinds if isinstance(k, str))


def as_text(value: Any, language: str = "") -> str | None:
    """Return a JSON-LD value as text.

    Args:
        value: a string, a number, a boolean, a list, whose first text counts, or an object: its name, value or address.
        language: of the page; of values in several languages, the one in this language counts.
    """
    for _ in range(MAX_NESTED_TEXT):
        if isinstance(value, list):
            value = _in_language(value[:MAX_VALUES], language)
        elif isinstance(value, dict):
            value = _of_object(value, language)
        else:
            break
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = clean(html.unescape(value) if "&" in value else value) if isinstance(value, str) else ""
    return text or None


def as_items(value: Any) -> list[Any]:
    """Return a JSON-LD value as a list: the items of a list or of its wrappers, or the value alone."""
    if isinstance(value, dict):
        value = value.get("@list", value.get("@set", value))
    return value[:MAX_VALUES] if isinstance(value, list) else [value]


def _texts(scripts: Iterable[Element]) -> Iterator[str]:
    """Yield the contents of the scripts that hold JSON-LD."""
    for script in scripts:
        kind, text = script.get("type") or "", script.text
        if text and kind and len(text) <= MAX_SCRIPT and is_json_ld(kind, text):
            yield text


def _walk(value: Any) -> Iterator[tuple[Node, bool]]:
    """Yield all objects of a value, outer ones first, each with whether it is only a part or one of a list."""
    queue = [(value, False)]
    place = 0
    while place < min(len(queue), MAX_NODES):
        item, is_aside = queue[place]
        place += 1
        if isinstance(item, list):
            queue.extend((child, is_aside) for child in item if isinstance(child, list | dict))
        elif isinstance(item, dict):
            yield item, is_aside
            queue.extend(
                (child, is_aside or name in _ASIDE) for name, child in item.items() if isinstance(child, list | dict)
            )


def _in_language(values: list[Any], language: str) -> Any:
    """Return the value in a language, or the first one that is not empty."""
    full = [value for value in values if value not in (None, "", [], {})]
    if language and len(full) > 1:
        wanted = language[:2].lower()
        for value in full:
            if isinstance(value, dict) and str(value.get("@language", ""))[:2].lower() == wanted:
                return value
    return full[0] if full else None


def _of_object(value: Node, language: str) -> Any:
    """Return what an object is called: its value, name or address, or a text of a map of languages."""
    for name in ("@value", "name", "url", "@list", "@set"):
        if value.get(name) not in (None, "", [], {}):
            return value[name]
    if any(name.startswith("@") for name in value):
        return None
    # A map of languages: {"en": "Pier", "de": "Anleger"}.
    texts = {name[:2].lower(): text for name, text in value.items() if len(name) in (2, 5) and isinstance(text, str)}
    return texts.get(language[:2].lower(), next(iter(texts.values()), None)) if len(texts) == len(value) else None
