"""A file that is being written: its rows are in memory until a group of them is written, and it has no name yet."""

import contextlib
from pathlib import Path
from time import monotonic

import pyarrow as pa
import pyarrow.parquet as pq

from wiredesk.archiving.columns import COLUMNS, Row, row_of
from wiredesk.archiving.file_names import FileName
from wiredesk.archiving.storage import explained
from wiredesk.runtime.records import Record

TOPIC_ID = b"wiredesk_topic_id"
"""Metadata of a file: the id of the topic that its offsets are of."""

COMPRESSION = "zstd"
"""The codec of files: every reader of Parquet that is in use has it."""


class Part:
    """A file that is being written.

    Args:
        path: where it is written.
        topic: its name without prefix.
        topic_id: of the topic.
        first: the first record.
        day: on which the record was published.
    """

    def __init__(self, path: Path, topic: str, topic_id: str, first: Record, day: str) -> None:
        self.path = path
        self.day = day
        self.rows = 0
        self.bytes = 0
        self.buffered = 0
        self.opened = monotonic()
        self._topic = topic
        self._partition = first.partition
        self._first = self._last = first.offset
        self._buffer: list[Row] = []
        self._schema = COLUMNS.with_metadata({TOPIC_ID: topic_id.encode()})
        with explained(str(path)):
            self._writer = pq.ParquetWriter(path, self._schema, compression=COMPRESSION)

    @property
    def name(self) -> FileName:
        """The name that it gets when it is complete."""
        return FileName(self._topic, self._partition, self._first, self._last, self.day)

    def add(self, record: Record) -> None:
        """Add the row of a record.

        Raises:
            InvalidEventError: the record holds no event; nothing was added.
        """
        self._buffer.append(row_of(record))
        self._last = record.offset
        self.rows += 1
        self.bytes += record.size
        self.buffered += record.memory

    def flush(self) -> None:
        """Write the rows that are in memory.

        Raises:
            UnavailableError: the disk does not take them.
        """
        if self._buffer:
            with explained(str(self.path)):
                self._writer.write_table(pa.Table.from_pylist(self._buffer, schema=self._schema))
            self._buffer.clear()
            self.buffered = 0

    def close(self) -> None:
        """Write the end of the file.

        Raises:
            UnavailableError: the disk does not take it.
        """
        self.flush()
        with explained(str(self.path)):
            self._writer.close()

    def discard(self) -> None:
        """Remove the file: it was not completed."""
        with contextlib.suppress(OSError, pa.ArrowException):  # a full disk does not take the end of a file
            self._writer.close()
        self.path.unlink(missing_ok=True)
