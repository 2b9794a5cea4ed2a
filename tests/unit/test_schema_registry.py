"""Registering schemas, at a server that answers as the interface of Confluent's registry is documented."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
import pytest

from wiredesk import registry
from wiredesk.cli import app
from wiredesk.contracts.registration import Naming, subjects
from wiredesk.pipeline import TOPICS


class FakeRegistry:
    """Subjects with their versions; a schema that has no `properties` is compatible with nothing."""

    def __init__(self) -> None:
        self.url = ""
        self.versions: dict[str, list[Any]] = {}
        self.levels: dict[str, str] = {}
        self.authorization: set[str | None] = set()
        self.broken = False

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:  # noqa: PLR0911 - a status each
        parts = [unquote(part) for part in urlsplit(path).path.strip("/").split("/")]
        match method, parts:
            case _ if self.broken:
                return 503, b"<html>"
            case "PUT", ["config", subject]:
                self.levels[subject] = body["compatibility"]
                return 200, body
            case "POST", ["subjects", subject]:
                if subject not in self.versions:
                    return 404, {"error_code": 40401, "message": f"Subject '{subject}' not found."}
                if body["schema"] not in self.versions[subject]:
                    return 404, {"error_code": 40403, "message": "Schema not found"}
                return 200, {"subject": subject, "version": 1}
            case "POST", ["compatibility", "subjects", subject, "versions", "latest"]:
                if subject not in self.versions:
                    return 404, {"error_code": 40401, "message": "not found"}
                fits = "old" not in self.versions[subject]
                return 200, {"is_compatible": fits, "messages": [] if fits else ["{errorType:'PROPERTY_REMOVED'}"]}
            case "POST", ["subjects", subject, "versions"]:
                assert body["schemaType"] == "JSON"
                assert orjson.loads(body["schema"])["$schema"].startswith("https://json-schema.org/")
                if "old" in self.versions.get(subject, ()):
                    return 409, {"error_code": 409, "message": "Schema being registered is incompatible"}
                self.versions.setdefault(subject, []).append(body["schema"])
                return 200, {"id": 1}
        return 405, {}


@pytest.fixture
def there() -> Iterator[FakeRegistry]:
    fake = FakeRegistry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            fake.authorization.add(self.headers["authorization"])
            body = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
            status, answer = fake.answer(self.command, self.path, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else orjson.dumps(answer))

        def do_PUT(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()


NAMED = [f"{topic.name}-{event.TYPE}" for topic in TOPICS for event in topic.events]


def run(there: FakeRegistry, *options: str) -> int:
    return app.run(["schemas", "register", "--registry", there.url, *options])


def test_every_event_of_every_topic_has_a_subject() -> None:
    ours = registry.registry().of(registry.OURS)
    assert [subject.name for subject in subjects(ours, Naming.TOPIC, "")] == NAMED
    assert [subject.name for subject in subjects(ours, Naming.TOPIC, "d1.")] == [f"d1.{name}" for name in NAMED]
    records = [subject.name for subject in subjects(ours, Naming.RECORD, "d1.")]
    assert len(records) == len(set(records))
    assert "wiredesk.article.enriched.v1" in records


def test_schemas_are_registered_once(there: FakeRegistry, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(there, "--dry-run") == 0
    assert not there.versions
    assert capsys.readouterr().out.count("would be registered") >= len(NAMED)
    assert run(there, "--compatibility", "FULL_TRANSITIVE") == 0
    assert set(there.versions) >= set(NAMED)
    assert set(there.levels.values()) == {"FULL_TRANSITIVE"}
    before = {subject: list(versions) for subject, versions in there.versions.items()}
    capsys.readouterr()
    assert run(there) == 0
    assert there.versions == before
    assert capsys.readouterr().out.count("unchanged") == len(before)


def test_a_schema_that_is_refused_is_named(there: FakeRegistry, capsys: pytest.CaptureFixture[str]) -> None:
    there.versions[NAMED[0]] = ["old"]
    assert run(there, "--dry-run") == 1
    assert "PROPERTY_REMOVED" in capsys.readouterr().out
    assert run(there) == 1
    assert "answers 409: Schema being registered is incompatible" in capsys.readouterr().err
    there.broken = True
    assert run(there) == 1
    assert "answers 503" in capsys.readouterr().err


def test_secrets_come_from_the_environment_or_a_file(
    there: FakeRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(there, "--user", "desk") == 2
    assert "SCHEMA_REGISTRY_PASSWORD" in capsys.readouterr().err
    (tmp_path / "secret").write_text("hunter2\n", encoding="utf-8")
    assert run(there, "--user", "desk", "--secret-file", str(tmp_path / "secret"), "--dry-run") == 0
    monkeypatch.setenv("SCHEMA_REGISTRY_TOKEN", "abc")
    assert run(there, "--dry-run") == 0
    assert there.authorization == {"Basic ZGVzazpodW50ZXIy", "Bearer abc"}
    assert app.run(["schemas", "register", "--registry", "http://registry.example"]) == 2
    assert "https only" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "registry.example",
        "ftp://registry.example",
        "https://user:hunter2@registry.example",
        "https://",
        "http://x:99999",
    ],
)
def test_other_addresses_are_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["schemas", "register", "--registry", url]) == 2
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "answer", [(302, b""), (200, b"<html>Sign in"), (404, b"<h1>Not Found"), (200, b"[]"), (204, b"")]
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_what_is_no_registry_registers_nothing(
    there: FakeRegistry, answer: tuple[int, bytes], options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A page to sign in, or a wrong path: nothing was registered, and nothing is unchanged."""
    there.answer = lambda *_: answer  # type: ignore[method-assign]
    assert app.run(["schemas", "register", "--registry", there.url, *options]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert there.url in shown.err
