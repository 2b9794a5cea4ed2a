"""The redrive log: an entry for each dead letter that was redriven; and the record that is sent back.

An entry names the dead letter, and the coordinates of the redriven record. If that record becomes a dead letter again,
the new dead letter names the same coordinates: so how often a record was redriven is counted from entries alone, and
not from a header that anybody may write. After the topic was deleted and recreated, the same coordinates name another
record; therefore an entry also holds the origin of the redriven record, with the id of the topic of that origin.
"""

import contextlib
from dataclasses import dataclass
from typing import Any

import orjson

from wiredesk.runtime.dead_letters import DeadLetter, letter_key
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.lineage import lineage, origin_of, origin_topic_id, replay_marks
from wiredesk.runtime.records import Output, Record, parse_coordinates
from wiredesk.runtime.topology import DAY_MS, Topic
from wiredesk_schemas.headers import REDRIVE_COUNT, REDRIVEN_FOR

REDRIVEN_TOPIC = Topic(
    "wiredesk.redriven",
    "Dead letters that have been redriven: their marks, and where they went",
    partitions=1,
    retention_ms=60 * DAY_MS,  # twice the retention of dead letters
)
"""The topic of the redrive log."""


@dataclass(frozen=True, slots=True)
class _Redriven:
    """A redriven record: how often it was redriven in total, and its origin."""

    rounds: int
    origin: str
    topic_id: str


class RedriveLog:
    """The entries: keys of redriven dead letters (`letter_key`), and how often the record of each was redriven."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._by_place: dict[str, list[_Redriven]] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def rounds(self, letter: DeadLetter) -> int:
        """Return how often the record of a dead letter had been redriven before.

        Older versions wrote entries without the coordinates of the redriven record: their count starts at 0. If an
        entry or a dead letter does not have the origin or its topic's id, the coordinates alone decide.
        """
        origin, id_ = origin_of(letter.record), origin_topic_id(letter.record)
        return max(
            (
                entry.rounds
                for entry in self._by_place.get(letter.source, ())
                if _same(entry.origin, origin) and _same(entry.topic_id, id_)
            ),
            default=0,
        )

    def add(self, key: str, value: bytes | None) -> str:
        """Add an entry, as it was written; entries of older versions are understood.

        Returns:
            The origin of the redriven record; empty if the entry does not have it.
        """
        self._keys.add(key)
        try:
            entry: Any = orjson.loads(value or b"null")
            place, rounds = entry["to"], entry["round"]
            origin, id_ = entry.get("origin", ""), entry.get("topic_id", "")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return ""
        if isinstance(place, str) and isinstance(rounds, int) and isinstance(origin, str) and isinstance(id_, str):
            self._by_place.setdefault(place, []).append(_Redriven(rounds, origin, id_))
        return origin if isinstance(origin, str) else ""


def _same(one: str, other: str) -> bool:
    return not one or not other or one == other


async def read_redrive_log(cluster: Cluster) -> RedriveLog:
    """Return the entries of all dead letters that have been redriven.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    log = RedriveLog()
    name = cluster.settings.on_cluster(REDRIVEN_TOPIC.name)
    ranges = await cluster.offset_ranges(await cluster.partitions([name]))
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            if record.key is not None:
                log.add(record.key.decode("utf-8", "replace"), record.value)
    return log


def redriven_record(letter: DeadLetter, rounds: int) -> Output:
    """Return the record that is sent back: the original one, with headers that say how often, and for which stage.

    A dead letter of a replay keeps the headers that name the run: the live stream has its own outcome for the page.
    """
    kept = tuple(header for header in letter.headers if header[0] not in (REDRIVE_COUNT, REDRIVEN_FOR))
    marks = () if letter.stage.entry else tuple(one for one in replay_marks(letter.record) if one not in kept)
    addressed = () if letter.stage.entry else ((REDRIVEN_FOR, letter.stage.name.encode()),)
    return Output(
        letter.stage.consumes.name,
        letter.record.key,
        letter.record.value,
        (*kept, *marks, (REDRIVE_COUNT, str(rounds).encode()), *addressed),
    )


def redrive_entry(letter: DeadLetter, rounds: int, place: str | None, target_topic_id: str) -> Output:
    """Return the entry for a redriven dead letter.

    Args:
        rounds: how often its record was redriven, including this time.
        place: coordinates of the redriven record; None if the broker did not return them.
        target_topic_id: id of the topic to which it was written; empty if it is not known.
    """
    origin = id_ = ""
    at = None if place is None else parse_coordinates(place)
    if at is not None:  # the lineage headers that the stage will add to the outputs of the redriven record
        redriven = Record(*at, timestamp=0, key=None, value=None, headers=redriven_record(letter, rounds).headers)
        begun = Record("", 0, 0, 0, None, None, lineage(letter.stage, redriven, topic_id=target_topic_id))
        origin, id_ = origin_of(begun), origin_topic_id(begun)
    value = orjson.dumps({"reason": letter.reason, "round": rounds, "to": place, "origin": origin, "topic_id": id_})
    return Output(REDRIVEN_TOPIC.name, letter_key(letter.record).encode(), value)
