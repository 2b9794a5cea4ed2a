"""A witness of the stage that counts: it keeps the state by its own few lines, and says where the stage differs."""

import contextlib
from collections import Counter, defaultdict

from tests.handlers import COUNTER, SOURCE, TARGET
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings

CHANGELOG = COUNTER.changelog_of(COUNTER.group)


async def differences(kafka: KafkaSettings) -> list[str]:
    """Return what is not as the input says, one line each."""
    given, counted = await read(kafka, SOURCE.name), await read(kafka, TARGET.name)
    changed, letters = await read(kafka, CHANGELOG.name), await read(kafka, COUNTER.dead_letter_topic.name)
    state = Counter(record.key for record in given if not record.value)
    wrong = []
    published: dict[bytes | None, list[int]] = defaultdict(list)
    for record in counted:
        published[record.key].append(int(record.value or b"0"))
    for key, count in state.items():
        if published[key] != list(range(1, count + 1)):
            wrong.append(f"key {key!r}: {_first_difference(published[key], count)}")
    if unknown := published.keys() - state.keys():
        wrong.append(f"keys that were never published: {sorted(map(str, unknown))}")
    # Compaction leaves the last change of a key at least.
    if (kept := {record.key: int(record.value or b"0") for record in changed}) != dict(state):
        wrong.append(f"the changelog has {sorted(map(str, kept.items() ^ state.items()))} where the input has others")
    if len(letters) != (poison := sum(bool(record.value) for record in given)):
        wrong.append(f"{len(letters)} dead letters of {poison} poison records")
    return wrong


async def read(kafka: KafkaSettings, topic: str) -> list[Record]:
    """Return the committed records of a topic, in the order of each partition."""
    async with Cluster(kafka) as cluster:
        ranges = await cluster.offset_ranges(await cluster.partitions([kafka.on_cluster(topic)]), patience=60)
        async with contextlib.aclosing(cluster.read_range(ranges)) as reading:
            return [record async for record in reading]


def _first_difference(published: list[int], count: int) -> str:
    for number, one in enumerate(published, 1):
        if one != number:
            return f"after {number - 1} comes {one}"
    return f"{len(published)} records of {count}"
