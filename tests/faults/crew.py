"""Workers as processes, restarted as by a service manager, and ways to disturb them."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.waiting import until
from wiredesk.testing import commands
from wiredesk.testing.commands import ForkedProcess
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import load_timeout

PATIENCE_SECONDS = 30
LEAVE_SECONDS = 30


@dataclass
class Member:
    """A worker of a stage; its name stays the same when its process is replaced."""

    stage: str
    name: str
    guest: bool
    process: ForkedProcess | None = None
    keeper: asyncio.Task[None] | None = None
    starts: int = 0

    @property
    def pid(self) -> int:
        """Process id of the running process; 0 if none runs."""
        return self.process.pid if self.process is not None and self.process.returncode is None else 0


class Crew:
    """The workers of a run.

    Args:
        command: command that runs a worker, without the stage: an interpreter, `-m` and a module.
        environment: environment of all workers.
        log: file to which all of them append.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.members: list[Member] = []
        _, _, self._module = command
        self._environment = environment
        self._log = log
        self._joined = 0
        self._frozen: set[int] = set()
        self._killed: set[int] = set()

    def join(self, stage: str, *, static: bool = False, guest: bool = False) -> Member:
        """Start a worker, and restart it whenever it exits.

        Args:
            static: it is a static member of its group, and gets its partitions back when it is restarted.
            guest: it leaves again soon.
        """
        self._joined += 1
        member = Member(stage, f"{stage}-{self._joined}", guest)
        member.keeper = asyncio.create_task(self._keep(member, static=static))
        self.members.append(member)
        return member

    async def leave(self, member: Member) -> None:
        """Stop a worker cleanly."""
        self.members.remove(member)
        assert member.keeper is not None
        member.keeper.cancel()
        await asyncio.gather(member.keeper, return_exceptions=True)
        if member.pid and member.process is not None:
            member.process.send_signal(signal.SIGCONT)
            member.process.terminate()
            try:
                await asyncio.wait_for(end_of(member.process), scaled(LEAVE_SECONDS))
            except TimeoutError:
                member.process.kill()
                await end_of(member.process)

    async def disband(self) -> None:
        """Stop all workers."""
        await asyncio.gather(*(self.leave(member) for member in list(self.members)))

    async def kill(self, pick: int) -> int:
        """Kill a worker; return its pid."""
        return await self._kill(pick, self._workers)

    async def kill_child(self, pick: int) -> int:
        """Kill a process that computes, or the template that forks them; return its pid."""
        return await self._kill(pick, self._children)

    async def freeze(self, pick: int, seconds: float) -> None:
        """Freeze a worker for some seconds, for longer than its session timeout; it continues as a zombie."""
        pid = await self._hit(pick, signal.SIGSTOP, self._residents)
        self._frozen.add(pid)
        await asyncio.sleep(seconds)
        self._frozen.discard(pid)
        os.kill(pid, signal.SIGCONT)

    async def _kill(self, pick: int, there: Callable[[], list[int]]) -> int:
        pid = await self._hit(pick, signal.SIGKILL, there)
        self._killed.add(pid)
        return pid

    async def _hit(self, pick: int, number: signal.Signals, there: Callable[[], list[int]]) -> int:
        """Send a signal to one of the processes, as soon as there is one; return its pid."""
        hit: list[int] = []

        def was_hit() -> bool:
            pids = there()
            with contextlib.suppress(ProcessLookupError, IndexError, ZeroDivisionError):
                pid = pids[pick % len(pids)]
                os.kill(pid, number)
                hit.append(pid)
            return bool(hit)

        await until(was_hit, "there is a process to send a signal to", PATIENCE_SECONDS)
        return hit[0]

    def _workers(self) -> list[int]:
        """Return the workers that run.

        A frozen worker is left out, or it would never continue as a zombie. So is one that was killed and has not
        exited yet: another fault would have no effect.
        """
        away = self._frozen | self._killed
        return [member.pid for member in self.members if member.pid and member.pid not in away]

    def _residents(self) -> list[int]:
        """Return the workers that do not leave again soon."""
        guests = {member.pid for member in self.members if member.guest}
        return [pid for pid in self._workers() if pid not in guests]

    def _children(self) -> list[int]:
        children = []
        for pid in self._workers():
            with contextlib.suppress(psutil.NoSuchProcess):
                children += [child.pid for child in psutil.Process(pid).children(recursive=True)]
        return [pid for pid in children if pid not in self._killed]

    async def _keep(self, member: Member, *, static: bool) -> None:
        environment = {**os.environ, **load_timeout(), **self._environment, "WIREDESK_METRICS_PORT": "0"}
        if static:
            environment["WIREDESK_INSTANCE_ID"] = member.name
        while True:
            with self._log.open("ab") as output:
                member.process = commands.start([member.stage], environment, output, module=self._module)
            self._killed.discard(member.process.pid)  # pids are reused
            member.starts += 1
            await end_of(member.process)


async def end_of(process: ForkedProcess) -> None:
    """Wait until a process has ended."""
    if process.poll() is None:
        loop, ended, descriptor = asyncio.get_running_loop(), asyncio.Event(), process.fileno()
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
        process.poll()


def light(environment: Mapping[str, str], log: Path) -> Crew:
    """Return a crew of workers with light stage functions."""
    return Crew((sys.executable, "-m", "tests.faults.light"), environment, log)
