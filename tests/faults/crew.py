"""Workers as processes, restarted as a service manager would, and what can be done to them."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support import ROOT


@dataclass
class Member:
    """A worker of a stage, under a name that outlives its processes."""

    stage: str
    name: str
    process: asyncio.subprocess.Process | None = None
    keeper: asyncio.Task[None] | None = None
    starts: int = 0

    @property
    def pid(self) -> int:
        """Of the process that runs now; 0: none does."""
        return self.process.pid if self.process is not None and self.process.returncode is None else 0


class Crew:
    """The workers of a run.

    Args:
        command: that runs a worker, without the stage.
        environment: of all of them.
        log: to which all of them append.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.members: list[Member] = []
        self._command = command
        self._environment = environment
        self._log = log
        self._joined = 0
        self._frozen: set[int] = set()

    def join(self, stage: str, *, static: bool) -> Member:
        """Start a worker, and start it again whenever it ends.

        Args:
            static: it is a static member of its group, and has its partitions back as soon as it is up again.
        """
        self._joined += 1
        member = Member(stage, f"{stage}-{self._joined}")
        member.keeper = asyncio.create_task(self._keep(member, static=static))
        self.members.append(member)
        return member

    async def leave(self, member: Member) -> None:
        """End a worker in order."""
        self.members.remove(member)
        assert member.keeper is not None
        member.keeper.cancel()
        await asyncio.gather(member.keeper, return_exceptions=True)
        if member.pid and member.process is not None:
            member.process.send_signal(signal.SIGCONT)
            member.process.terminate()
            try:
                await asyncio.wait_for(member.process.wait(), 30)
            except TimeoutError:
                member.process.kill()
                await member.process.wait()

    async def disband(self) -> None:
        """End all workers."""
        await asyncio.gather(*(self.leave(member) for member in list(self.members)))

    def kill(self, pick: int) -> bool:
        """Kill a worker; False where none runs."""
        return _signal(self._choose(pick), signal.SIGKILL)

    def kill_child(self, pick: int) -> bool:
        """Kill a process that computes, or the template that forks them."""
        pid = self._choose(pick)
        if not pid:
            return False
        try:
            children = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return False
        return bool(children) and _signal(children[pick // 7 % len(children)].pid, signal.SIGKILL)

    async def freeze(self, pick: int, seconds: float) -> bool:
        """Stop a worker for some seconds; it wakes up as a zombie."""
        pid = self._choose(pick)
        if not _signal(pid, signal.SIGSTOP):
            return False
        self._frozen.add(pid)
        await asyncio.sleep(seconds)
        self._frozen.discard(pid)
        return _signal(pid, signal.SIGCONT)

    def _choose(self, pick: int) -> int:
        """Return a worker's process; one that is frozen is spared, or it would never wake as a zombie."""
        pids = [member.pid for member in self.members if member.pid and member.pid not in self._frozen]
        return pids[pick % len(pids)] if pids else 0

    async def _keep(self, member: Member, *, static: bool) -> None:
        environment = {**os.environ, **self._environment, "WIREDESK_METRICS_PORT": "0"}
        if static:
            environment["WIREDESK_INSTANCE_ID"] = member.name
        while True:
            with self._log.open("ab") as output:
                member.process = await asyncio.create_subprocess_exec(
                    *self._command, member.stage, cwd=ROOT, env=environment, stdout=output, stderr=output
                )
            member.starts += 1
            await member.process.wait()


def light(environment: Mapping[str, str], log: Path) -> Crew:
    """Return a crew of workers with light stage functions."""
    return Crew((sys.executable, "-m", "tests.faults.light"), environment, log)


def _signal(pid: int, number: signal.Signals) -> bool:
    if not pid:
        return False
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
