"""Redriving: dead letters are sent back to the topic from which they came, exactly once.

A redriven record is written in one transaction with an entry in the redrive log, a topic of its own. A run first fences
every other run, which aborts their open transactions, then reads the log. So a second run sends nothing twice, and the
next run continues one that was killed.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wiredesk.operations.dead_letters.choices import MAX_REDRIVES
from wiredesk.operations.dead_letters.reading import Selection, read_letters
from wiredesk.operations.dead_letters.redrive_log import (
    REDRIVEN_TOPIC,
    RedriveLog,
    read_redrive_log,
    redrive_entry,
    redriven_record,
)
from wiredesk.operations.forgetting.entries import Entry, read_entries
from wiredesk.operations.forgetting.suppressor import ForgottenPages
from wiredesk.registry import Registry
from wiredesk.runtime.dead_letters import DeadLetter, letter_key
from wiredesk.runtime.errors import OutputTooLargeError, UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output

TRANSACTIONAL_ID = "wiredesk.redrive"
"""Transactional id of every run, without prefix: one run fences the other."""

BATCH_RECORDS = 200
"""Maximum number of dead letters in one transaction."""

BATCH_BYTES = 8 << 20
"""Bytes of dead letters after which a transaction is committed."""

TRANSACTION_SECONDS = 60.0
"""Timeout after which the broker aborts the transaction of a run that was killed."""

type RedriveProgress = Callable[[int], None]
"""Called with the number of dead letters sent so far."""


@dataclass(frozen=True, slots=True)
class RedriveResult:
    """The result of a redrive, or of its plan.

    Attributes:
        sent: dead letters that were sent back by this run.
        done_before: matched, and redriven by an earlier run.
        limit_reached: matched, and redriven as often as allowed.
        unreadable: matched, and cannot be sent back: the bytes of a record that could not be parsed.
        forgotten: matched, and of pages that are to be forgotten: they would only be written once more.
        too_large: matched, and too large for the topic from which they came: another client had compressed them better.
        by_reason: sent dead letters, by reason.
        by_stage: sent dead letters, by stage.
    """

    sent: int = 0
    done_before: int = 0
    limit_reached: int = 0
    unreadable: int = 0
    forgotten: int = 0
    too_large: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)
    by_stage: Mapping[str, int] = field(default_factory=dict)


def redrivable(registry: Registry, selection: Selection) -> tuple[Selection, list[str]]:
    """Return a selection without the stages whose dead letters cannot be sent back, and a line for each of those.

    The flow reads the input topic of such a stage, too: it would process the records a second time.

    Raises:
        UsageError: no other stage is selected.
    """
    left_out = {stage: rivals[0] for stage in selection.stages if (rivals := registry.rivals(stage))}
    lines = [
        f"dead letters of {stage.name} cannot be sent back: {rival.name} reads {stage.consumes.name}, too, and pages "
        f"would end twice; use 'wiredesk replay {stage.name} --offset P:A-B'"
        for stage, rival in left_out.items()
    ]
    if lines and len(lines) == len(selection.stages):
        raise UsageError(lines[0])
    return replace(selection, stages=tuple(stage for stage in selection.stages if stage not in left_out)), lines


async def plan_redrive(
    cluster: Cluster, selection: Selection, *, rounds: int = MAX_REDRIVES, limit: int | None = None
) -> RedriveResult:
    """Return what `redrive` would do, and do nothing; the arguments are the same.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    run = _Run(cluster, selection, rounds, limit)
    run.forgotten_keys = await read_entries(cluster)
    async with contextlib.aclosing(run.due(await read_redrive_log(cluster))) as due:
        async for letter, _ in due:
            run.count(letter)
    return run.result()


async def redrive(
    cluster: Cluster,
    selection: Selection,
    *,
    rounds: int = MAX_REDRIVES,
    limit: int | None = None,
    progress: RedriveProgress = lambda _: None,
) -> RedriveResult:
    """Send dead letters back to the topics from which they came.

    Args:
        rounds: how often a record may be redriven in total.
        limit: maximum number of dead letters to send, oldest first; None: all.
        progress: called after each transaction.

    Raises:
        UnavailableError: the cluster cannot be reached.
        TransactionError: a transaction failed, or another run has begun: run it again.
    """
    # The redrive log gets as many replicas as the dead-letter topics.
    states = await cluster.topic_states([stage.dead_letter_topic for stage in selection.stages])
    replication = max([1, *(state.replication for state in states)])
    await cluster.create_topics([REDRIVEN_TOPIC], replication=replication)
    run = _Run(cluster, selection, rounds, limit)
    run.forgotten_keys = await read_entries(cluster)
    for stage in selection.stages:
        name = stage.consumes.name
        run.topic_ids[name] = await cluster.topic_id(cluster.settings.on_cluster(name))
    await run.finish(progress)
    return run.result()


