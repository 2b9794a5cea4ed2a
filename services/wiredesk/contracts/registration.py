"""Registers the JSON Schemas at a schema registry: the REST interface of Confluent's, which others have, too.

Values of our topics are plain JSON, without the prefix of five bytes by which serializers of a registry name a schema.
What is registered is a catalogue for people and generators, and a guard of compatibility; no reader depends on it.
"""

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import aiohttp
import orjson

from wiredesk.contracts.json_schema import json_schema
from wiredesk.registry import Registry
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.settings import LOOPBACK
from wiredesk_schemas import Event
from wiredesk_schemas.headers import CONTENT_TYPE

ANSWER_SECONDS = 30.0
"""Seconds that the registry may take for an answer."""

MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""The longest answer that is read."""

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
"""The media type of requests."""

PASSWORD, TOKEN = "SCHEMA_REGISTRY_PASSWORD", "SCHEMA_REGISTRY_TOKEN"
"""Environment variables with the password of the user, and with a bearer token."""

NOT_FOUND = 404
"""The status for a subject or a schema that is not registered."""


TAKEN = range(200, 300)
"""Statuses of requests that were served; a redirect is not followed: it may lead to a page to sign in."""


class Naming(StrEnum):
    """How subjects are named."""

    TOPIC = "topic"  # <topic>-<type>: the same event in two topics has two subjects
    RECORD = "record"  # <type>


class Compatibility(StrEnum):
    """What a registry allows later versions of a subject to change."""

    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"
    NONE = "NONE"


class Outcome(StrEnum):
    """What became of a subject, or would become of it."""

    REGISTERED = "registered"
    UNCHANGED = "unchanged"
    NEW = "would be registered"
    CHANGED = "would get another version"
    INCOMPATIBLE = "would be refused"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject and its schema.

    Attributes:
        name: of the subject.
        topic: on the cluster.
        schema: JSON Schema, as text.
    """

    name: str
    topic: str
    schema: str

    def request(self) -> Mapping[str, str]:
        """Return the body of the requests about it."""
        return {"schemaType": "JSON", "schema": self.schema}


def subjects(registry: Registry, naming: Naming, prefix: str) -> list[Subject]:
    """Return the subjects of all events, in the order of the topics.

    Args:
        prefix: of the topics on the cluster.
    """
    named: dict[str, Subject] = {}
    for topic in registry.topics:
        for event in topic.events:
            if issubclass(event, Event):
                on_cluster = prefix + topic.name
                name = event.TYPE if naming is Naming.RECORD else f"{on_cluster}-{event.TYPE}"
                schema = orjson.dumps(json_schema(event), option=orjson.OPT_SORT_KEYS).decode()
                named.setdefault(name, Subject(name, on_cluster, schema))
    return list(named.values())


