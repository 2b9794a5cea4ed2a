"""TLS with a client certificate, and SASL over it: a worker and the commands on a broker that lets nobody else in."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from confluent_kafka.admin import (  # type: ignore[attr-defined] # what it says is its interface
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
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
from tests.patience import scaled, setting
from tests.support import ROOT, SAMPLES, WorkerProcess, free_port, wait_until

ALLOW, LITERAL, PREFIXED = AclPermissionType.ALLOW, ResourcePatternType.LITERAL, ResourcePatternType.PREFIXED


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
        listener + "plain.sasl.jaas.config": f'{login} user_desk="secret" user_guest="secret";',
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS;User:desk",
        listener + "ssl.keystore.type": "PEM",
        listener + "ssl.keystore.location": str(files["broker"]),
        listener + "ssl.truststore.type": "PEM",
        listener + "ssl.truststore.location": str(files["ca"]),
        listener + "ssl.client.auth": "required",
    }


@contextlib.asynccontextmanager
async def secured_broker(folder: Path) -> AsyncIterator[tuple[dict[str, str], str]]:
    """Run a broker that lets in who has a certificate and a password; yields the user's settings, and an open door."""
    files, port = certificates(folder), free_port()
    address = Address(1, free_port(), free_port())
    classpath = await asyncio.to_thread(jars.classpath, BrokerSettings().cache_dir)
    settings = secured(files)
    settings["listeners"] = (
        f"PLAINTEXT://127.0.0.1:{address.port},CONTROLLER://127.0.0.1:{address.controller_port},SECURE://127.0.0.1:{port}"
    )
    settings["advertised.listeners"] = f"PLAINTEXT://127.0.0.1:{address.port},SECURE://127.0.0.1:{port}"
    node = Node(address, [address], folder / "node", classpath, settings)
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
        await asyncio.to_thread(wait_until, lambda: accepts(as_settings(environment)), "the broker accepts its clients")
        yield environment, f"127.0.0.1:{address.port}"
    finally:
        await node.stop()


def as_settings(environment: dict[str, str]) -> KafkaSettings:
    return KafkaSettings.model_validate({n.removeprefix("WIREDESK_").lower(): v for n, v in environment.items()})


@pytest.mark.timeout(180)
async def test_a_desk_on_a_secured_cluster(tmp_path: Path) -> None:
    async with secured_broker(tmp_path) as (environment, _):
        kafka = as_settings(environment)
        await asyncio.to_thread(in_use, kafka, environment, tmp_path / "log")
        for wrong in ({"sasl_password": "guess"}, {"ssl_cert_file": None, "ssl_key_file": None}):
            with pytest.raises(UnavailableError):
                await topics.create(KafkaSettings.model_validate({**kafka.model_dump(), **wrong}), TOPICS)


@pytest.mark.timeout(180)
async def test_what_a_user_may_not_do_is_told_in_one_line(tmp_path: Path) -> None:
    """A replay needs to read, to make topics, to have a group, and to write in transactions: one after the other."""
    async with secured_broker(tmp_path) as (environment, door):
        sent = command(environment, "publish", str(SAMPLES), "--base-url", "https://s.example/")
        assert sent.returncode == 0, sent.stderr
        guest = {**environment, "WIREDESK_SASL_USERNAME": "guest", "WIREDESK_TRANSACTION_TIMEOUT": str(setting(10))}
        told = []
        for allowed in (
            [],
            [(ResourceType.TOPIC, "", AclOperation.READ)],
            [(ResourceType.TOPIC, "", AclOperation.CREATE)],
            [(ResourceType.GROUP, "wiredesk.replay.", AclOperation.READ)],
            [(ResourceType.TOPIC, "wiredesk.replays", AclOperation.WRITE)],
            [(ResourceType.TRANSACTIONAL_ID, "wiredesk.replay.", AclOperation.WRITE)],
        ):
            await asyncio.to_thread(allow, door, allowed)
            done = command(guest, "replay", "ingest", "--from", "1h", "--into", "v2", "--log-level", "error")
            assert done.returncode == 1, done.stderr
            told.append(done.stderr.splitlines())
        assert [len(lines) for lines in told] == [1] * len(told), told
        wanted = (
            "no topic pages.raw, pages.accepted, pages.skipped, pages.raw.dlq on the cluster",
            "cannot be created: Authorization failed.",
            "offsets of wiredesk.replay.ingest-",
            "refuses this client: ClusterAuthorizationFailedError",
            "Kafka does not allow run ingest-",
            "Kafka does not allow run ingest-",
        )
        for (line,), beginning in zip(told, wanted, strict=True):
            assert beginning in line
        await asyncio.to_thread(allow, door, [(ResourceType.TOPIC, "v2", AclOperation.WRITE)])
        done = command(guest, "replay", "ingest", "--from", "1h", "--into", "v2", "--log-level", "error")
        assert done.returncode == 0, done.stderr


def allow(door: str, allowed: list[tuple[ResourceType, str, AclOperation]]) -> None:
    """Let the guest do something more, with all that begins with a name."""
    admin = AdminClient({"bootstrap.servers": door})
    bindings = [
        AclBinding(kind, name or "*", PREFIXED if name else LITERAL, "User:guest", "*", operation, ALLOW)
        for kind, name, operation in allowed
    ]
    for created in admin.create_acls(bindings).values() if bindings else ():
        created.result(scaled(30))


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=scaled(60),
        check=False,
    )


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
        sent = command(environment, "publish", str(SAMPLES), "--base-url", "https://s.example/")
        assert sent.returncode == 0, sent.stderr
        wait_until(lambda: worker.metric("wiredesk_records_total") == 16, "all pages have passed")
        assert worker.terminate() == 0
    finally:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait()
    assert "secret" not in log.read_text()
