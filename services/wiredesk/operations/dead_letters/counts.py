"""Counting dead letters by topic, reason, host, stage, hour or day."""

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wiredesk.operations.dead_letters.choices import Grouping
from wiredesk.operations.dead_letters.reading import Selection, read_letters
from wiredesk.operations.dead_letters.redrive_log import read_redrive_log
from wiredesk.runtime.dead_letters import DeadLetter, letter_key
from wiredesk.runtime.kafka.cluster import Cluster


@dataclass(frozen=True, slots=True)
class LetterCount:
    """Dead letters that have the same values.

    Attributes:
        values: one for each grouping, in the same order.
        letters: how many there are.
        redriven: how many of them were redriven.
        first: time of the oldest, in UTC.
        last: time of the newest, in UTC.
        newest: id of the newest.
    """

    values: tuple[str, ...]
    letters: int
    redriven: int
    first: datetime
    last: datetime
    newest: str

    def as_object(self, groupings: Sequence[Grouping]) -> dict[str, object]:
        """Return the count as a JSON object, with the values under the names of the groupings."""
        return {
            **dict(zip(map(str, groupings), self.values, strict=True)),
            "letters": self.letters,
            "redriven": self.redriven,
            "first": self.first,
            "last": self.last,
            "newest": self.newest,
        }


async def count_letters(cluster: Cluster, selection: Selection, groupings: Sequence[Grouping]) -> list[LetterCount]:
    """Return how many dead letters there are of each combination of values: the most first, or by time.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    tallies: defaultdict[tuple[str, ...], _Tally] = defaultdict(_Tally)
    log = await read_redrive_log(cluster)
    async with contextlib.aclosing(read_letters(cluster, selection)) as letters:
        async for letter in letters:
            values = tuple(grouping.value_of(letter) for grouping in groupings)
            tallies[values].add(letter, is_redriven=letter_key(letter.record) in log)
    counts = [tally.result(values) for values, tally in tallies.items()]
    if any(grouping.is_time for grouping in groupings):
        return sorted(counts, key=lambda count: count.values)
    return sorted(counts, key=lambda count: -count.letters)


class _Tally:
    def __init__(self) -> None:
        self._letters = self._redriven = 0
        self._first: datetime | None = None
        self._newest: DeadLetter | None = None

    def add(self, letter: DeadLetter, *, is_redriven: bool) -> None:
        self._letters += 1
        self._redriven += is_redriven
        self._first = letter.time if self._first is None else min(self._first, letter.time)
        if self._newest is None or letter.time >= self._newest.time:
            self._newest = letter

    def result(self, values: tuple[str, ...]) -> LetterCount:
        if self._first is None or self._newest is None:
            raise ValueError("nothing was counted")
        return LetterCount(values, self._letters, self._redriven, self._first, self._newest.time, self._newest.id)
