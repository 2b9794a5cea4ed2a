"""A feeder and its queue, with a child that answers what the test says."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from unittest.mock import Mock

import pytest

from tests.waiting import deadline
from wiredesk.runtime.isolation import child_process, frames
from wiredesk.runtime.isolation.pool import Feeder, Job, JobQueue
from wiredesk.runtime.isolation.template import Child
from wiredesk.runtime.records import Failure, Output, Record

LONG = 3600.0
"""Seconds: a deadline that is never reached."""

SHORT = 0.02

CRASHED = 11
"""Status of `os.waitpid`: ended by SIGSEGV."""


def job(offset: int, size: int = 1) -> Job:
    return Job(Record("in", 0, offset, 0, None, b"x" * size), asyncio.get_running_loop().create_future())


def offsets(jobs: Sequence[Job]) -> list[int]:
    return [one.record.offset for one in jobs]


def queue(*jobs: Job, pace: float = 1e-4) -> JobQueue:
    queue = JobQueue()
    queue.pace = pace
    for one in jobs:
        queue.put_nowait(one)
    return queue


async def left(jobs: JobQueue) -> list[list[int]]:
    """Return what is in a queue, by bundles."""
    bundles = []
    while not jobs.empty():
        bundles.append(offsets(list(await jobs.bundle())))
    return bundles


def test_the_time_of_a_record_does_not_include_the_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    sent: list[Any] = []

    def receive(_: object) -> list[frames.RecordFields]:
        clock[0] += 100  # idle
        return [frames.fields_of(Record("in", 0, offset, 0, None, b"x")) for offset in range(2)]

    class Busy:
        version = "1"

        def __call__(self, record: Record) -> tuple[Output, ...]:  # noqa: ARG002 - each takes a second
            clock[0] += 1
            return ()

    monkeypatch.setattr(frames, "receive", receive)
    monkeypatch.setattr(frames, "pack", sent.append)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    child_process._serve_bundle(Mock(), child_process.stateless(Busy()))
    assert [[seconds for _, seconds in answers] for answers, _ in sent] == [[1.0], [1.0]]


@pytest.mark.parametrize(
    ("pace", "sizes"),
    [(1.0, [1, 1, 1]), (0.01, [1, 1, 1]), (0.004, [2, 1]), (0.0, [3])],
    ids=["slow", "a bundle's time", "quick", "at no time"],
)
async def test_a_bundle_is_what_is_done_in_a_moment(pace: float, sizes: list[int]) -> None:
    assert [len(bundle) for bundle in await left(queue(*map(job, range(3)), pace=pace))] == sizes


async def test_a_bundle_holds_256_records_and_a_megabyte_at_most() -> None:
    assert [len(bundle) for bundle in await left(queue(*map(job, range(300)), pace=0.0))] == [256, 44]
    assert [len(bundle) for bundle in await left(queue(*map(job, range(300))))] == [100, 100, 100]
    large = [job(number, size) for number, size in enumerate([600_000, 600_000, 1, 1 << 21, 1])]
    assert await left(queue(*large)) == [[0, 1], [2, 3], [4]]
    exact = [job(0, (1 << 20) - 1), job(1), job(2)]
    assert await left(queue(*exact)) == [[0, 1], [2]]


async def test_one_that_is_to_be_alone_is_alone() -> None:
    jobs = [job(number) for number in range(5)]
    jobs[2].isolated = True
    assert await left(queue(*jobs)) == [[0, 1], [2], [3, 4]]


async def test_what_a_child_had_before_comes_first_and_in_order() -> None:
    jobs = [job(number) for number in range(5)]
    it = queue(*jobs[2:])
    for one in jobs[:2]:
        one.taken = True
    it.give_back(jobs[:2])
    assert await left(it) == [[0, 1, 2, 3, 4]]


async def test_the_pace_follows_what_records_take() -> None:
    it = queue(pace=1.0)
    it.observe_duration(0.0)
    assert it.pace == pytest.approx(0.95)
    for _ in range(500):
        it.observe_duration(0.25)
    assert it.pace == pytest.approx(0.25)


class Obedient(Child):
    """A child whose other end the test holds."""

    other: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    killed = False

    def kill(self) -> None:
        self.killed = True
        self.other[1].close()

    async def given(self) -> list[int]:
        """Return the offsets of the next bundle."""
        async with asyncio.timeout(deadline()):
            return [fields[2] for fields in await frames.read(self.other[0])]

    def answer(self, *outcomes: Any, last: bool = False) -> None:
        self.other[1].write(frames.pack(([(outcome, 0.5) for outcome in outcomes], last)))

    def end(self, status: int = CRASHED) -> None:
        self.ended.set_result(status)
        self.other[1].close()


@contextlib.asynccontextmanager
async def fed(jobs: JobQueue, deadline: float = LONG) -> AsyncIterator[tuple[Obedient, asyncio.Task[None]]]:
    """Feed a child for the length of a block; yields it, and the feeder at work."""
    ours, theirs = socket.socketpair()
    child = Obedient(0, *await asyncio.open_connection(sock=ours), asyncio.get_running_loop().create_future())
    child.other = await asyncio.open_connection(sock=theirs)
    feeding = asyncio.create_task(Feeder(child, jobs, deadline).run())
    try:
        yield child, feeding
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        for writer in (child.writer, child.other[1]):
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def over(feeding: asyncio.Task[None]) -> None:
    async with asyncio.timeout(deadline()):
        await feeding


async def settled(one: Job) -> Any:
    async with asyncio.timeout(deadline()):
        return await asyncio.shield(one.outcome)


DONE = [("out", b"k", b"v", ())]


async def test_outcomes_come_back_in_the_order_of_the_records() -> None:
    jobs = [job(number) for number in range(3)]
    async with fed(queue(*jobs)) as (child, _):
        assert await child.given() == [0, 1, 2]
        failure = Failure("unwanted", "for a test")
        child.answer(DONE)
        child.answer(failure, DONE)
        assert [await settled(one) for one in jobs] == [
            (Output("out", b"k", b"v"),),
            failure,
            (Output("out", b"k", b"v"),),
        ]


async def test_a_child_has_two_bundles_and_gets_the_next_when_one_is_done() -> None:
    jobs = [job(number) for number in range(3)]
    it = queue(*jobs, pace=1.0)
    async with fed(it) as (child, _):
        assert (await child.given(), await child.given()) == ([0], [1])
        assert it.qsize() == 1
        child.answer(DONE)
        assert await child.given() == [2]
        child.answer(DONE)
        child.answer(DONE)
        await settled(jobs[2])


async def test_what_nobody_waits_for_any_more_is_not_given() -> None:
    jobs = [job(number) for number in range(4)]
    for number in (0, 2):
        jobs[number].outcome.cancel()
    async with fed(queue(*jobs)) as (child, _):
        assert await child.given() == [1, 3]


async def test_an_idle_child_that_ends_takes_nothing_with_it() -> None:
    it = queue()
    async with fed(it) as (child, feeding):
        child.end(0)
        await over(feeding)
    assert it.empty()


async def test_a_record_at_which_two_children_die_is_given_up() -> None:
    one = job(0)
    it = queue(one)
    for _ in range(2):
        assert not one.outcome.done()
        async with fed(it) as (child, feeding):
            assert await child.given() == [0]
            child.end()
            await over(feeding)
    assert one.outcome.result() == Failure(
        "crash", "its process died 2 times while it computed this record, by signal 11 (SIGSEGV)"
    )
    assert it.empty()


@pytest.mark.parametrize(
    ("status", "description"), [(3 << 8, "with exit code 3"), (9, "by signal 9 (SIGKILL)"), (-1, "of an unknown cause")]
)
async def test_a_failure_says_how_a_child_ended(status: int, description: str) -> None:
    one = job(0)
    one.crashes = 1
    async with fed(queue(one)) as (child, feeding):
        await child.given()
        child.end(status)
        await over(feeding)
    outcome = one.outcome.result()
    assert isinstance(outcome, Failure)
    assert outcome.message.endswith(description)


async def test_of_a_bundle_at_which_a_child_died_each_is_tried_alone_and_none_is_blamed() -> None:
    jobs = [job(number) for number in range(3)]
    it = queue(*jobs)
    async with fed(it) as (child, feeding):
        await child.given()
        child.answer(DONE)
        await settled(jobs[0])
        child.end()
        await over(feeding)
    assert [one.crashes for one in jobs] == [0, 0, 0]
    assert await left(it) == [[1], [2]]


async def test_a_record_that_overruns_its_deadline_is_given_up_and_its_child_killed() -> None:
    jobs = [job(0), job(1)]
    it = queue(*jobs, pace=1.0)
    async with fed(it, SHORT) as (child, feeding):
        await over(feeding)
        assert child.killed
    assert jobs[0].outcome.result() == Failure("timeout", "not done after 0.02 s (WIREDESK_PAGE_DEADLINE)")
    assert await left(it) == [[1]], "the next in line was not at work"
    assert not jobs[1].isolated


async def test_of_a_bundle_that_overruns_each_is_tried_alone() -> None:
    jobs = [job(number) for number in range(3)]
    it = queue(*jobs)
    async with fed(it, SHORT) as (child, feeding):
        await over(feeding)
        assert child.killed
    assert not any(one.outcome.done() for one in jobs)
    assert await left(it) == [[0], [1], [2]]


async def test_after_a_last_answer_the_rest_goes_back_unblamed() -> None:
    jobs = [job(number) for number in range(3)]
    it = queue(*jobs)
    async with fed(it) as (child, feeding):
        await child.given()
        child.answer(Failure("memory", "for a test"), last=True)
        await over(feeding)
    it.pace = 1e-4  # the child's answer has changed it
    assert await left(it) == [[1, 2]]
    assert [(one.crashes, one.isolated) for one in jobs] == [(0, False)] * 3
