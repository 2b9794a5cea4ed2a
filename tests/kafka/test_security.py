"""TLS with a client certificate, and SASL over it: a worker and the commands on a broker that refuses all others."""

import asyncio
from pathlib import Path

import pytest

from tests import secured, topics
from tests.support import SAMPLES
from wiredesk.pipeline import TOPICS
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import WorkerProcess, wait_until


def listener_settings(files: dict[str, Path]) -> dict[str, str]:
    """Return settings of a listener with SASL over mutual TLS, which only the user `desk` may use."""
    listener = "listener.name.secure."
    return {
        **secured.AUTHORIZER,
        listener + "sasl.enabled.mechanisms": "PLAIN",
        listener + "plain.sasl.jaas.config": f'{secured.LOGIN} user_desk="secret";',
        listener + "ssl.keystore.type": "PEM",
        listener + "ssl.keystore.location": str(files["broker"]),
        listener + "ssl.truststore.type": "PEM",
        listener + "ssl.truststore.location": str(files["ca"]),
        listener + "ssl.client.auth": "required",
    }


@pytest.mark.timeout(180)
def test_a_deployment_on_a_secured_cluster(tmp_path: Path) -> None:
    files = secured.certificates(tmp_path)
    with secured.running(tmp_path, {"SECURE": "SASL_SSL"}, listener_settings(files)) as node:
        kafka = node.settings(
            "SECURE",
            "SASL_SSL",
            sasl_mechanism="PLAIN",
            sasl_username="desk",
            sasl_password="secret",
            ssl_ca_file=files["ca"],
            ssl_cert_file=files["client"],
            ssl_key_file=files["key"],
        )
        asyncio.run(topics.create(kafka, TOPICS, partitions=1))
        in_use(kafka, tmp_path / "log")
        for wrong in ({"sasl_password": "guess"}, {"ssl_cert_file": None, "ssl_key_file": None}):
            with pytest.raises(UnavailableError):
                asyncio.run(topics.create(KafkaSettings.model_validate({**kafka.model_dump(), **wrong}), TOPICS))


def in_use(kafka: KafkaSettings, log: Path) -> None:
    worker = WorkerProcess("ingest", kafka, log, secured.environment(kafka))
    try:
        wait_until(worker.is_ready, "it has joined")
        sent = secured.command(kafka, "publish", str(SAMPLES), "--base-url", "https://s.example/")
        assert sent.returncode == 0, sent.stderr
        pages = int(sent.stdout.split()[1])
        wait_until(lambda: worker.metric("wiredesk_records_total") == pages, "all pages have passed")
        assert worker.terminate() == 0
    finally:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait()
    assert "secret" not in log.read_text()