class _Run:
    def __init__(self, cluster: Cluster, selection: Selection, rounds: int, limit: int | None) -> None:
        self.topic_ids: dict[str, str] = {}
        self.forgotten_keys: Mapping[str, Entry] = {}
        self._cluster = cluster
        self._selection = selection
        self._rounds = rounds
        self._limit = limit
        self._sent = self._done_before = self._limit_reached = self._unreadable = self._forgotten = 0
        self._by_reason: Counter[str] = Counter()
        self._by_stage: Counter[str] = Counter()
        self._sent_keys: set[str] = set()
        self._too_large: set[str] = set()

    async def finish(self, progress: RedriveProgress) -> None:
        """Send all dead letters that are due. One that is too large for its topic is left out; the others are sent."""
        refused = -1
        while refused < len(self._too_large):
            refused = len(self._too_large)
            await self._pass(progress)

    async def _pass(self, progress: RedriveProgress) -> None:
        """Send dead letters that are due, up to the last one or to one that is too large to be sent back."""
        self._done_before = self._limit_reached = self._unreadable = self._forgotten = 0
        name = self._cluster.settings.on_cluster(TRANSACTIONAL_ID)
        batch: list[tuple[DeadLetter, int]] = []
        try:
            async with (
                TransactionalProducer(self._cluster.settings, name, TRANSACTION_SECONDS) as producer,
                contextlib.aclosing(self.due(await read_redrive_log(self._cluster))) as due,
            ):
                async for letter, rounds in due:
                    batch.append((letter, rounds))
                    if len(batch) >= BATCH_RECORDS or sum(one.record.size for one, _ in batch) >= BATCH_BYTES:
                        await self._send(producer, batch)
                        progress(self._sent)
                        batch = []
                if batch:
                    await self._send(producer, batch)
                    progress(self._sent)
        except OutputTooLargeError as error:
            self._too_large.add(letter_key(batch[error.index][0].record))

    async def due(self, log: RedriveLog) -> AsyncGenerator[tuple[DeadLetter, int]]:
        """Yield the dead letters to send, up to the limit, each with how often its record was redriven before."""
        yielded = self._sent
        async with contextlib.aclosing(read_letters(self._cluster, self._selection)) as letters:
            async for letter in letters:
                if self._limit is not None and yielded >= self._limit:
                    return
                key = letter_key(letter.record)
                if key in self._sent_keys or key in self._too_large:
                    continue
                if not letter.is_readable:
                    self._unreadable += 1
                elif self._is_forgotten(letter):
                    self._forgotten += 1
                elif key in log:
                    self._done_before += 1
                elif (rounds := log.rounds(letter)) >= self._rounds:
                    self._limit_reached += 1
                else:
                    yielded += 1
                    yield letter, rounds

    def _is_forgotten(self, letter: DeadLetter) -> bool:
        record = letter.record
        output = Output(letter.stage.dead_letter_topic.name, record.key, record.value, record.headers)
        keys = ForgottenPages().keys(output, letter.stage) if self.forgotten_keys else ()
        return any(key.decode("utf-8", "replace") in self.forgotten_keys for key in keys)

    async def _send(self, producer: TransactionalProducer, batch: Sequence[tuple[DeadLetter, int]]) -> None:
        def entries(places: Sequence[str | None]) -> list[Output]:
            return [
                redrive_entry(letter, rounds + 1, place, self.topic_ids[letter.stage.consumes.name])
                for (letter, rounds), place in zip(batch, places, strict=True)
            ]

        await producer.write([redriven_record(letter, rounds + 1) for letter, rounds in batch], entries)
        for letter, _ in batch:
            self.count(letter)
            self._sent_keys.add(letter_key(letter.record))

    def count(self, letter: DeadLetter) -> None:
        self._sent += 1
        self._by_reason[letter.reason] += 1
        self._by_stage[letter.stage.name] += 1

    def result(self) -> RedriveResult:
        return RedriveResult(
            sent=self._sent,
            done_before=self._done_before,
            limit_reached=self._limit_reached,
            unreadable=self._unreadable,
            forgotten=self._forgotten,
            too_large=len(self._too_large),
            by_reason=dict(self._by_reason),
            by_stage=dict(self._by_stage),
        )
