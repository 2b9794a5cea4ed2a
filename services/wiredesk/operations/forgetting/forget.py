"""Writing what is to be forgotten: the entries first, so that nothing comes back, and then the tombstones.

Tombstones are written to every topic that is keyed by page: in the partition of the page's key, and in any other that
has a record of it, because the topic may have had another number of partitions. Stages pass tombstones on, so that one
follows what they had in progress.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import batched

from aiokafka import AIOKafkaProducer

from wiredesk.operations.forgetting.entries import Entry, read_entries
from wiredesk.operations.forgetting.search import Search, Wanted
from wiredesk.pipeline import FORGOTTEN
from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.delivery import CLIENT_ERRORS, format_error
from wiredesk.runtime.kafka.partitioning import partition_for
from wiredesk_schemas import ForgottenKind

IN_FLIGHT = 500
"""Tombstones that are sent before the brokers' answers are awaited."""

SETTLE_SECONDS = 3.0
"""Pause between the entries and the tombstones: workers write nothing that was compared with a list older than that."""

type Record = tuple[str, int, bytes, bytes | None]
"""Topic on the cluster, partition, key and value of a record to be written."""


async def forget(cluster: Cluster, search: Search, *, reason: str, by: str) -> int:
    """Enter a page or a host in the list, and write its tombstones; return how many of them.

    Args:
        search: what was found.
        reason: why it is forgotten.
        by: who forgets it.

    Raises:
        ForbiddenError: a topic may not be written.
        UnavailableError: the cluster cannot be reached, or refuses; run it again: nothing is lost.
    """
    name = cluster.settings.on_cluster(FORGOTTEN.name)
    await cluster.required_topics([name])
    now = datetime.now(UTC)
    wanted = search.wanted
    # A host is one entry, whatever pages it has; a URL has those that were fetched from it.
    ids = [wanted.id] if wanted.host else sorted(wanted.pages)
    kind = ForgottenKind.HOST if wanted.host else ForgottenKind.PAGE
    entries = [Entry(id_, kind, wanted.id, reason, now, by) for id_ in ids]
    await _write(cluster, [(name, 0, entry.key, entry.value()) for entry in entries])
    await asyncio.sleep(SETTLE_SECONDS)
    # A group that names a page is published again, without it, once its stage has read the page's tombstone.
    mentions = [(*place, None) for place in sorted(search.mentions)]
    await _write(cluster, mentions)
    tombstones = await _tombstones(cluster, search)
    await _write(cluster, tombstones)
    return len(mentions) + len(tombstones)


async def remember(cluster: Cluster, wanted: Wanted) -> int:
    """Take a page or a host off the list, with all that was entered with it; return how many entries that were.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    entries = await read_entries(cluster)
    taken = [entry for entry in entries.values() if wanted.id in (entry.id, entry.request)]
    name = cluster.settings.on_cluster(FORGOTTEN.name)
    await _write(cluster, [(name, 0, entry.key, None) for entry in taken])
    if taken:
        await asyncio.sleep(SETTLE_SECONDS)  # then it is accepted again
    return len(taken)


async def _tombstones(cluster: Cluster, search: Search) -> Sequence[Record]:
    described = await cluster.describe_topics(search.keyed)
    records = []
    for name, topic in described.items():
        numbers = [partition.number for partition in topic.partitions]
        for page in sorted(search.wanted.pages):
            of_key = partition_for(page.encode(), numbers, numbers)
            there = {of_key, *search.partitions.get((name, page), ())}
            records += [(name, number, page.encode(), None) for number in sorted(there)]
    return records


async def _write(cluster: Cluster, records: Iterable[Record]) -> None:
    settings = cluster.settings
    async with clients.started(clients.producer(settings, "wiredesk-forget"), settings) as producer:
        try:
            for batch in batched(records, IN_FLIGHT):
                await _send(producer, batch)
        except CLIENT_ERRORS as error:
            if (line := authorization.refusal(error, settings, authorization.PRODUCING)) is not None:
                raise ForbiddenError(line) from error
            raise UnavailableError(f"not everything is written: {format_error(error)}; run it again") from error


async def _send(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
    sent = [await producer.send(topic, value, key=key, partition=partition) for topic, partition, key, value in records]
    await asyncio.gather(*sent)
