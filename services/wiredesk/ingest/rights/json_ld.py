"""Properties of schema.org about rights, in the JSON-LD of a page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import islice
from typing import Any

import orjson

from wiredesk.ingest.rights.statements import Statements
from wiredesk_schemas import RightsKind

PROPERTIES: dict[str, tuple[RightsKind, str]] = {
    "license": (RightsKind.LICENSE, "licenses"),
    "copyrightHolder": (RightsKind.COPYRIGHT_HOLDER, "copyright_holders"),
    "copyrightNotice": (RightsKind.COPYRIGHT_NOTICE, "copyright_notice"),
    "copyrightYear": (RightsKind.COPYRIGHT_YEAR, "copyright_year"),
    "creditText": (RightsKind.CREDIT_TEXT, "credit_text"),
    "acquireLicensePage": (RightsKind.ACQUIRE_LICENSE, "acquire_license"),
    "usageInfo": (RightsKind.USAGE_TERMS, "usage_terms"),
    "conditionsOfAccess": (RightsKind.USAGE_TERMS, "usage_terms"),
}
"""Kinds of statements, and fields of `Rights`, by property."""

MENTIONS = ("icense", "copyright", "usageInfo", "conditionsOfAccess", "creditText")
"""Parts of these names, of which a block has at least one: others are not parsed."""

WITHIN = ("@graph", "mainEntity", "mainEntityOfPage")
"""Properties whose objects are the page or its story. Others are parts of it, or other stories."""

NOT_THE_STORY = frozenset(
    {
        "ImageObject", "VideoObject", "AudioObject", "MediaObject", "Photograph", "Organization",
        "NewsMediaOrganization", "Person", "Brand", "Product", "SoftwareApplication", "WPHeader", "WPFooter",
        "WPSideBar", "ItemList", "BreadcrumbList", "Comment", "Review",
    }
)  # fmt: skip
"""Types of objects whose rights are not those of the story: pictures name their own holders."""

MAX_NODES = 200
"""Objects that are read in all blocks of a page."""

MAX_DEPTH = 4
"""Depth of an object below the top of its block, and of a text within a value."""

MAX_TEXTS = 16
"""Texts that are read from one value."""

_SCHEMA = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

type Node = Mapping[str, Any]
"""An object of JSON-LD."""


def read_json_ld(blocks: Iterable[str], statements: Statements) -> None:
    """Read the blocks of JSON-LD that mention one of the properties."""
    mentioning = [block for block in blocks if any(name in block for name in MENTIONS)]
    in_blocks = (node for block in mentioning for node in _nodes(_parsed(block, statements), MAX_DEPTH))
    nodes = list(islice(in_blocks, MAX_NODES))
    if not nodes:
        return
    names = _names(nodes)
    for node in nodes:
        if NOT_THE_STORY.isdisjoint(_types(node)):
            for key, value in node.items():
                _read(_SCHEMA.sub("", key, count=1), value, names, statements)


def _read(name: str, value: Any, names: Mapping[str, str], statements: Statements) -> None:
    if name not in PROPERTIES:
        return
    kind, field = PROPERTIES[name]
    for text in islice(_texts(value, names, MAX_DEPTH, prefers_name=kind is RightsKind.COPYRIGHT_HOLDER), MAX_TEXTS):
        read_property(kind, field, text, f"json_ld:{name}", statements)


def read_property(kind: RightsKind, field: str, text: str, source: str, statements: Statements) -> None:
    """Read the value of a property, as JSON-LD and `<meta>` have it."""
    if field == "copyright_year":
        years = [year for year in _YEAR.findall(text[:100]) if year >= "1000"]
        statements.add(kind, text, source, {field: int(years[-1])} if years else {})
    elif field == "acquire_license":
        address = statements.address(text)
        statements.add(kind, text, source, {field: address} if address else {})
    elif field in ("licenses", "usage_terms"):
        statements.add(kind, text, source, {field: statements.reference(text)})
    else:
        statements.add(kind, text, source, {field: text})


def _parsed(block: str, statements: Statements) -> Any:
    """Return a block as JSON; line breaks within strings are the commonest fault."""
    try:
        return orjson.loads(block)
    except orjson.JSONDecodeError:
        try:
            return orjson.loads(block.replace("\r", " ").replace("\n", " ").replace("\t", " "))
        except orjson.JSONDecodeError:
            statements.add_unreadable("json_ld", block)
            return None


def _nodes(value: Any, depth: int) -> Iterator[Node]:
    """Yield the objects that are the page or its story, outer ones first."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value[:MAX_NODES]:
            yield from _nodes(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        for name in WITHIN:
            yield from _nodes(value.get(name), depth - 1)


def _types(node: Node) -> frozenset[str]:
    kinds = node.get("@type")
    listed = kinds[:MAX_TEXTS] if isinstance(kinds, list) else [kinds]
    return frozenset(_SCHEMA.sub("", kind, count=1) for kind in listed if isinstance(kind, str))


def _names(nodes: Iterable[Node]) -> dict[str, str]:
    """Return the names of objects by their ids, also of those one level below: publishers are often stated there."""
    names: dict[str, str] = {}
    for node in nodes:
        for one in (node, *node.values()):
            if isinstance(one, dict) and isinstance(one.get("@id"), str) and isinstance(one.get("name"), str):
                names.setdefault(one["@id"], one["name"])
    return names


def _texts(value: Any, names: Mapping[str, str], depth: int, *, prefers_name: bool) -> Iterator[str]:
    """Yield the texts of a value: of an object its name or its address."""
    if depth == 0:
        return
    if isinstance(value, str):
        text = names.get(value, value) if prefers_name else value
        yield unescape(text) if "&" in text else text
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list):
        for item in value[:MAX_TEXTS]:
            yield from _texts(item, names, depth - 1, prefers_name=prefers_name)
    elif isinstance(value, dict):
        order = ("name", "@value", "url", "@id") if prefers_name else ("url", "@id", "@value", "name")
        stated = next((value[key] for key in order if value.get(key)), None)
        if stated is not None and (stated != value.get("@id") or _says_something(stated, names)):
            yield from _texts(stated, names, depth - 1, prefers_name=prefers_name)


def _says_something(identifier: Any, names: Mapping[str, str]) -> bool:
    """Whether an id says something to a reader: a fragment is an id within the page."""
    return isinstance(identifier, str) and (identifier in names or "#" not in identifier)
