"""SASL/OAUTHBEARER: tokens of a local OIDC endpoint, checked by the broker against its JWKS, and tokens of a plug-in."""

import asyncio
import base64
import contextlib
import http.server
import json
import ssl
import threading
import time
import urllib.parse
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiokafka.errors import KafkaError
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests import echo, secured, topics
from tests.reading import count_partitions, read_topic
from tests.secured import SecuredKafka
from wiredesk.local.broker import node
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka import tokens
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import setting

AUDIENCE = "kafka"
SHORT = 6
"""Seconds that a token and a connection live, where a worker outlives them."""

CLIENT, SECRET = "desk", "open sesame/+:"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Issues tokens as an identity provider does; its answer can be set."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self.lifetime = 300
        self.audience = AUDIENCE
        self.answer: tuple[int, bytes] | None = None
        self.requests: list[dict[str, str]] = []

    def jwks(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        n, e = (b64(value.to_bytes((value.bit_length() + 7) // 8, "big")) for value in (numbers.n, numbers.e))
        return json.dumps({"keys": [{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": n, "e": e}]}).encode()

    def token(self) -> str:
        now = int(time.time())
        claims = {"sub": CLIENT, "aud": self.audience, "iss": "tests", "iat": now, "exp": now + self.lifetime}
        head = {"alg": "RS256", "kid": "1", "typ": "JWT"}
        signed = ".".join(b64(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{b64(self._key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"

    def grant(self, authorization: str, form: dict[str, str]) -> tuple[int, bytes]:
        self.requests.append(form)
        if self.answer is not None:
            return self.answer
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if [urllib.parse.unquote_plus(part) for part in basic.split(":")] != [CLIENT, SECRET]:
            return 401, b'{"error": "invalid_client"}'
        return 200, json.dumps({"access_token": self.token(), "expires_in": self.lifetime}).encode()


@contextlib.contextmanager
def served(issuer: Issuer, certificate: trustme.LeafCert | None = None) -> Iterator[str]:
    """Serve an issuer on loopback; yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, issuer.jwks())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send(*issuer.grant(self.headers["Authorization"], dict(urllib.parse.parse_qsl(body))))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            with contextlib.suppress(OSError):  # the client has read enough
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{'http' if certificate is None else 'https'}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def settings(url: str, **others: object) -> KafkaSettings:
    given = {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "OAUTHBEARER",
        "sasl_oauth_token_url": url,
        "sasl_oauth_client_id": CLIENT,
        "sasl_oauth_client_secret": SECRET,
        "sasl_oauth_scope": "read write",
        "request_timeout": 10,
    }
    return KafkaSettings.model_validate({**given, **others})


async def test_a_token_is_kept_and_replaced_before_it_expires(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(issuer) as url:
        provider = tokens.ClientCredentials(settings(url))
        first = await asyncio.gather(*(provider.token() for _ in range(20)))
        assert len(set(first)) == 1
        assert issuer.requests == [{"grant_type": "client_credentials", "scope": "read write"}]
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 0.7 * issuer.lifetime)
        await provider.token()
        assert len(issuer.requests) == 1
        monkeypatch.setattr(time, "monotonic", lambda: now + 0.9 * issuer.lifetime)
        await provider.token()
        assert len(issuer.requests) == 2


WRONG = [
    ((401, b'{"error": "invalid_client"}'), "answers 401 (invalid_client): check WIREDESK_SASL_OAUTH_CLIENT_ID"),
    ((400, b"<html>" * 100), "answers 400: check WIREDESK_SASL_OAUTH_CLIENT_ID"),
    ((500, b'{"error": "%s"}' % (SECRET.encode() * 3)), "answers 500: check"),
    ((302, b""), "answers 302"),
    ((200, b"{}"), "returns no valid token"),
    ((200, b"[" * 100_000), "returns no valid token"),
    ((200, b'{"access_token": "a\\u0001auth=Bearer b", "expires_in": 60}'), "returns no valid token"),
    ((200, b'{"access_token": "' + b"a" * 300_000 + b'"}'), "larger than 262144 bytes"),
]


@pytest.mark.parametrize(("answer", "phrase"), WRONG)
async def test_what_a_token_endpoint_does_wrong_is_one_line(
    issuer: Issuer, answer: tuple[int, bytes], phrase: str
) -> None:
    issuer.answer = answer
    with served(issuer) as url:
        with pytest.raises(KafkaError) as refused:
            await tokens.ClientCredentials(settings(url)).token()
        line = str(refused.value)
        assert phrase in line
        assert url in line
        assert SECRET not in line
        assert "\n" not in line


async def test_lifetimes_that_are_none_do_not_keep_a_token(issuer: Issuer) -> None:
    with served(issuer) as url:
        for lifetime in (b"null", b'"soon"', b"-5", b"1e999", b"NaN", b"[]"):
            issuer.answer = 200, b'{"access_token": "abc", "expires_in": ' + lifetime + b"}"
            assert await tokens.ClientCredentials(settings(url)).token() == "abc"


async def test_an_endpoint_over_tls_needs_its_authority(issuer: Issuer, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with served(issuer, authority.issue_cert("127.0.0.1")) as url:
        with pytest.raises(KafkaError, match="WIREDESK_SASL_OAUTH_CA_FILE"):
            await tokens.ClientCredentials(settings(url)).token()
        trusting = settings(url, sasl_oauth_ca_file=tmp_path / "ca.pem")
        assert (await tokens.ClientCredentials(trusting).token()).count(".") == 2


def test_a_secret_is_not_sent_in_the_clear() -> None:
    with pytest.raises(ValueError, match="must be an https address"):
        settings("http://idp.example/token")
    with pytest.raises(ValueError, match="must not contain a user") as refused:
        settings("https://user:hunter2@idp.example/token")
    assert "hunter2" not in str(refused.value)
    with pytest.raises(ValueError, match="needs WIREDESK_SASL_OAUTH_TOKEN_URL"):
        settings("https://idp.example/token", sasl_oauth_client_secret=None)
    assert SECRET not in repr(settings("https://idp.example/token"))


class Plugin:
    """A token provider as a user's package would supply it: tokens of the test's issuer."""

    issuer: Issuer | None = None
    error: Exception | None = None

    def __init__(self, kafka: KafkaSettings) -> None:
        self.kafka = kafka

    async def token(self) -> str:
        if self.error is not None:
            raise self.error
        assert self.issuer is not None
        return self.issuer.token()

    def extensions(self) -> dict[str, str]:
        return {"region": "eu"}


@pytest.fixture
def plugin(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Plugin]]:
    entries = [
        EntryPoint("ours", f"{__name__}:Plugin", tokens.PLUGINS),
        EntryPoint("bad", "no.such:thing", tokens.PLUGINS),
    ]

    class Entry:
        name = "ours"

        @staticmethod
        def load() -> type[Plugin]:
            return Plugin

    monkeypatch.setattr(tokens, "entry_points", lambda group: [Entry, entries[1]] if group == tokens.PLUGINS else [])
    monkeypatch.setattr(Plugin, "issuer", issuer)
    tokens.provider.cache_clear()
    yield Plugin
    tokens.provider.cache_clear()


async def test_a_plug_in_supplies_tokens(plugin: type[Plugin], monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings("", sasl_oauth_token_url=None, sasl_oauth_provider="ours", sasl_oauth_extensions="pool=p-1")
    provider = tokens.provider(given)
    assert (await provider.token()).count(".") == 2
    assert provider.extensions() == {"region": "eu", "pool": "p-1"}
    monkeypatch.setattr(plugin, "error", RuntimeError("no role"))
    with pytest.raises(
        KafkaError, match=r"token provider ours \(WIREDESK_SASL_OAUTH_PROVIDER\) fails: RuntimeError: no role"
    ):
        await provider.token()
    for name, phrase in (("none", "no such entry point"), ("bad", "cannot be loaded: ModuleNotFoundError")):
        with pytest.raises(UsageError, match=phrase):
            tokens.provider(given.model_copy(update={"sasl_oauth_provider": name}))


@pytest.fixture(scope="module")
def idp() -> Iterator[tuple[Issuer, str]]:
    issuer = Issuer()
    with served(issuer) as url:
        yield issuer, url


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory, idp: tuple[Issuer, str]) -> Iterator[SecuredKafka]:
    listener = "listener.name.oauth."
    jwks = f"{idp[1]}/jwks"
    own = {
        "sasl.enabled.mechanisms": "OAUTHBEARER",
        listener + "sasl.enabled.mechanisms": "OAUTHBEARER",
        listener + "oauthbearer.sasl.jaas.config": (
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"
        ),
        listener + "oauthbearer.sasl.server.callback.handler.class": (
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler"
        ),
        listener + "oauthbearer.sasl.oauthbearer.jwks.endpoint.url": jwks,
        listener + "oauthbearer.sasl.oauthbearer.expected.audience": AUDIENCE,
        # Connections end with their sessions: the client must authenticate again with a new token.
        listener + "oauthbearer.connections.max.reauth.ms": f"{setting(SHORT) * 1000:.0f}",
    }
    folder = tmp_path_factory.mktemp("oauth")
    patched = pytest.MonkeyPatch()
    allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={jwks}"
    patched.setattr(node, "JAVA_OPTIONS", (*node.JAVA_OPTIONS, allowed))
    try:
        with secured.running(folder, {"OAUTH": "SASL_PLAINTEXT"}, own) as running:
            yield running
    finally:
        patched.undo()


def at(kafka: SecuredKafka, url: str, **others: Any) -> KafkaSettings:
    return settings(url, bootstrap_servers=f"127.0.0.1:{kafka.ports['OAUTH']}", **others)


@pytest.mark.timeout(180)
async def test_a_broker_takes_the_tokens_and_names_what_is_wrong(kafka: SecuredKafka, idp: tuple[Issuer, str]) -> None:
    issuer, url = idp
    assert await count_partitions(at(kafka, url), ["any"]) == {}
    wrong = at(kafka, url, sasl_oauth_client_secret="guess")
    with pytest.raises(UnavailableError, match=r"answers 401 \(invalid_client\): check WIREDESK_SASL_OAUTH_CLIENT_ID"):
        await count_partitions(wrong, ["any"])
    with pytest.raises(UnavailableError, match="cannot be reached"):
        await count_partitions(at(kafka, "http://127.0.0.1:1/token"), ["any"])
    issuer.audience = "another"
    try:
        with pytest.raises(UnavailableError, match=r"refuses the token .*WIREDESK_SASL_OAUTH_"):
            await count_partitions(at(kafka, url, sasl_oauth_scope="other"), ["any"])
    finally:
        issuer.audience = AUDIENCE


@pytest.mark.timeout(180)
async def test_a_plug_ins_tokens_are_taken(
    kafka: SecuredKafka, idp: tuple[Issuer, str], plugin: type[Plugin], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin, "issuer", idp[0])
    given = at(kafka, "", sasl_oauth_token_url=None, sasl_oauth_provider="ours")
    assert await count_partitions(given, ["any"]) == {}
    monkeypatch.setattr(plugin, "error", RuntimeError("no role"))
    with pytest.raises(UnavailableError, match=r"token provider ours .* fails: RuntimeError: no role"):
        await count_partitions(given, ["any"])


@pytest.mark.timeout(180)
async def test_a_worker_outlives_its_tokens(kafka: SecuredKafka, idp: tuple[Issuer, str]) -> None:
    issuer, url = idp
    issuer.lifetime = int(setting(SHORT))
    mine = at(kafka, url, topic_prefix="o.", sasl_oauth_scope="work")
    door = kafka.open.model_copy(update={"topic_prefix": "o."})
    await topics.create(door, echo.TOPICS)
    asked = len(issuer.requests)
    try:
        async with echo.worker(mine):
            sent = 0
            while len(issuer.requests) < asked + 2:
                await echo.send(door, [b"fine"])
                sent += 1
                assert len(await echo.outcomes(door, sent)) == sent
        names = [door.on_cluster(topic.name) for topic in echo.TOPICS[1:]]
        async with contextlib.aclosing(read_topic(door, names, from_beginning=True, until_end=True)) as reading:
            assert len([record async for record in reading if record is not None]) == sent
    finally:
        issuer.lifetime = 300
