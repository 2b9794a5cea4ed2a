"""Processes of a pool that cannot be started: the reported reason, the retries, and when the pool stops retrying."""

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import templates
from wiredesk.runtime.errors import HandlerError, UsageError
from wiredesk.runtime.isolation import template
from wiredesk.runtime.isolation.pool import MAX_CRASHES, ProcessPool
from wiredesk.runtime.isolation.template import Template
from wiredesk.runtime.records import Failure, Record
from wiredesk.runtime.settings import MIB
from wiredesk.testing.patience import scaled

HANDLER = "tests.handlers:replaceable"
SECONDS = 60.0
RECORD = Record("in", 0, 0, 0, b"key", b"fine")


@pytest.fixture
def loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what sets how the handler loads from now on."""
    path = tmp_path / "load"
    monkeypatch.setenv("TESTS_LOAD", str(path))
    path.write_text("fine", encoding="ascii")

    def load(how: str) -> None:
        path.write_text(how, encoding="ascii")

    return load


@contextlib.asynccontextmanager
async def running(size: int = 1) -> AsyncIterator[ProcessPool]:
    pool = ProcessPool(HANDLER, size=size, deadline=SECONDS, memory_bytes=256 * MIB)
    try:
        assert await pool.start() == "1"
        yield pool
    finally:
        await pool.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(scaled(SECONDS)):
        while not condition():
            await asyncio.sleep(0.02)


async def started_anew(times: int) -> None:
    """Wait until so many templates have been started."""
    seen: set[int] = set()
    async with asyncio.timeout(scaled(SECONDS)):
        while len(seen) < times:
            seen.update(process.pid for process in templates())
            await asyncio.sleep(0.02)


def kill_template() -> None:
    (template,) = templates()
    template.send_signal(signal.SIGKILL)


async def start(seconds: float = SECONDS) -> Template:
    return await Template.start(HANDLER, 256 * MIB, "info", seconds)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("missing", "ModuleNotFoundError: No module named 'no_module_of_this_name'"),
        ("syntax", r"SyntaxError: invalid syntax \(broken.py, line 1\)"),
        ("memory", "MemoryError:"),
        ("exit", "SystemExit: 3"),
        ("kill", r"its process ended by signal 9 \(SIGKILL\)"),
        ("unversioned", "AttributeError: 'object' object has no attribute 'version'"),
    ],
)
async def test_what_keeps_a_handler_from_loading_is_said(how: str, reason: str, loads: Callable[[str], None]) -> None:
    loads(how)
    with pytest.raises(HandlerError, match=f"^{HANDLER} cannot be loaded: {reason}"):
        await start()
    assert not templates()


async def test_a_setting_that_keeps_a_handler_from_loading_is_the_fault_of_the_user(
    loads: Callable[[str], None],
) -> None:
    loads("misused")
    with pytest.raises(UsageError, match=f"^{HANDLER} cannot be loaded: no such model$"):
        await start()


async def test_a_handler_that_hangs_while_loading_is_ended(loads: Callable[[str], None]) -> None:
    loads("hang")
    with pytest.raises(HandlerError, match=r"not done after 0\.5 s \(WIREDESK_LOAD_TIMEOUT"):
        await start(0.5)
    assert not templates()


async def test_a_start_that_is_cancelled_leaves_no_process(loads: Callable[[str], None]) -> None:
    loads("hang")
    starting = asyncio.create_task(start())
    await until(lambda: bool(templates()))
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not templates()


async def test_what_a_handler_prints_is_no_output_of_the_command(
    loads: Callable[[str], None], capfd: pytest.CaptureFixture[str]
) -> None:
    loads("prints")
    await (await start()).close()
    printed = capfd.readouterr()
    assert "a model of 2007" in printed.err
    assert "a model of 2007" not in printed.out


async def test_what_refers_to_itself_is_freed_before_a_child_runs_out_of_memory(loads: Callable[[str], None]) -> None:
    loads("fine")
    async with running() as pool:
        litter = replace(RECORD, value=b"litter")
        outcomes = [await pool.compute(litter) for _ in range(200)]  # 400 MB in all
    children = {outcome[0].headers for outcome in outcomes if not isinstance(outcome, Failure) and outcome}
    assert len(children) == 1  # one that ran out would have been replaced


async def test_a_template_that_is_killed_is_started_anew(loads: Callable[[str], None]) -> None:
    loads("fine")
    async with running() as pool:
        kill_template()
        assert not isinstance(await pool.compute(RECORD), Failure)
        await until(lambda: pool.trouble is None)


@pytest.mark.parametrize(("how", "reason"), [("missing", "No module named"), ("dies", "ended with exit code 7")])
async def test_no_record_is_blamed_while_the_handler_does_not_load(
    how: str, reason: str, loads: Callable[[str], None]
) -> None:
    async with running() as pool:
        loads(how)
        kill_template()
        await until(lambda: reason in str(pool.trouble))
        computing = asyncio.create_task(pool.compute(replace(RECORD, value=b"slower")))
        await started_anew(MAX_CRASHES + 1)
        loads("fine")
        assert not isinstance(await computing, Failure)
        assert pool.failure is None
        await until(lambda: pool.trouble is None)


async def test_a_handler_that_does_not_load_again_is_given_up(
    loads: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template, "GIVE_UP_SECONDS", 1.0)
    async with running(size=2) as pool:
        loads("syntax")
        kill_template()
        with pytest.raises(HandlerError, match=r"SyntaxError: .*; gave up after \d+ attempts in \d+ s"):
            await pool.compute(RECORD)
        assert pool.failure is not None
        assert "\n" not in str(pool.failure)


async def test_a_handler_that_is_replaced_by_another_version_is_given_up(loads: Callable[[str], None]) -> None:
    async with running() as pool:
        loads("replaced")
        kill_template()
        with pytest.raises(HandlerError, match="started with version 1, and would continue with 2; start it again"):
            await pool.compute(RECORD)


async def test_children_go_on_while_no_other_can_be_forked(loads: Callable[[str], None]) -> None:
    loads("fine")
    async with running(size=2) as pool:
        (template,) = templates()
        await until(lambda: len(template.children()) == 2)
        limits = resource.prlimit(template.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(template.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        template.children()[0].kill()
        await until(lambda: "Too many open files" in str(pool.trouble))
        assert not isinstance(await pool.compute(RECORD), Failure)
        assert templates() == [template]
        resource.prlimit(template.pid, resource.RLIMIT_NOFILE, limits)
        await until(lambda: pool.trouble is None and len(template.children()) == 2)


async def test_a_pool_that_can_fork_no_child_gives_up(
    loads: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wiredesk.runtime.isolation.pool.GIVE_UP_SECONDS", 1.0)
    loads("no forks")
    async with running() as pool:
        with pytest.raises(HandlerError, match=f"{os.strerror(11)}; gave up after"):
            await pool.compute(RECORD)


async def test_a_template_that_ends_while_it_is_asked_to_fork(loads: Callable[[str], None]) -> None:
    loads("fine")
    async with running() as pool:
        (template,) = templates()
        await until(lambda: len(template.children()) == 1)
        template.suspend()
        template.children()[0].kill()
        await asyncio.sleep(0.2)  # no condition tells that the request is under way
        template.kill()
        assert not isinstance(await pool.compute(RECORD), Failure)
