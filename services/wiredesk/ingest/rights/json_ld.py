"""Properties of schema.org about rights, in the JSON-LD of a page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import islice
from typing import Any

from wiredesk.ingest.rights.page_nodes import MAX_NODES, Node, nodes_of_page, walk
from wiredesk.ingest.rights.statements import Statements
from wiredesk.json_ld.scripts import ScriptReader
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

MAX_TEXT_DEPTH = 4
"""Depth of a text within a value."""

MAX_TEXTS = 16
"""Texts that are read from one value."""

_NAME_FIRST = ("name", "@value", "url", "@id", "@list", "@set")
_ADDRESS_FIRST = ("url", "@id", "@value", "name", "@list", "@set")
_REFERENCE = frozenset({"@id", "@type"})
"""Names of an object that only refers to another one."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def read_json_ld(blocks: Iterable[str], statements: Statements) -> None:
    """Read the blocks of JSON-LD that mention one of the properties."""
    reader = ScriptReader()
    mentioning = [block for block in blocks if any(name in block for name in MENTIONS)]
    in_blocks = (placed for block in mentioning for placed in walk(_value(block, reader, statements)))
    placed = list(islice(in_blocks, MAX_NODES))
    if not placed:
        return
    named = _named(node for node, _ in placed)
    for node in nodes_of_page(placed, statements):
        for key, value in node.items():
            _read(key, value, named, statements)


def _value(block: str, reader: ScriptReader, statements: Statements) -> Any:
    """Return a block as JSON; one that cannot be read, or not to its end, is noted."""
    script = reader.read(block)
    if not script.is_whole or script.value in (None, []):
        statements.add_unreadable("json_ld", block)
    return script.value


def _read(name: str, value: Any, named: Mapping[str, Node], statements: Statements) -> None:
    if name not in PROPERTIES:
        return
    kind, field = PROPERTIES[name]
    for text in islice(
        _texts(value, named, MAX_TEXT_DEPTH, prefers_name=kind is RightsKind.COPYRIGHT_HOLDER), MAX_TEXTS
    ):
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


def _named(nodes: Iterable[Node]) -> dict[str, Node]:
    """Return objects by their ids, also those of one level below: publishers are often stated there."""
    named: dict[str, Node] = {}
    for node in nodes:
        for one in (node, *node.values()):
            if isinstance(one, dict) and isinstance(one.get("@id"), str) and not one.keys() <= _REFERENCE:
                named.setdefault(one["@id"], one)
    return named


def _texts(value: Any, named: Mapping[str, Node], depth: int, *, prefers_name: bool) -> Iterator[str]:
    """Yield the texts of a value: of an object its name or its address."""
    if depth == 0:
        return
    if isinstance(value, str):
        node = named.get(value)
        name = node.get("name") if node is not None and prefers_name else None
        text = name if isinstance(name, str) else value
        yield unescape(text) if "&" in text else text
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list):
        for item in value[:MAX_TEXTS]:
            yield from _texts(item, named, depth - 1, prefers_name=prefers_name)
    elif isinstance(value, dict):
        order = _NAME_FIRST if prefers_name else _ADDRESS_FIRST
        identifier = value.get("@id")
        if isinstance(identifier, str) and value.keys() <= _REFERENCE:
            value = named.get(identifier, value)
        stated = next((value[key] for key in order if value.get(key)), None)
        # A fragment is an id within the page, and says nothing to a reader.
        is_fragment = stated == value.get("@id") and "#" in str(stated)
        if stated is not None and not (is_fragment and not (prefers_name and stated in named)):
            yield from _texts(stated, named, depth - 1, prefers_name=prefers_name)
