"""Clients that post pages to an intake while it and its broker are killed, and what is in the topic afterwards."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

from tests import topics
from tests.intake import LINES, IntakeProcess
from tests.reading import read_topic
from tests.support import ROOT
from tests.waiting import until
from wiredesk.local.ports import free_port
from wiredesk.pipeline import PAGES_RAW
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled

CLIENTS = 8
"""Clients at a time."""

BATCHES = (1, 20, 100)
"""Pages in one request; clients take these sizes in turn."""

WAIT_SECONDS = 0.2
"""Pause of a client that got no answer, or one that says to try again: shorter than it says, to meet more states."""

ANSWER_SECONDS = 60.0
"""Longest wait for an answer."""


@dataclass
class Posted:
    """What clients were answered.

    Attributes:
        confirmed: numbers of the pages that an answer says are on Kafka.
        answers: how many answers there were, by status; 0: none came.
    """

    confirmed: set[int] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)


class Deployment:
    """A broker and an intake that can be killed and started again.

    Args:
        folder: for all files.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._port = free_port()
        self.kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{self._port}")
        self._broker = self._started()
        self.intake: IntakeProcess

    async def start(self) -> None:
        """Create the topic, and start the intake."""
        await topics.create(self.kafka, [PAGES_RAW])
        self.intake = IntakeProcess(self.kafka, self._folder / "intake.log")
        await until(self.intake.is_ready, "the intake is ready")

    def kill_intake(self) -> None:
        """Kill the intake, and start another one on its port."""
        self.intake.kill()
        self.intake.start()

    def kill_broker(self) -> None:
        """Kill the broker, and start it again on its folder."""
        for process in psutil.Process(self._broker.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self._broker.wait()
        self._broker = self._started()

    def freeze_broker(self) -> None:
        """Stop the broker's processes where they are."""
        self._signal(signal.SIGSTOP)

    def thaw_broker(self) -> None:
        """Let them continue."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop both."""
        if hasattr(self, "intake"):
            self.intake.kill()
        self._broker.send_signal(signal.SIGTERM)
        self._broker.wait()

    def _signal(self, number: int) -> None:
        for process in psutil.Process(self._broker.pid).children(recursive=True):
            if "java" in process.name():
                process.send_signal(number)

    def _started(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "wiredesk.cli", "broker", "--data", str(self._folder / "kafka")]
        broker = subprocess.Popen(
            [*command, "--port", str(self._port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert broker.stdout is not None
        with broker.stdout:
            assert broker.stdout.readline().startswith("ready ")
        return broker


async def post_under_kills(deployment: Deployment, pages: int, kills: Sequence[Callable[[], None]]) -> Posted:
    """Post pages until an answer has confirmed each of them; kill something at equal distances."""
    posted = Posted()
    numbers = list(range(pages))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=scaled(ANSWER_SECONDS))) as session:
        clients = [
            asyncio.create_task(_client(session, deployment.intake.url, numbers, BATCHES[n % len(BATCHES)], posted))
            for n in range(CLIENTS)
        ]
        for number, kill in enumerate(kills, 1):
            share = pages * number / (len(kills) + 1)
            await until(lambda share=share: len(posted.confirmed) >= share, "so many pages are confirmed")  # type: ignore[misc]
            await asyncio.to_thread(kill)
        await asyncio.gather(*clients)
    return posted


async def _client(session: aiohttp.ClientSession, url: str, left: list[int], size: int, posted: Posted) -> None:
    """Post pages that no client has taken yet, each until it is confirmed."""
    while left:
        batch = left[-size:]
        del left[-size:]
        while batch:
            confirmed = await _post(session, url, batch, posted)
            posted.confirmed |= confirmed
            batch = [number for number in batch if number not in confirmed]
            if batch:
                await asyncio.sleep(WAIT_SECONDS)


async def _post(session: aiohttp.ClientSession, url: str, batch: Sequence[int], posted: Posted) -> set[int]:
    """Post pages once; return those that the answer says are on Kafka."""
    body = b"\n".join(_event(number) for number in batch)
    try:
        async with session.post(f"{url}/pages", data=body, headers=LINES) as answer:
            receipt = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        posted.answers[0] += 1
        return set()
    posted.answers[answer.status] += 1
    if answer.status == 202:
        return set(batch)
    if "failures" not in receipt:
        return set()
    failed = {failure["index"] for failure in receipt["failures"]}
    read = len(batch) if receipt["unread_from"] is None else receipt["unread_from"]
    return {number for index, number in enumerate(batch[:read]) if index not in failed}


def _event(number: int) -> bytes:
    return json.dumps({"url": f"https://k.example/{number}", "body": f"<p>Page {number}.</p>"}).encode()


async def in_topic(kafka: KafkaSettings) -> Counter[int]:
    """Return how often each page is in the topic."""
    counts: Counter[int] = Counter()
    reading = read_topic(kafka, [PAGES_RAW.name], from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        async for record in reading:
            if record is not None:
                counts[int(json.loads(record.value or b"")["url"].rpartition("/")[2])] += 1
    return counts
