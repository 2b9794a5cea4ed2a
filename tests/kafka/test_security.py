"""TLS with a client certificate, and SASL over it: a worker and the commands on a broker that lets nobody else in."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.broker import jars
from services.broker.node import Address, Node
from services.broker.settings import BrokerSettings
from services.pipeline import TOPICS
from services.runtime.errors import UnavailableError
from services.runtime.kafka import topics
from services.runtime.settings import KafkaSettings
from tests.support import ROOT, SAMPLES, WorkerProcess, free_port, wait_until


def certificates(folder: Path) -> dict[str, Path]:
    """Issue a certificate for the broker and one for the client, in the forms that each of them reads."""
    authority = trustme.CA()
    broker, client = authority.issue_cert("127.0.0.1"), authority.issue_cert("desk")
    files = {name: folder / f"{name}.pem" for name in ("ca", "broker", "client", "key")}
    authority.cert_pem.write_to_path(files["ca"])
    key = load_pem_private_key(broker.private_key_pem.bytes(), None)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files["broker"].write_bytes(pkcs8 + b"".join(blob.bytes() for blob in broker.cert_chain_pems))
    files["client"].write_bytes(b"".join(blob.bytes() for blob in client.cert_chain_pems))
    client.private_key_pem.write_to_path(files["key"])
    return files


def secured(files: dict[str, Path]) -> dict[str, str]:
    """Return settings of a listener with SASL over mutual TLS."""
    listener = "listener.name.secure."
    login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    return {
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
        listener + "sasl.enabled.mechanisms": "PLAIN",
        listener + "plain.sasl.jaas.config": f'{login} user_desk="secret";',
        listener + "ssl.keystore.type": "PEM",
        listener + "ssl.keystore.location": str(files["broker"]),
        listener + "ssl.truststore.type": "PEM",
        listener + "ssl.truststore.location": str(files["ca"]),
        listener + "ssl.client.auth": "required",
    }


@pytest.mark.timeout(180)
async def test_a_desk_on_a_secured_cluster(tmp_path: Path) -> None:
    files, port = certificates(tmp_path), free_port()
    address = Address(1, free_port(), free_port())
    classpath = await asyncio.to_thread(jars.classpath, BrokerSettings().cache_dir)
    settings = secured(files)
    settings["listeners"] = (
        f"PLAINTEXT://127.0.0.1:{address.port},CONTROLLER://127.0.0.1:{address.controller_port},SECURE://127.0.0.1:{port}"
    )
    settings["advertised.listeners"] = f"PLAINTEXT://127.0.0.1:{address.port},SECURE://127.0.0.1:{port}"
    node = Node(address, [address], tmp_path / "node", classpath, settings)
    await node.format("wiredeskwiredesktest0A")
    await node.start()
    try:
        environment = {
            "WIREDESK_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}",
            "WIREDESK_SECURITY_PROTOCOL": "SASL_SSL",
            "WIREDESK_SASL_MECHANISM": "PLAIN",
            "WIREDESK_SASL_USERNAME": "desk",
            "WIREDESK_SASL_PASSWORD": "secret",
            "WIREDESK_SSL_CA_FILE": str(files["ca"]),
            "WIREDESK_SSL_CERT_FILE": str(files["client"]),
            "WIREDESK_SSL_KEY_FILE": str(files["key"]),
        }
        kafka = KafkaSettings.model_validate({n.removeprefix("WIREDESK_").lower(): v for n, v in environment.items()})
        await asyncio.to_thread(wait_until, lambda: accepts(kafka), "the broker accepts its clients")
        await asyncio.to_thread(in_use, kafka, environment, tmp_path / "log")
        for wrong in ({"sasl_password": "guess"}, {"ssl_cert_file": None, "ssl_key_file": None}):
            with pytest.raises(UnavailableError):
                await topics.create(KafkaSettings.model_validate({**kafka.model_dump(), **wrong}), TOPICS)
    finally:
        await node.stop()


def accepts(kafka: KafkaSettings) -> bool:
    try:
        asyncio.run(topics.create(kafka, TOPICS, partitions=1))
    except UnavailableError:
        return False
    return True


def in_use(kafka: KafkaSettings, environment: dict[str, str], log: Path) -> None:
    worker = WorkerProcess("ingest", kafka, log, environment)
    try:
        wait_until(worker.is_ready, "it has joined")
        command = [sys.executable, "-m", "services.cli", "publish", str(SAMPLES), "--base-url", "https://s.example/"]
        sent = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert sent.returncode == 0, sent.stderr
        wait_until(lambda: worker.metric("wiredesk_records_total") == 16, "all pages have passed")
        assert worker.terminate() == 0
    finally:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait()
    assert "secret" not in log.read_text()