class SchemaRegistry:
    """A registry, as an async context manager.

    Args:
        url: its address, without user and password.
        user: for basic authentication; its password is in `SCHEMA_REGISTRY_PASSWORD` or in a file. None: the bearer
            token of `SCHEMA_REGISTRY_TOKEN` or of the file, or no authentication.
        secret_file: file with the password or the token.

    Raises:
        UsageError: the address is wrong, or a secret would be sent without TLS.
    """

    def __init__(self, url: str, user: str | None = None, secret_file: Path | None = None) -> None:
        self._url = url.rstrip("/")
        secret = _secret(secret_file, TOKEN if user is None else PASSWORD)
        if user is not None and secret is None:
            raise UsageError(f"--user needs a password: {PASSWORD}, or --secret-file")
        _check(self._url, sends_secret=secret is not None)
        headers = {"accept": MEDIA_TYPE, CONTENT_TYPE: MEDIA_TYPE}
        if secret is not None:
            pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
            headers["authorization"] = f"Bearer {secret}" if user is None else f"Basic {pair}"
        self._headers = headers
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout, headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def is_registered(self, subject: Subject) -> bool:
        """Whether a subject has this schema already, as any of its versions."""
        return await self._ask("POST", f"/subjects/{_quoted(subject.name)}", subject.request()) is not None

    async def problems(self, subject: Subject) -> Sequence[str] | None:
        """Return why a schema would be refused, nothing if it would not; None where the subject has no version yet."""
        path = f"/compatibility/subjects/{_quoted(subject.name)}/versions/latest?verbose=true"
        answer = await self._ask("POST", path, subject.request())
        if answer is None:
            return None
        if answer.get("is_compatible", True):
            return ()
        return [_line(str(message)) for message in answer.get("messages") or ["it is not compatible"]]

    async def set_compatibility(self, subject: Subject, compatibility: Compatibility) -> None:
        """Set what later versions of a subject may change."""
        path = f"/config/{_quoted(subject.name)}"
        await self._ask("PUT", path, {"compatibility": compatibility.value}, is_required=True)

    async def register(self, subject: Subject) -> None:
        """Register a schema as the newest version of a subject.

        Raises:
            UnavailableError: the registry refuses it; the message says why.
        """
        await self._ask("POST", f"/subjects/{_quoted(subject.name)}/versions", subject.request(), is_required=True)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, str], *, is_required: bool = False
    ) -> dict[str, Any] | None:
        """Send a request, and return its answer; None where there is no such subject or schema."""
        if self._session is None:
            raise RuntimeError("a registry is used within `async with` only")
        where = f"the registry at {self._url}"
        try:
            async with self._session.request(
                method, self._url + path, data=orjson.dumps(body), allow_redirects=False
            ) as answer:
                content = await answer.content.read(MAX_ANSWER_BYTES)
                while len(content) < MAX_ANSWER_BYTES and (more := await answer.content.read(MAX_ANSWER_BYTES)):
                    content += more
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UnavailableError(f"{where} does not answer: {_line(str(error)) or type(error).__name__}") from error
        fields = _object(content)
        if answer.status == NOT_FOUND and fields is not None and not is_required:
            return None
        if answer.status not in TAKEN:
            said = _line(str((fields or {}).get("message", "") or answer.headers.get("location", "")))
            raise UnavailableError(f"{where} answers {answer.status}{': ' if said else ''}{said}")
        if fields is None:
            raise UnavailableError(f"{where} is no schema registry: its answer is no JSON object")
        return fields


async def register(
    registry: SchemaRegistry, subject: Subject, compatibility: Compatibility | None, *, is_dry_run: bool
) -> tuple[Outcome, str]:
    """Register a subject, unless it is registered; return what became of it, and a detail for people.

    Args:
        compatibility: that the subject is to have; None: that of the registry.
        is_dry_run: change nothing, and say what would be changed.

    Raises:
        UnavailableError: the registry does not answer, or refuses.
    """
    if await registry.is_registered(subject):
        if compatibility is not None and not is_dry_run:
            await registry.set_compatibility(subject, compatibility)
        return Outcome.UNCHANGED, ""
    if is_dry_run:
        problems = await registry.problems(subject)
        if problems is None:
            return Outcome.NEW, ""
        return (Outcome.INCOMPATIBLE, problems[0]) if problems else (Outcome.CHANGED, "")
    await registry.register(subject)
    if compatibility is not None:
        await registry.set_compatibility(subject, compatibility)
    return Outcome.REGISTERED, ""


def _object(content: bytes) -> dict[str, Any] | None:
    """Return an answer's JSON object; None if it is none."""
    try:
        fields = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None


def _check(url: str, *, sends_secret: bool) -> None:
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    if not is_web or "@" in url or not url.isprintable():
        raise UsageError(
            f"--registry: {_line(url.rpartition('@')[2])} is not http(s)://host[:port]; use --user for a user"
        )
    if sends_secret and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise UsageError("--registry: a secret is sent over https only")


def _secret(path: Path | None, variable: str) -> str | None:
    if path is None:
        return os.environ.get(variable) or None
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--secret-file {path} cannot be read: {getattr(error, 'strerror', error)}") from error


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
