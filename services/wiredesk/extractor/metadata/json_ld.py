"""JSON-LD as pages have it: scripts parsed and, if faulty, mended; names of schema.org without prefixes."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata.lenient_json import read_lenient_json
from wiredesk.extractor.words import clean

MAX_SCRIPT = 1 << 20
"""Maximum characters of a JSON-LD script that is parsed. Those of real pages are a hundred times smaller."""

MAX_SCRIPTS = 100
"""Maximum number of JSON-LD scripts that are parsed."""

MAX_MENDED = 1 << 17
"""Maximum characters of faulty JSON-LD, of all scripts of a page, that are read. This takes 0.1 seconds at most."""

MAX_NODES = 5000
"""Maximum number of JSON-LD objects of a page that are read. Real pages have a hundredth of it."""

MAX_VALUES = 100
"""Maximum number of values that are read from one list in JSON-LD."""

MAX_DEPTH = 64
"""Maximum depth of JSON-LD whose names have prefixes; what is deeper keeps them."""

MAX_PREFIXES = 20
"""Maximum number of prefixes for names of schema.org in a script. Real ones have one."""

MAX_NESTED_TEXT = 4
"""Maximum number of objects in each other that are one text: the name of a name."""

_SCRIPT_TYPE = re.compile(r"ld\W?json|json\W?ld", re.IGNORECASE)
"""The type of a JSON-LD script, in the spellings that occur."""

_PLAIN_JSON = ("application/json", "text/json")
"""Types of scripts that hold JSON-LD if they begin with its context."""

_CONTEXT = re.compile(r'[\s\[{]{0,100}"@(?:context|type|graph)"')
"""The beginning of JSON-LD in a script that does not declare it."""

_ESCAPED_WHOLE = re.compile(r"[\s\[{]{0,100}&(?:amp;)?(?:quot|#34|#x22);", re.IGNORECASE)
"""The beginning of JSON-LD whose quotation marks are character references."""

_ESCAPED_QUOTES = re.compile(r'[\s\[{]{0,100}\\"')
"""The beginning of JSON-LD whose quotation marks have backslashes."""

_PREFIXES = re.compile(r'"(\w{1,20})"\s{0,20}:\s{0,20}"https?:(?:\\?/){2}schema\.org(?:\\?/)?#?"')
"""A prefix that the context gives to names of schema.org."""

_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org/?#?|schema:", re.IGNORECASE)
"""What stands before a name of schema.org."""

_PREFIXED_KEY = re.compile(r'"(?:schema:|https?:(?:\\?/){2}(?:www\.)?schema\.org)[^"]{1,100}"\s{0,20}:', re.IGNORECASE)
"""A key with a prefix."""

_ALIASES = {"type": "@type", "id": "@id"}
"""Names for JSON-LD's keywords in pages whose JSON-LD has no `@type`."""

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


def read_json_ld(root: Element) -> JsonLd:
    """Return the JSON-LD objects of a page. What is faulty is mended as far as possible, within `MAX_MENDED`."""
    stated = JsonLd([], [])
    mendable = MAX_MENDED
    for text in islice(_scripts(root), MAX_SCRIPTS):
        value = _parsed(text)
        if value is None:
            value = _mended(text[:mendable])
            mendable -= min(mendable, len(text))
        for node, is_aside in islice(_walk(_plain(value, text)), MAX_NODES - len(stated.nodes)):
            stated.nodes.append(node)
            stated.is_aside.append(is_aside)
    return stated


def node_types(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types of a JSON-LD object, without the address of schema.org."""
    kind = node.get("@type")
    kinds = kind[:MAX_VALUES] if isinstance(kind, list) else (kind,)
    return tuple(_SCHEMA.sub("", k, count=1).strip() if ":" in k else k for k in kinds if isinstance(k, str))


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


def _scripts(root: Element) -> Iterator[str]:
    """Yield the contents of the scripts that hold JSON-LD."""
    for script in root.iter("script"):
        kind, text = script.get("type") or "", script.text
        if text and kind and len(text) <= MAX_SCRIPT:
            text = text.strip().lstrip("\ufeff")
            if text and (_SCRIPT_TYPE.search(kind) or (kind.lower() in _PLAIN_JSON and _CONTEXT.match(text))):
                yield text


def _parsed(text: str) -> Any:
    """Parse JSON. Return None if it is faulty, except for line breaks in strings, the commonest fault."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            value = orjson.loads(text.replace("\r", " ").replace("\n", " ").replace("\t", " "))
        except orjson.JSONDecodeError:
            return None
    # Some templates encode their JSON twice.
    return _parsed(value) if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") else value


def _mended(text: str) -> Any:
    if _ESCAPED_WHOLE.match(text):
        text = html.unescape(html.unescape(text) if "&amp;quot;" in text else text)
    elif _ESCAPED_QUOTES.match(text):
        text = text.replace('\\"', '"').replace("\\\\", "\\")
    return read_lenient_json(text)


def _plain(value: Any, text: str) -> Any:
    """Return a parsed script with the names of schema.org alone, if it has others."""
    stated = {match[1] for match in islice(_PREFIXES.finditer(text), MAX_PREFIXES)}
    prefixes = {prefix for prefix in stated if f'"{prefix}:' in text}
    aliases = _ALIASES if '"@type"' not in text and '"type"' in text else {}
    if not (prefixes or aliases or _PREFIXED_KEY.search(text)):
        return value
    pattern = re.compile(
        "|".join((_SCHEMA.pattern, *(f"{re.escape(prefix)}:" for prefix in sorted(prefixes)))), re.IGNORECASE
    )
    return _renamed(value, pattern, aliases, MAX_DEPTH)


def _renamed(value: Any, prefix: re.Pattern[str], aliases: Mapping[str, str], depth: int) -> Any:
    if depth == 0:
        return value
    if isinstance(value, list):
        return [_renamed(item, prefix, aliases, depth - 1) for item in value]
    if not isinstance(value, dict):
        return value
    renamed: Node = {}
    for key, item in value.items():
        name = key[match.end() :] if (match := prefix.match(key)) else aliases.get(key, key)
        if name == "@type":
            kinds = item if isinstance(item, list) else [item]
            renamed[name] = [prefix.sub("", kind, count=1) if isinstance(kind, str) else kind for kind in kinds]
        else:
            renamed.setdefault(name, _renamed(item, prefix, aliases, depth - 1))
    return renamed


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
