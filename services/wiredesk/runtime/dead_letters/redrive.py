"""Redriving: dead letters go back to the topic that they came from, once each, whatever is killed on the way.

A redriven record and the note that its dead letter has been redriven are written in one transaction; the notes stand in
a topic of their own. A run begins by fencing every other one, then reads the notes: what it finds there is done, and
what a run before it left open is aborted. So a second run does nothing, and the next takes up one that was killed.

A note also says where the redriven record stands. When that one is given up, too, its dead letter names the same place:
so the rounds of a record are counted by notes alone, and not by a header that anybody may write.
"""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from wiredesk.runtime.dead_letters.letter import Letter, letters, mark
from wiredesk.runtime.errors import OutputTooLargeError
from wiredesk.runtime.kafka import topics
from wiredesk.runtime.kafka.reading import read
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.lineage import replay_marks
from wiredesk.runtime.records import Output
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import DAY_MS, Stage, Topic
from wiredesk_schemas.headers import REDRIVE_COUNT

NOTES = Topic(
    "wiredesk.redriven",
    "Dead letters that have been redriven: their marks, and where they went",
    partitions=1,
    retention_ms=60 * DAY_MS,  # twice what a dead letter itself is kept
)

TRANSACTIONAL_ID = "wiredesk.redrive"

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
        unreadable: wanted, and no record that could go back: the bytes of one that could not be read.
        too_large: wanted, and larger than the topic takes that they came from: another client packed them more tightly.
        by_reason: of those sent.
    """

    sent: int = 0
    done_before: int = 0
    worn_out: int = 0
    unreadable: int = 0
    too_large: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)


class Notes:
    """What has been redriven: the marks of dead letters (see `mark`), and how often the record of each was redriven."""

    def __init__(self) -> None:
        self._marks: set[str] = set()
        self._rounds: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, letter_mark: object) -> bool:
        return letter_mark in self._marks

    def rounds(self, letter: Letter) -> int:
        """Return how often the record of a dead letter had been redriven before it was given up.

        Records that were redriven by a version whose notes do not say where they went count from 0.
        """
        return self._rounds.get(letter.source, 0)

    def add(self, letter_mark: str, value: bytes | None) -> None:
        """Add a note."""
        self._marks.add(letter_mark)
        try:
            told: Any = orjson.loads(value or b"null")
            place, rounds = told["to"], told["round"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return
        if isinstance(place, str) and isinstance(rounds, int):
            self._rounds[place] = max(rounds, self._rounds.get(place, 0))


async def redriven(settings: KafkaSettings) -> Notes:
    """Return the notes of all dead letters that have been redriven.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    found = Notes()
    name = settings.on_cluster(NOTES.name)
    if name not in await topics.partitions(settings, [name]):
        return found
    async with contextlib.aclosing(read(settings, [name], from_beginning=True, until_end=True)) as notes:
        async for note in notes:
            if note is not None and note.key is not None:
                found.add(note.key.decode("utf-8", "replace"), note.value)
    return found


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
        self._sent = self._done_before = self._worn_out = self._unreadable = 0
        self._by_reason: dict[str, int] = {}
        self._sent_marks: set[str] = set()
        self._too_large: set[str] = set()

    async def plan(self) -> Redriven:
        """Return what a run would do, and do nothing."""
        async with contextlib.aclosing(self._due(await redriven(self._settings))) as due:
            async for letter, _ in due:
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
        refused = -1
        while refused < len(self._too_large):  # a letter that is refused stays; the others go on, from the notes
            refused = len(self._too_large)
            await self._pass(progress)
        return self._result()

    async def _pass(self, progress: Callable[[int], None]) -> None:
        """Send what is due, to its end or to a letter that is too large to go back."""
        self._done_before = self._worn_out = self._unreadable = 0
        name = self._settings.on_cluster(TRANSACTIONAL_ID)
        batch: list[tuple[Letter, int]] = []
        try:
            async with (
                TransactionalProducer(self._settings, name, TRANSACTION_SECONDS) as producer,
                contextlib.aclosing(self._due(await redriven(self._settings))) as due,
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
            self._too_large.add(mark(batch[error.index][0].record))

    async def _due(self, done: Notes) -> AsyncGenerator[tuple[Letter, int]]:
        """Yield what is wanted and was not done before, with its rounds so far, up to the limit."""
        yielded = self._sent
        async with contextlib.aclosing(letters(self._settings, self._stages, since_ms=self._since_ms)) as reading:
            async for letter in reading:
                if self._limit is not None and yielded >= self._limit:
                    return
                name = mark(letter.record)
                if not self._wanted(letter) or name in self._sent_marks or name in self._too_large:
                    continue
                if not letter.is_readable:
                    self._unreadable += 1
                elif name in done:
                    self._done_before += 1
                elif (rounds := done.rounds(letter)) >= self._rounds:
                    self._worn_out += 1
                else:
                    yielded += 1
                    yield letter, rounds

    async def _send(self, producer: TransactionalProducer, batch: Sequence[tuple[Letter, int]]) -> None:
        def notes(places: Sequence[str | None]) -> list[Output]:
            return [_note(letter, rounds + 1, place) for (letter, rounds), place in zip(batch, places, strict=True)]

        await producer.write([_again(letter, rounds + 1) for letter, rounds in batch], notes)
        for letter, _ in batch:
            self._count(letter)
            self._sent_marks.add(mark(letter.record))

    def _count(self, letter: Letter) -> None:
        self._sent += 1
        self._by_reason[letter.reason] = self._by_reason.get(letter.reason, 0) + 1

    def _result(self) -> Redriven:
        return Redriven(
            self._sent,
            self._done_before,
            self._worn_out,
            self._unreadable,
            len(self._too_large),
            dict(self._by_reason),
        )


def _again(letter: Letter, round_: int = 1) -> Output:
    """Return the record as it was received, and after its headers how often it has been redriven.

    What a replay gave up stays marked as the replay's: the live stream has its own end of the page.
    """
    kept = tuple(header for header in letter.headers if header[0] != REDRIVE_COUNT)
    marks = () if letter.stage.entry else tuple(one for one in replay_marks(letter.record) if one not in kept)
    return Output(
        letter.stage.consumes.name,
        letter.record.key,
        letter.record.value,
        (*kept, *marks, (REDRIVE_COUNT, str(round_).encode())),
    )


def _note(letter: Letter, round_: int, place: str | None) -> Output:
    value = orjson.dumps({"reason": letter.reason, "round": round_, "to": place})
    return Output(NOTES.name, mark(letter.record).encode(), value)
