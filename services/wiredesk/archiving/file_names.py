"""Names of files: they say which offsets a file holds, and so where an archive continues.

A file has its name only when it is complete. So the names are the state of an archive, and there is no other: what
names cover is archived, and everything after that is not.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from wiredesk.runtime.errors import UsageError

_NAME = re.compile(
    r"day=(?P<day>\d{4}-\d\d-\d\d)/(?P<topic>[A-Za-z0-9._-]{1,249})-(?P<partition>\d{1,10})-(?P<first>\d{1,19})"
    r"-(?P<last>\d{1,19})\.parquet",
    re.ASCII,
)


@dataclass(frozen=True, order=True, slots=True)
class FileName:
    """The name of a file of an archive.

    Attributes:
        topic: whose records it holds, without prefix.
        partition: of the topic.
        first: offset of its first record.
        last: offset of its last record.
        day: on which they were published, in UTC: `2026-11-29`.
    """

    topic: str
    partition: int
    first: int
    last: int
    day: str

    @property
    def path(self) -> str:
        """The path in the archive, as Hive names partitions: readers take `day` for a column."""
        return f"day={self.day}/{self.topic}-{self.partition}-{self.first}-{self.last}.parquet"

    @classmethod
    def parse(cls, path: str) -> "FileName | None":
        """Return the name that a path in the archive has; None where it is another file."""
        match = _NAME.fullmatch(path)
        if match is None:
            return None
        return cls(match["topic"], int(match["partition"]), int(match["first"]), int(match["last"]), match["day"])


def newest_files(names: Iterable[FileName], topic: str) -> Mapping[int, FileName]:
    """Return, for each partition of a topic, the file with its last records.

    Raises:
        UsageError: two files hold the same offsets: more than one archive was written there.
    """
    by_partition: defaultdict[int, list[FileName]] = defaultdict(list)
    for name in names:
        if name.topic == topic:
            by_partition[name.partition].append(name)
    newest = {}
    for partition, files in by_partition.items():
        files.sort()
        for earlier, later in pairwise(files):
            if later.first <= earlier.last:
                raise UsageError(
                    f"{earlier.path} and {later.path} hold the same offsets: two commands have written this archive at "
                    "the same time; remove the smaller one"
                )
        newest[partition] = files[-1]
    return newest
