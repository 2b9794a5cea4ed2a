"""Several workers on one host, as the README starts them; and one with fewer file descriptors than it needs."""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import echo, topics
from tests.handlers import TARGET
from tests.support import ROOT, whole_lines
from tests.waiting import deadline
from wiredesk.pipeline import TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import ANSWER_SECONDS, environment, wait_until

DEFAULT_PORT = 9464
PARTITIONS = 64
DESCRIPTORS = 160

ECHO = """
import asyncio
from wiredesk.runtime import logs
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.worker import Worker
from tests.handlers import STAGE
logs.configure("info")
asyncio.run(Worker(STAGE, KafkaSettings(), WorkerSettings()).run(asyncio.Event()))
"""


@dataclass
class Started:
    """A worker that chooses its port itself, and logs it."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in whole_lines(self.log.read_text()) if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def get(self, path: str) -> tuple[int, str]:
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        for event in self.events("worker starting"):
            url = f"http://127.0.0.1:{event['metrics_port']}{path}"
            with contextlib.suppress(OSError, http.client.HTTPException):
                try:
                    with urllib.request.urlopen(url, timeout=scaled(ANSWER_SECONDS)) as answer:
                        return answer.status, answer.read().decode()
                except urllib.error.HTTPError as error:
                    return error.code, error.read().decode()
        return 0, ""


@contextlib.contextmanager
def started(kafka: KafkaSettings, log: Path, *command: str) -> Iterator[Started]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(kafka), stdout=output, stderr=output)
    try:
        yield Started(process, log)
    finally:
        process.kill()
        process.wait(deadline())


async def test_three_workers_on_one_host_all_start(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    with contextlib.ExitStack() as stack:
        holder = stack.enter_context(socket.socket())
        with contextlib.suppress(OSError):  # another process has it: the port is taken in any case
            holder.bind(("127.0.0.1", DEFAULT_PORT))
            holder.listen()
        command = (sys.executable, "-m", "wiredesk.cli", "worker", "ingest")
        crew = [stack.enter_context(started(kafka, tmp_path / f"{n}.log", *command)) for n in range(3)]
        for worker in crew:
            wait_until(lambda worker=worker: worker.get("/readyz")[0] == 200, "it is ready")  # type: ignore[misc]
        said = [worker.events("metrics port is taken, serving on another")[0] for worker in crew]
        assert {event["taken"] for event in said} == {DEFAULT_PORT}
        ports = [worker.events("worker starting")[0]["metrics_port"] for worker in crew]
        assert [event["metrics_port"] for event in said] == ports
        assert len({DEFAULT_PORT, *ports}) == 4


async def test_a_worker_with_too_few_descriptors_says_so_and_does_what_it_can(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    await topics.create(kafka, [topic for topic in echo.TOPICS if topic != TARGET], partitions=PARTITIONS)
    await topics.create(kafka, [TARGET])
    shell = f'ulimit -n {DESCRIPTORS} && exec "$0" -c "$1"'
    with started(kafka, tmp_path / "log", "sh", "-c", shell, sys.executable, ECHO) as worker:
        unread: list[str] = []

        def says_so() -> bool:
            status, reason = worker.get("/readyz")
            unread.append(reason)
            return status == 503 and "are not read" in reason

        wait_until(says_so, "it says that partitions are not read")
        (warned,) = worker.events("too few file descriptors for all partitions: raise 'ulimit -n', or run more workers")
        assert (warned["limit"], warned["partitions"], warned["for_each_partition"]) == (DESCRIPTORS, PARTITIONS, 2)
        assert warned["needed"] > DESCRIPTORS
        reason = unread[-1]
        assert f"of {PARTITIONS} partitions are not read" in reason
        assert f"(limit {DESCRIPTORS})" in reason
        await echo.send(kafka, [b"first"])
        assert [record.value for record in await echo.outcomes(kafka, 1)] == [b"first"]
        wait_until(lambda: worker.get("/healthz")[0] == 200, "it lives")
        assert "Too many open files" not in worker.log.read_text()
