"""The entries of `wiredesk.forgotten`: what is to be forgotten, since when, by whom, and why.

An entry names a page or a host by its id alone. The reason is what an operator writes; it should name nobody.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from wiredesk.pipeline import FORGOTTEN
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk_schemas import ForgottenEntry, ForgottenKind

MAX_TEXT = 500
"""Characters of a reason or a name that are kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be forgotten.

    Attributes:
        id: of the page, or of the host.
        kind: which of them.
        request: id of the page or host that was named when it was entered: a URL may have several pages.
        reason: why; empty if it was not said.
        since: when it was entered, in UTC.
        by: who entered it.
    """

    id: str
    kind: ForgottenKind
    request: str
    reason: str
    since: datetime
    by: str

    @property
    def key(self) -> bytes:
        """The key of its record."""
        return self.id.encode()

    def value(self) -> bytes:
        """Return the value of its record."""
        return ForgottenEntry(
            kind=self.kind,
            request=self.request,
            reason=self.reason[:MAX_TEXT],
            since=self.since.astimezone(UTC).replace(microsecond=0),
            by=self.by[:MAX_TEXT],
        ).to_json()


def parse_entry(record: Record) -> Entry | None:
    """Return the entry of a record; a value that is not ours still enters the key, as for workers."""
    if record.key is None or record.value is None:
        return None
    fields: Any = None
    with contextlib.suppress(orjson.JSONDecodeError):
        fields = orjson.loads(record.value)

    def text(name: str) -> str:
        value = fields.get(name) if isinstance(fields, dict) else None
        return value if isinstance(value, str) else ""

    id_ = record.key.decode("utf-8", "replace")
    since = datetime.fromtimestamp(0, UTC)
    with contextlib.suppress(ValueError, OverflowError):
        since = datetime.fromisoformat(text("since")).astimezone(UTC)
    kind = ForgottenKind.HOST if text("kind") == ForgottenKind.HOST else ForgottenKind.PAGE
    return Entry(id_, kind, text("request") or id_, text("reason"), since, text("by"))


async def read_entries(cluster: Cluster) -> Mapping[str, Entry]:
    """Return what is to be forgotten, by id; nothing if the topic does not exist.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    partitions = await cluster.partitions([cluster.settings.on_cluster(FORGOTTEN.name)])
    ranges = await cluster.offset_ranges(partitions)
    entries: dict[str, Entry] = {}
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            if (entry := parse_entry(record)) is not None:
                entries[entry.id] = entry
            elif record.key is not None:
                entries.pop(record.key.decode("utf-8", "replace"), None)
    return entries
