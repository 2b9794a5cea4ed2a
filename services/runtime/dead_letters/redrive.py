"""Redriving: dead letters go back to the topic that they came from, once each, whatever is killed on the way.

A redriven record and the note that its dead letter has been redriven are written in one transaction; the notes stand in
a topic of their own. A run begins by fencing every other one, then reads the notes: what it finds there is done, and
what a run before it left open is aborted. So a second run does nothing, and the next takes up one that was killed.
"""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

import orjson

from services.runtime.dead_letters.letter import ROUNDS, Letter, letters, mark
from services.runtime.kafka import topics
from services.runtime.kafka.reading import read
from services.runtime.kafka.transactions import TransactionalProducer
from services.runtime.lineage import replay_marks
from services.runtime.records import Output
from services.runtime.settings import KafkaSettings
from services.runtime.topology import DAY_MS, Stage, Topic

NOTES = Topic(
    "wiredesk.redriven",
    "Dead letters that have been redriven: their marks",
    partitions=1,
    retention_ms=60 * DAY_MS,  # twice what a dead letter itself is kept
)

BATCH_RECORDS = 200
BATCH_BYTES = 8 << 20
TRANSACTION_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Redriven:
    """What a run came to.

    Attributes:
        sent: dead letters that went back now.
        done_before: wanted, and redriven by an earlier run.
        worn_out: wanted, and redriven as often as is allowed.
        by_reason: of those sent.
    """

    sent: int = 0
    done_before: int = 0
    worn_out: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)


async def redriven(settings: KafkaSettings) -> frozenset[str]:
    """Return the marks of all dead letters that have been redriven: see `mark`.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    name = settings.on_cluster(NOTES.name)
    if name not in await topics.partitions(settings, [name]):
        return frozenset()
    found = set()
    async with contextlib.aclosing(read(settings, [name], from_beginning=True, until_end=True)) as notes:
        async for note in notes:
            if note is not None and note.key is not None:
                found.add(note.key.decode("utf-8", "replace"))
    return frozenset(found)


class Redrive:
    """A run.

    Args:
        stages: whose dead letters may be redriven.
        wanted: which of them.
        rounds: times that a record may be redriven in all.
        limit: dead letters to be sent at most; None: all.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        stages: Sequence[Stage],
        wanted: Callable[[Letter], bool],
        *,
        rounds: int,
        limit: int | None = None,
        since_ms: int | None = None,
    ) -> None:
        self._settings = settings
        self._stages = stages
        self._wanted = wanted
        self._rounds = rounds
        self._limit = limit
        self._since_ms = since_ms
        self._sent = self._done_before = self._worn_out = 0
        self._by_reason: dict[str, int] = {}

    async def plan(self) -> Redriven:
        """Return what a run would do, and do nothing."""
        async with contextlib.aclosing(self._due(await redriven(self._settings))) as due:
            async for letter in due:
                self._count(letter)
        return self._result()

    async def run(self, progress: Callable[[int], None] = lambda _: None) -> Redriven:
        """Redrive.

        Args:
            progress: called with the number of dead letters sent, after each transaction.

        Raises:
            UnavailableError: the cluster cannot be reached.
            TransactionError: a transaction failed, or another run has begun: run it again.
        """
        # The notes are kept as safely as what they speak of.
        states = await topics.states(self._settings, [stage.dead_letter_topic for stage in self._stages])
        await topics.create(self._settings, [NOTES], replication=max([1, *(state.replication for state in states)]))
        name = self._settings.on_cluster("wiredesk.redrive")
        async with (
            TransactionalProducer(self._settings, name, TRANSACTION_SECONDS) as producer,
            contextlib.aclosing(self._due(await redriven(self._settings))) as due,
        ):
            batch: list[Letter] = []
            async for letter in due:
                batch.append(letter)
                if len(batch) >= BATCH_RECORDS or sum(one.record.size for one in batch) >= BATCH_BYTES:
                    await self._send(producer, batch)
                    progress(self._sent)
                    batch = []
            if batch:
                await self._send(producer, batch)
                progress(self._sent)
        return self._result()

    async def _due(self, done: frozenset[str]) -> AsyncGenerator[Letter]:
        """Yield what is wanted and was not done before, up to the limit."""
        yielded = 0
        async with contextlib.aclosing(letters(self._settings, self._stages, since_ms=self._since_ms)) as reading:
            async for letter in reading:
                if self._limit is not None and yielded >= self._limit:
                    return
                if not self._wanted(letter):
                    continue
                if mark(letter.record) in done:
                    self._done_before += 1
                elif letter.rounds >= self._rounds:
                    self._worn_out += 1
                else:
                    yielded += 1
                    yield letter

    async def _send(self, producer: TransactionalProducer, batch: Sequence[Letter]) -> None:
        outputs = [output for letter in batch for output in (_again(letter), _note(letter))]
        await producer.write(outputs)
        for letter in batch:
            self._count(letter)

    def _count(self, letter: Letter) -> None:
        self._sent += 1
        self._by_reason[letter.reason] = self._by_reason.get(letter.reason, 0) + 1

    def _result(self) -> Redriven:
        return Redriven(self._sent, self._done_before, self._worn_out, dict(self._by_reason))


def _again(letter: Letter) -> Output:
    """Return the record as it was received, and behind its headers how often it has been redriven.

    What a replay gave up stays marked as the replay's: the live stream has its own end of the page.
    """
    rounds = (ROUNDS, str(letter.rounds + 1).encode())
    kept = tuple(header for header in letter.headers if header[0] != ROUNDS)
    marks = tuple(header for header in replay_marks(letter.record) if header not in kept)
    return Output(letter.stage.consumes.name, letter.record.key, letter.record.value, (*kept, *marks, rounds))


def _note(letter: Letter) -> Output:
    value = orjson.dumps({"reason": letter.reason, "round": letter.rounds + 1})
    return Output(NOTES.name, mark(letter.record).encode(), value)
