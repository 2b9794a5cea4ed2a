"""The statements of one page, collected, and what they mean together."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ada_url

from wiredesk.ingest.rights.page_urls import PageUrls
from wiredesk_schemas import IngestNoteKind, Rights, RightsKind, RightsStatement
from wiredesk_schemas.headers import attribute_text
from wiredesk_schemas.ingest_note import Notes
from wiredesk_schemas.rights import MAX_STATEMENT_CHARACTERS, MAX_STATEMENTS, MAX_VALUES

MAX_OF_A_SOURCE = 8
"""Statements of one source that are quoted: one element that stands on a page a thousand times hides no other."""

MAX_NAME_CHARACTERS = 100
"""Characters of the name of a source or of a robot, at most."""

LISTS = frozenset({"licenses", "rsl", "copyright_holders", "usage_terms"})
"""Fields of `Rights` that hold all values that are stated."""

LOWEST = frozenset({"max_snippet", "unavailable_after"})
"""Fields of `Rights` in which the lowest value is the most restrictive one."""

_SCHEME = re.compile(r"\s{0,20}https?://", re.IGNORECASE)

type Meaning = Mapping[str, bool | int | str | datetime]
"""What a statement means: values by field of `Rights`. Of a restriction, true or false."""

EVERYTHING_BY_AI: Meaning = {"no_ai": True, "no_ai_training": True, "no_ai_input": True}
"""What it means that a page is not for artificial intelligence."""


class Statements:
    """Collects what is stated about one page.

    Attributes:
        agents: robots whose statements count.
        base: address from which relative ones start.
        page: the URLs of the page.

    Args:
        base: address of the page, from which relative ones start.
        agents: names of robots, in lower case, whose statements count beside those for all robots.
        notes: of the page; statements that cannot be read are noted.
    """

    def __init__(self, base: str, agents: frozenset[str], notes: Notes) -> None:
        self.agents = agents
        self.base = base
        self.page = PageUrls([base])
        self._notes = notes
        self._quoted: dict[RightsStatement, None] = {}
        self._of_source: dict[str, int] = {}
        self._fields: dict[str, Any] = {}
        self._conflicts: dict[str, None] = {}
        self._evidence: dict[str, RightsStatement] = {}

    def add(self, kind: RightsKind, value: str, source: str, *meanings: Meaning, agent: str | None = None) -> None:
        """Add a statement.

        Args:
            value: as stated. Without text there is no statement.
            meanings: count if the statement is addressed to all robots, or to one of those whose statements count.
            agent: the robot to which it is addressed.
        """
        text = cut(value)
        if not text:
            return
        name = cut(agent, MAX_NAME_CHARACTERS) if agent else None
        statement = RightsStatement(kind=kind, value=text, source=cut(source, MAX_NAME_CHARACTERS), agent=name)
        if len(self._quoted) < MAX_STATEMENTS and self._of_source.get(statement.source, 0) < MAX_OF_A_SOURCE:
            if statement not in self._quoted:
                self._of_source[statement.source] = self._of_source.get(statement.source, 0) + 1
            self._quoted.setdefault(statement)
        if agent is None or agent in self.agents:
            for meaning in meanings:
                for field, stated in meaning.items():
                    self._merge(field, stated, statement)

    def add_unreadable(self, source: str, value: str) -> None:
        """Note a statement that cannot be read."""
        self._notes.add(IngestNoteKind.RIGHTS_NOT_READ, f"{source}: {cut(value, MAX_NAME_CHARACTERS)}")

    def add_mended(self, field: str) -> None:
        """Note that a field of the raw page held JSON that was faulty."""
        self._notes.add(IngestNoteKind.FIELD_REPAIRED, f"{field}: JSON with faults, which were mended")

    def address(self, value: str, base: str | None = None) -> str | None:
        """Return an absolute http or https address, without credentials; None where a text is none.

        Args:
            base: address from which a relative one starts, if it is not the page's.
        """
        try:
            parsed = ada_url.URL(value.strip()[:MAX_STATEMENT_CHARACTERS], base or self.base)
        except ValueError:
            return None
        if parsed.protocol not in ("http:", "https:"):
            return None
        parsed.username = parsed.password = ""
        return str(parsed.href)

    def is_of_page(self, value: str) -> bool:
        """Return whether a reference is empty, to a place within the page, or to the page."""
        value = value.strip()
        return not value or value.startswith("#") or self.page.is_of_page(self.address(value) or "") is True

    def reference(self, value: str) -> str:
        """Return the address in a text, made absolute; the text itself where it is none."""
        is_address = value.lstrip().startswith(("/", "./", "../")) or _SCHEME.match(value)
        return (self.address(value) if is_address else None) or value

    def evidence(self, field: str) -> RightsStatement | None:
        """Return the first statement by which a field of `Rights` has its value."""
        return self._evidence.get(field)

    def rights(self) -> Rights | None:
        """Return what is stated; None where nothing is."""
        if not self._quoted:
            return None
        fields = dict(self._fields)
        if fields.get("no_ai_training") and fields.get("no_ai_input"):
            fields["no_ai"] = True
        for field in LISTS & fields.keys():
            fields[field] = tuple(fields[field])
        return Rights(**fields, conflicts=tuple(self._conflicts), statements=tuple(self._quoted))

    def _merge(self, field: str, value: bool | int | str | datetime, statement: RightsStatement) -> None:  # noqa: FBT001 - a value
        if isinstance(value, str):
            value = cut(value)
        if field in LISTS:
            values = self._fields.setdefault(field, {})
            if len(values) < MAX_VALUES and value:
                values.setdefault(value)
            return
        before = self._fields.get(field)
        if isinstance(value, bool) and before is not None and before is not value:
            self._conflicts.setdefault(field)
        is_stricter = value is True and before is not True
        is_lower = field in LOWEST and before is not None and value < before
        if before is None or is_stricter or is_lower:
            self._fields[field] = value
            self._evidence[field] = statement


def cut(text: str, characters: int = MAX_STATEMENT_CHARACTERS) -> str:
    """Return the beginning of a text, without control characters and unpaired surrogates, on one line."""
    if len(text) <= characters and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    storable = attribute_text(" ".join(text[: 4 * characters].split())).encode("utf-8", "replace").decode()
    return storable[:characters].strip()
