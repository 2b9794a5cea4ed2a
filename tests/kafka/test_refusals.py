"""Every way in which a broker refuses a client, or is not a broker: one correct line that names the setting."""

import asyncio
import contextlib
import http.server
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tests import secured, topics
from tests.reading import count_partitions
from tests.secured import SecuredKafka
from wiredesk.pipeline import TOPICS
from wiredesk.runtime.errors import UnavailableError, UsageError, WiredeskError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import WorkerProcess, wait_until

LISTENERS = {
    "TLS": "SSL",
    "MUTUAL": "SSL",
    "EXPIRED": "SSL",
    "NAMED": "SSL",
    "SASL": "SASL_PLAINTEXT",
    "SECURE": "SASL_SSL",
    "ASTRAY": "PLAINTEXT",
}


def listener(name: str, **settings: str) -> dict[str, str]:
    return {f"listener.name.{name.lower()}.{key.replace('_', '.')}": value for key, value in settings.items()}


def with_certificate(name: str, path: Path) -> dict[str, str]:
    return listener(name, ssl_keystore_type="PEM", ssl_keystore_location=str(path))


def node_settings(files: dict[str, Path], word: str = "secret") -> dict[str, str]:
    login = f'{secured.LOGIN} user_desk="{word}";'
    trusted = {"ssl_truststore_type": "PEM", "ssl_truststore_location": str(files["ca"])}
    return {
        **with_certificate("TLS", files["broker"]),
        **with_certificate("SECURE", files["broker"]),
        **with_certificate("EXPIRED", files["expired"]),
        **with_certificate("NAMED", files["named"]),
        **with_certificate("MUTUAL", files["broker"]),
        **listener("MUTUAL", ssl_client_auth="required", **trusted),
        "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "listener.name.sasl.plain.sasl.jaas.config": login,
        "listener.name.sasl.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "listener.name.secure.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.secure.plain.sasl.jaas.config": login,
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Issue certificates: valid ones, and others with one fault each."""
    folder = tmp_path_factory.mktemp("certificates")
    paths = secured.certificates(folder)
    authority, stranger = trustme.CA(), trustme.CA()
    names = ("stranger", "expired", "named", "old_cert", "old_key", "strange_cert", "strange_key", "locked", "text")
    paths |= {name: folder / f"{name}.pem" for name in names}
    past = datetime.now(UTC) - timedelta(days=1)
    stranger.cert_pem.write_to_path(paths["stranger"])
    authority.cert_pem.write_to_path(paths["ca"])
    paths["broker"].write_bytes(secured.keystore(authority.issue_cert("127.0.0.1")))
    paths["expired"].write_bytes(secured.keystore(authority.issue_cert("127.0.0.1", not_after=past)))
    paths["named"].write_bytes(secured.keystore(authority.issue_cert("kafka.example")))
    paths["text"].write_text("no certificate")
    for issued, cert, key in (
        (authority.issue_cert("desk"), "client", "key"),
        (authority.issue_cert("desk", not_after=past), "old_cert", "old_key"),
        (stranger.issue_cert("desk"), "strange_cert", "strange_key"),
    ):
        paths[cert].write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(paths[key])
    private = load_pem_private_key(paths["key"].read_bytes(), None)
    paths["locked"].write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"opens"))
    )
    return paths


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory, files: dict[str, Path]) -> Iterator[SecuredKafka]:
    folder = tmp_path_factory.mktemp("refusals")
    with secured.running(folder, LISTENERS, node_settings(files), advertised={"ASTRAY": 1}) as running:
        yield running


USER: dict[str, object] = {"sasl_mechanism": "PLAIN", "sasl_username": "desk", "sasl_password": "secret"}
CLIENT = {"ssl_cert_file": "client", "ssl_key_file": "key"}

RIGHT = [
    ("TLS", "SSL", {"ssl_ca_file": "ca"}),
    ("NAMED", "SSL", {"ssl_ca_file": "ca", "ssl_check_hostname": False}),
    ("MUTUAL", "SSL", {"ssl_ca_file": "ca", **CLIENT}),
    (
        "MUTUAL",
        "SSL",
        {"ssl_ca_file": "ca", "ssl_cert_file": "client", "ssl_key_file": "locked", "ssl_key_password": "opens"},
    ),
    ("SASL", "SASL_PLAINTEXT", USER),
    ("SECURE", "SASL_SSL", {"ssl_ca_file": "ca", **USER}),
]

REFUSED = [
    # The broker's certificate.
    ("TLS", "SSL", {"ssl_ca_file": "stranger"}, ["was not issued by an authority in", "WIREDESK_SSL_CA_FILE=", "stranger.pem"]),
    ("TLS", "SSL", {}, ["that this system trusts: set WIREDESK_SSL_CA_FILE"]),
    ("NAMED", "SSL", {"ssl_ca_file": "ca"}, ["for another host name", "127.0.0.1", "WIREDESK_BOOTSTRAP_SERVERS"]),
    ("EXPIRED", "SSL", {"ssl_ca_file": "ca"}, ["certificate of the broker", "has expired"]),
    # Ours.
    ("MUTUAL", "SSL", {"ssl_ca_file": "ca"}, ["requires a client certificate: set WIREDESK_SSL_CERT_FILE"]),
    ("MUTUAL", "SSL", {"ssl_ca_file": "ca", "ssl_cert_file": "strange_cert", "ssl_key_file": "strange_key"}, ["refuses WIREDESK_SSL_CERT_FILE=", "authority that the broker does not trust"]),
    ("MUTUAL", "SSL", {"ssl_ca_file": "ca", "ssl_cert_file": "old_cert", "ssl_key_file": "old_key"}, ["refuses WIREDESK_SSL_CERT_FILE=", "expired"]),
    # User and password.
    ("SASL", "SASL_PLAINTEXT", {**USER, "sasl_password": "guess"}, ["refuses user desk", "WIREDESK_SASL_PASSWORD is wrong"]),
    ("SASL", "SASL_PLAINTEXT", {**USER, "sasl_username": "nobody"}, ["refuses user nobody: WIREDESK_SASL_USERNAME is unknown"]),
    ("SASL", "SASL_PLAINTEXT", {**USER, "sasl_mechanism": "SCRAM-SHA-512"}, ["refuses user desk", "with SCRAM-SHA-512"]),
    ("SASL", "SASL_PLAINTEXT", {**USER, "sasl_mechanism": "SCRAM-SHA-256"}, ["does not support WIREDESK_SASL_MECHANISM=SCRAM-SHA-256", "it supports PLAIN, SCRAM-SHA-512"]),
    ("SECURE", "SASL_SSL", {"ssl_ca_file": "ca", **USER, "sasl_password": "guess"}, ["refuses user desk", "WIREDESK_SASL_PASSWORD"]),
    ("SECURE", "SASL_SSL", {"ssl_ca_file": "ca", **USER, "sasl_mechanism": "SCRAM-SHA-512"}, ["does not support WIREDESK_SASL_MECHANISM=SCRAM-SHA-512: it supports PLAIN"]),
    ("SECURE", "SASL_SSL", {"ssl_ca_file": "stranger", **USER}, ["was not issued by an authority in", "WIREDESK_SSL_CA_FILE="]),
    # The protocol.
    ("TLS", "PLAINTEXT", {}, ["uses TLS, but WIREDESK_SECURITY_PROTOCOL=PLAINTEXT does not: set SSL"]),
    ("MUTUAL", "PLAINTEXT", {}, ["uses TLS, but WIREDESK_SECURITY_PROTOCOL=PLAINTEXT does not: set SSL"]),
    ("SECURE", "SASL_PLAINTEXT", USER, ["uses TLS, but WIREDESK_SECURITY_PROTOCOL=SASL_PLAINTEXT does not: set SASL_SSL"]),
    ("PLAINTEXT", "SSL", {"ssl_ca_file": "ca"}, ["does not use TLS on this port, but WIREDESK_SECURITY_PROTOCOL=SSL does: set PLAINTEXT"]),
    ("SASL", "SASL_SSL", {"ssl_ca_file": "ca", **USER}, ["does not use TLS on this port, but WIREDESK_SECURITY_PROTOCOL=SASL_SSL does: set SASL_PLAINTEXT"]),
    ("PLAINTEXT", "SASL_PLAINTEXT", USER, ["does not use SASL on this port", "WIREDESK_SECURITY_PROTOCOL=SASL_PLAINTEXT", "set PLAINTEXT"]),
    ("TLS", "SASL_SSL", {"ssl_ca_file": "ca", **USER}, ["does not use SASL on this port", "WIREDESK_SECURITY_PROTOCOL=SASL_SSL", "set SSL"]),
    ("SASL", "PLAINTEXT", {}, ["requires authentication (SASL: PLAIN, SCRAM-SHA-512): set WIREDESK_SECURITY_PROTOCOL=SASL_PLAINTEXT"]),
    ("SECURE", "SSL", {"ssl_ca_file": "ca"}, ["requires authentication (SASL: PLAIN): set WIREDESK_SECURITY_PROTOCOL=SASL_SSL"]),
]  # fmt: skip

UNREADABLE = [
    ({"ssl_ca_file": "text"}, ["WIREDESK_SSL_CA_FILE=", "text.pem", "not a PEM file of certificates"]),
    ({"ssl_ca_file": "/no/such.pem"}, ["WIREDESK_SSL_CA_FILE=/no/such.pem cannot be read"]),
    ({"ssl_cert_file": "/no/such.pem", "ssl_key_file": "key"}, ["WIREDESK_SSL_CERT_FILE=/no/such.pem cannot be read"]),
    ({"ssl_cert_file": "client", "ssl_key_file": "/no/such.pem"}, ["WIREDESK_SSL_KEY_FILE=/no/such.pem cannot be read"]),
    ({"ssl_cert_file": "text", "ssl_key_file": "key"}, ["WIREDESK_SSL_CERT_FILE=", "not a PEM file of a certificate"]),
    ({"ssl_cert_file": "client", "ssl_key_file": "text"}, ["WIREDESK_SSL_KEY_FILE=", "not a PEM file of a private key"]),
    ({"ssl_cert_file": "client", "ssl_key_file": "old_key"}, ["old_key.pem does not belong to WIREDESK_SSL_CERT_FILE="]),
    ({"ssl_cert_file": "client", "ssl_key_file": "locked"}, ["is encrypted: set WIREDESK_SSL_KEY_PASSWORD"]),
    ({"ssl_cert_file": "client", "ssl_key_file": "locked", "ssl_key_password": "guess"}, ["WIREDESK_SSL_KEY_PASSWORD does not decrypt"]),
]  # fmt: skip


def in_files(files: dict[str, Path], given: dict[str, object]) -> dict[str, object]:
    return {name: files.get(str(value), value) if name.endswith("_file") else value for name, value in given.items()}


def refusal(settings: KafkaSettings, kind: type[WiredeskError] = UnavailableError) -> str:
    with pytest.raises(kind) as refused:
        asyncio.run(count_partitions(settings, ["any"]))
    line = str(refused.value)
    assert "\n" not in line
    assert "guess" not in line
    return line


@pytest.mark.parametrize(("name", "protocol", "given"), RIGHT)
def test_the_right_settings_are_let_in(
    kafka: SecuredKafka, files: dict[str, Path], name: str, protocol: str, given: dict[str, object]
) -> None:
    assert asyncio.run(count_partitions(kafka.settings(name, protocol, **in_files(files, given)), ["any"])) == {}


@pytest.mark.parametrize(("name", "protocol", "given", "phrases"), REFUSED)
def test_a_refusal_names_its_setting(
    kafka: SecuredKafka, files: dict[str, Path], name: str, protocol: str, given: dict[str, object], phrases: list[str]
) -> None:
    line = refusal(kafka.settings(name, protocol, **in_files(files, given)))
    assert all(phrase in line for phrase in phrases), line


@pytest.mark.parametrize(("given", "phrases"), UNREADABLE)
def test_a_file_that_is_wrong_is_named(files: dict[str, Path], given: dict[str, object], phrases: list[str]) -> None:
    settings = KafkaSettings.model_validate({"security_protocol": "SSL", **in_files(files, given)})
    line = refusal(settings, UsageError)
    assert all(phrase in line for phrase in phrases), line


def test_a_broker_that_is_advertised_under_another_address_is_named(kafka: SecuredKafka) -> None:
    line = refusal(kafka.settings("ASTRAY", "PLAINTEXT"))
    assert "no Kafka broker answers at 127.0.0.1:1" in line
    assert "an address from the broker's advertised.listeners" in line


@pytest.mark.parametrize("servers", ["", "host:", "host:port", "host:99999", "http://host:9092", "a b:1", "::1:9092"])
def test_an_invalid_address_is_a_wrong_setting(servers: str) -> None:
    with pytest.raises(ValueError, match=r"is not host:port|at least 1 character"):
        KafkaSettings(bootstrap_servers=servers)


@pytest.mark.parametrize("servers", ["host", "host:9092", "a:1, b:2", "[::1]:9092", "10.0.0.1:9092", "x_y.svc:9092"])
def test_addresses_are_taken(servers: str) -> None:
    assert KafkaSettings(bootstrap_servers=servers).bootstrap_servers == servers


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL"])
def test_a_listener_that_is_no_broker_is_identified(protocol: str) -> None:
    with web_server() as port, silent_server() as silent:
        at = {"security_protocol": protocol, "request_timeout": 3}
        line = refusal(KafkaSettings.model_validate({"bootstrap_servers": f"127.0.0.1:{port}", **at}))
        assert f"at 127.0.0.1:{port} an HTTP server is listening, not a Kafka broker" in line
        line = refusal(KafkaSettings.model_validate({"bootstrap_servers": f"127.0.0.1:{silent}", **at}))
        assert f"at 127.0.0.1:{silent} connections are accepted, but nothing answers" in line
        line = refusal(KafkaSettings.model_validate({"bootstrap_servers": "no.such.host.invalid:9092", **at}))
        assert "no.such.host.invalid does not resolve to an address" in line
        line = refusal(KafkaSettings.model_validate({"bootstrap_servers": "127.0.0.1:1", **at}))
        assert "no Kafka broker answers at 127.0.0.1:1" in line


@contextlib.contextmanager
def web_server() -> Iterator[int]:
    class Quiet(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()[1]


def test_commands_and_workers_end_with_the_line(kafka: SecuredKafka, files: dict[str, Path]) -> None:
    wrong = kafka.settings("SECURE", "SASL_SSL", ssl_ca_file=files["ca"], **{**USER, "sasl_password": "guess"})
    for arguments in (["topics", "list"], ["audit"], ["worker", "ingest", "--metrics-port", "0"]):
        done = secured.command(wrong, *arguments)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        last = done.stderr.splitlines()[-1]
        assert last.startswith("wiredesk: the broker at "), done.stderr
        assert "WIREDESK_SASL_PASSWORD is wrong" in last
        assert "guess" not in done.stderr


@pytest.mark.timeout(180)
def test_a_worker_that_is_refused_later_says_why(tmp_path: Path, files: dict[str, Path]) -> None:
    """The broker comes back with another password, and then with the right one."""
    folder = tmp_path / "kafka"
    folder.mkdir()
    listeners = {name: LISTENERS[name] for name in ("SASL",)}
    with secured.running(folder, listeners, sasl_only(node_settings(files))) as kafka:
        settings = kafka.settings("SASL", "SASL_PLAINTEXT", **USER)
        asyncio.run(topics.create(kafka.open, TOPICS, partitions=1))
        worker = WorkerProcess("ingest", settings, tmp_path / "log", secured.environment(settings))
        wait_until(worker.is_ready, "it has joined")
    try:
        with secured.running(folder, listeners, sasl_only(node_settings(files, "changed")), kafka.ports):
            wait_until(lambda: "WIREDESK_SASL_PASSWORD is wrong" in worker.get("/readyz")[1], "it says why")
            assert worker.get("/readyz")[0] == 503
        with secured.running(folder, listeners, sasl_only(node_settings(files)), kafka.ports):
            wait_until(worker.is_ready, "it is let in again")
    finally:
        worker.process.kill()
        worker.process.wait()
    assert "secret" not in (tmp_path / "log").read_text()


def sasl_only(settings: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name.startswith("listener.name.sasl.")}
