"""Takes the rows of forgotten pages out of the files of an archive.

What is forgotten is what `wiredesk.forgotten` lists now, pages and hosts, and what tombstones in the archive say: a row
of the type `forgotten` ends all rows of its page that stand before it in its partition. A file that holds such rows is
written again without them and takes the place of the old one, under its name: the name still says which offsets are
archived, also where no row is left.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wiredesk.archiving.columns import Row, RowType
from wiredesk.archiving.file_names import FileName
from wiredesk.archiving.part import COMPRESSION
from wiredesk.archiving.storage import Storage, explained
from wiredesk.operations.forgetting.entries import read_entries
from wiredesk.operations.forgetting.keys import host_keys, host_of_url
from wiredesk.runtime.kafka.cluster import Cluster

LOOKED_AT = ("type", "page_id", "url", "canonical_url", "partition", "offset")
"""The columns that say whose rows they are."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out.

    Attributes:
        files: files that were looked at.
        rewritten: files that were written again.
        rows: rows that were taken out.
    """

    files: int
    rewritten: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Ends:
    """What is to be forgotten.

    Attributes:
        listed: ids of pages and of hosts.
        tombstones: by partition and page, the offset of the last tombstone.
    """

    listed: Collection[str]
    tombstones: Mapping[tuple[int, str], int]

    def ends(self, row: Row) -> bool:
        """Whether a row is to be taken out. Tombstones stay: they hold an id alone."""
        if row["type"] == RowType.FORGOTTEN:
            return False
        page = str(row["page_id"])
        if page in self.listed:
            return True
        if row["offset"] < self.tombstones.get((row["partition"], page), -1):
            return True
        hosts = (host_of_url(str(row[name])) for name in ("url", "canonical_url") if row[name])
        return any(key.decode() in self.listed for host in hosts for key in host_keys(host))


async def forget(cluster: Cluster, storage: Storage, on_file: Callable[[FileName, int], None]) -> Forgotten:
    """Take the rows of forgotten pages out of all files.

    It may be repeated, and killed at any time: each file is either the old one or the new one.

    Args:
        on_file: called with each file that was written again, and the number of rows that were taken out.

    Raises:
        UnavailableError: the cluster or the storage cannot be reached.
    """
    listed = set(await read_entries(cluster))
    return await asyncio.to_thread(_forget, storage, listed, on_file)


def _forget(storage: Storage, listed: Collection[str], on_file: Callable[[FileName, int], None]) -> Forgotten:
    names = storage.names()
    ends = _Ends(listed, _tombstones(storage, names))
    rewritten = rows = 0
    for name in names:
        if taken := _rewrite(storage, name, ends):
            rewritten += 1
            rows += taken
            on_file(name, taken)
    return Forgotten(len(names), rewritten, rows)


def _tombstones(storage: Storage, names: Collection[FileName]) -> dict[tuple[int, str], int]:
    """Return, by partition and page, the offset of the last tombstone."""
    last: dict[tuple[int, str], int] = {}
    for name in names:
        with explained(name.path), storage.open(name) as file, pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(columns=["type", "page_id", "partition", "offset"]):
                for row in batch.filter(pc.field("type") == RowType.FORGOTTEN.value).to_pylist():
                    key = row["partition"], row["page_id"]
                    last[key] = max(row["offset"], last.get(key, -1))
    return last


def _rewrite(storage: Storage, name: FileName, ends: _Ends) -> int:
    """Write a file again without the rows that are to be forgotten; return how many there were."""
    with explained(name.path), storage.open(name) as file, pq.ParquetFile(file) as parquet:
        groups = range(parquet.num_row_groups)
        kept = [_kept(parquet.read_row_group(group, columns=list(LOOKED_AT)), ends) for group in groups]
        taken = sum(one.count(False) for one in kept)
        if not taken:
            return 0
        path = storage.scratch() / f"forget-{name.topic}-{name.partition}-{name.first}.part"
        with pq.ParquetWriter(path, parquet.schema_arrow, compression=COMPRESSION) as writer:
            for group, mask in enumerate(kept):
                writer.write_table(parquet.read_row_group(group).filter(pa.array(mask, pa.bool_())))
    storage.publish(path, name)
    return taken


def _kept(table: pa.Table, ends: _Ends) -> list[bool]:
    return [not ends.ends(row) for row in table.to_pylist()]
