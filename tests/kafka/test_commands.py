"""The command as users run it: its output and its exit codes."""

import asyncio
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests import topics
from tests.archives import response, warc
from tests.support import ROOT, SAMPLES
from wiredesk.cli import app
from wiredesk.local.ports import free_port
from wiredesk.pages import files as page_files
from wiredesk.pipeline import TOPICS
from wiredesk.registry import all_topics
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.printable import printable
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing import commands
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import WorkerProcess, wait_until

URL = "https://s.example/"


def create_topics(kafka: KafkaSettings) -> None:
    asyncio.run(topics.create(kafka, TOPICS, partitions=1))


def wiredesk(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return commands.run(arguments, {**os.environ, **environment}, stdin=stdin, timeout=scaled(100))


def at(kafka: KafkaSettings) -> dict[str, str]:
    return {"WIREDESK_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "WIREDESK_TOPIC_PREFIX": kafka.topic_prefix}


def test_topics_are_created_once_and_listed(kafka: KafkaSettings) -> None:
    missing = wiredesk("topics", "list", "--json", **at(kafka))
    assert not any(json.loads(line)["exists"] for line in missing.stdout.splitlines())
    first = wiredesk("topics", "create", "--partitions", "4", **at(kafka))
    assert (first.returncode, first.stdout.count("created ")) == (0, len(all_topics()))
    again = wiredesk("topics", "create", **at(kafka))
    assert (again.returncode, again.stdout) == (0, f"0 topics created, {len(all_topics())} existed\n")
    lines = wiredesk("topics", "list", "--json", **at(kafka)).stdout.splitlines()
    listed = {row["topic"]: row for row in map(json.loads, lines)}
    assert listed[kafka.on_cluster("pages.raw")]["partitions"] == 4
    assert listed[kafka.on_cluster("pages.raw.dlq")]["partitions"] == 1


@pytest.mark.parametrize("binary", [False, True])
def test_pages_published_can_be_tailed(kafka: KafkaSettings, tmp_path: Path, *, binary: bool) -> None:
    create_topics(kafka)
    page = tmp_path / "site" / "news" / "a story.html"
    page.parent.mkdir(parents=True)
    page.write_bytes("<p>Grüße</p>".encode("iso-8859-1"))
    options = ["--binary"] if binary else []
    sent = wiredesk("publish", str(tmp_path / "site"), "--base-url", URL, *options, **at(kafka))
    assert (sent.returncode, sent.stdout) == (0, f"published 1 of 1 pages to {kafka.on_cluster('pages.raw')}\n")
    tailed = wiredesk("tail", "pages.raw", "--from-beginning", "--until-end", "--json", **at(kafka))
    (record,) = map(json.loads, tailed.stdout.splitlines())
    assert set(record) == {"topic", "partition", "offset", "key", "timestamp", "headers", "value"}
    assert (record["topic"], record["partition"], record["offset"]) == (kafka.on_cluster("pages.raw"), 0, 0)
    if binary:
        assert record["headers"]["ce_subject"] == URL + "news/a%20story.html"
        assert record["headers"]["content-type"] == "text/html"
        assert record["value"] == {"base64": "PHA+R3L832U8L3A+"}
    else:
        assert record["value"]["url"] == URL + "news/a%20story.html"
        assert record["value"]["body_base64"] == "PHA+R3L832U8L3A+"


WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"WARC-Target-URI: https://w.example/story\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
)
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>From an archive.</p>"
WET = (
    b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\n"
    b"WARC-Target-URI: https://w.example/text\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
    b"Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nHello\r\n\r\n"
)


def test_archives_lines_and_stdin_are_published(kafka: KafkaSettings, tmp_path: Path) -> None:
    create_topics(kafka)
    (tmp_path / "a.warc").write_bytes(WARC % (len(HTTP), HTTP))
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress(WARC % (len(HTTP), HTTP)))
    (tmp_path / "c.warc.wet.gz").write_bytes(gzip.compress(WET))
    (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(b'{"url": "https://l.example/1", "body": "x"}\n\n{broken\n'))
    sent = wiredesk("publish", str(tmp_path), **at(kafka))
    assert (sent.returncode, sent.stdout.split()[1:4]) == (0, ["5", "of", "5"]), sent.stderr
    sent = wiredesk("publish", "-", stdin='{"url": "https://l.example/2", "body": "y"}\n', **at(kafka))
    assert sent.returncode == 0, sent.stderr
    sent = wiredesk("publish", "-", "--url", "https://l.example/3", stdin="<p>page</p>", **at(kafka))
    assert sent.returncode == 0, sent.stderr
    tailed = wiredesk("tail", "pages.raw", "--from-beginning", "--limit", "7", "--json", **at(kafka))
    values = [json.loads(line)["value"] for line in tailed.stdout.splitlines()]
    assert [v["url"] if isinstance(v, dict) else v for v in values] == [
        "https://w.example/story",
        "https://w.example/story",
        "https://w.example/text",
        "https://l.example/1",
        "{broken",
        "https://l.example/2",
        "https://l.example/3",
    ]
    assert values[0]["http_headers"]["content-type"] == "text/html; charset=utf-8"
    assert (values[0]["http_status"], values[0]["fetched_at"]) == (200, "2026-01-02T03:04:05Z")
    assert values[2]["content_type"].startswith("text/plain")


def test_a_damaged_archive_publishes_its_good_pages_and_fails(kafka: KafkaSettings, tmp_path: Path) -> None:
    create_topics(kafka)
    good, image = response(b"<p>x"), response(b"x", "Content-Type: image/png")
    archive = warc(good) + warc(image) + warc(image) + warc(good)[:-30]
    (tmp_path / "a.warc").write_bytes(archive)
    sent = wiredesk("publish", str(tmp_path / "a.warc"), **at(kafka))
    assert sent.returncode == 1
    topic = kafka.on_cluster("pages.raw")
    assert sent.stdout == f"published 1 of 1 pages to {topic}\npassed over: 2 images\n"
    assert "record 4 (https://n.example/1) is cut off" in sent.stderr
    assert len(sent.stderr.splitlines()) == 1
    (tmp_path / "b.warc").write_bytes(warc(good) + warc(image))
    sent = wiredesk("publish", str(tmp_path / "b.warc"), "--json", **at(kafka))
    assert sent.returncode == 0
    assert json.loads(sent.stdout) == {
        "topic": topic,
        "pages": 1,
        "acknowledged": 1,
        "truncated": 0,
        "passed_over": {"image": 1},
        "problems": [],
    }


UNREACHABLE = {
    "WIREDESK_CACHE_DIR": "{tmp}/cache",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "HTTP_PROXY": "http://127.0.0.1:1",
}
NOWHERE = {"WIREDESK_BOOTSTRAP_SERVERS": "127.0.0.1:1"}


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "message"),
    [
        (["wat"], {}, 2, "No such command 'wat'"),
        (["tail"], {}, 2, "Missing argument"),
        (["worker", "wat"], {}, 2, "choose one of ingest, extractor, revisions"),
        (["worker", "ingest", "--lane-records", "none"], {}, 2, "WIREDESK_LANE_RECORDS"),
        (["worker", "ingest"], {"WIREDESK_PAGE_DEADLINE": "-1"}, 2, "WIREDESK_PAGE_DEADLINE"),
        (["worker", "ingest"], {"WIREDESK_MAX_PAGE_BYTES": "big"}, 2, "WIREDESK_MAX_PAGE_BYTES"),
        (["worker", "ingest"], {"WIREDESK_SECURITY_PROTOCOL": "SASL_SSL"}, 2, "WIREDESK_SASL_USERNAME"),
        (["config"], {"WIREDESK_SASL_MECHANISM": "wat"}, 2, "WIREDESK_SASL_MECHANISM"),
        (["topics", "list", "--security-protocol", "SSL", "--ssl-ca-file", "/no/such.pem"], {}, 2, "cannot be read"),
        (["topics", "create", "--partitions", "0"], {}, 2, "--partitions"),
        (["up", "--workers", "extractor"], {}, 2, "STAGE=N"),
        (["up", "--data", "{tmp}", "--port", "0"], {"WIREDESK_COMPRESSION": "rar"}, 2, "WIREDESK_COMPRESSION"),
        (["up", "--data", "{tmp}", "--port", "0"], {"WIREDESK_DRAIN_TIMEOUT": "15"}, 2, "WIREDESK_DRAIN_TIMEOUT"),
        (["broker", "--data", "{tmp}", "--port", "0"], {"WIREDESK_COMPRESSION": "rar"}, 2, "WIREDESK_COMPRESSION"),
        (["demo"], {"WIREDESK_SITE_RULES": "/no/such.toml"}, 2, "WIREDESK_SITE_RULES"),
        (["dlq", "list", "--by", "wat"], {}, 2, "Invalid value for '--by': 'wat' is not one of"),
        (["broker", "--nodes", "2"], {}, 2, "quorum"),
        (["broker", "--data", "/dev/null/x", "--port", "0"], {}, 1, "cannot be written"),
        (["broker", "--data", "{tmp}", "--port", "0"], {"WIREDESK_CACHE_DIR": "/dev/null/x"}, 1, "WIREDESK_CACHE_DIR"),
        (["schemas", "--out", "/dev/null/x"], {}, 1, "cannot be written"),
        (["worker", "ingest", "--drain-timeout", "50"], {}, 2, "WIREDESK_DRAIN_TIMEOUT"),
        (["broker", "--data", "{tmp}", "--port", "0"], UNREACHABLE, 1, "Maven Central does not answer"),
        (["demo"], UNREACHABLE, 1, "Maven Central does not answer"),
        (["publish", "/no/such/page.html"], {}, 2, "no such file"),
        (["publish", "Makefile"], {}, 2, "an unknown kind of file"),
        (["publish", "samples/pages/index.html"], NOWHERE, 2, "a page needs its URL"),
        (["publish", "samples/pages/index.html", "--url", URL], NOWHERE, 1, "no Kafka broker answers"),
        (["topics", "create"], NOWHERE, 1, "no Kafka broker answers"),
        (["topics", "list"], NOWHERE, 1, "no Kafka broker answers"),
        (["tail", "pages.raw"], NOWHERE, 1, "no Kafka broker answers"),
        (["worker", "ingest"], {**NOWHERE, "WIREDESK_METRICS_PORT": "0"}, 1, "no Kafka broker answers"),
    ],
)
def test_what_is_wrong_is_reported_in_one_line(
    arguments: list[str],
    environment: dict[str, str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value.replace("{tmp}", str(tmp_path)))
    # Logs are configured per process, and this process is pytest.
    monkeypatch.setattr(logs, "configure", lambda _: None)
    ended = app.run([argument.replace("{tmp}", str(tmp_path)) for argument in arguments])
    written = capsys.readouterr().err.splitlines()
    lines = [line for line in written if not line.startswith("fetching Apache Kafka, once: ")]
    assert (ended, len(lines)) == (code, 1), written
    assert lines[0].startswith("wiredesk: ")
    assert message in lines[0]


def test_taken_ports_unknown_topics_and_missing_addresses(kafka: KafkaSettings, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        broker = wiredesk("broker", "--port", port, "--data", str(tmp_path))
        assert (broker.returncode, broker.stderr) == (
            1,
            f"wiredesk: port {port} is taken: choose another with --port, or 0 for any\n",
        )
        create_topics(kafka)
        worker = wiredesk("worker", "ingest", WIREDESK_METRICS_PORT=port, **at(kafka))
        assert worker.returncode == 1
        assert worker.stderr.splitlines()[-1].startswith(f"wiredesk: metrics cannot be served on 127.0.0.1:{port}")
    unknown = wiredesk("tail", "no.such.topic", **at(kafka))
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (2, 1)
    nameless = wiredesk("publish", str(SAMPLES / "pages"), **at(kafka))
    assert (nameless.returncode, "--base-url" in nameless.stderr, len(nameless.stderr.splitlines())) == (2, True, 1)


def test_secrets_are_masked() -> None:
    shown = wiredesk("config", WIREDESK_SASL_PASSWORD="hunter2", WIREDESK_SSL_KEY_PASSWORD="hunter2")
    assert shown.returncode == 0
    assert "hunter2" not in shown.stdout + shown.stderr
    as_json = json.loads(wiredesk("config", "--json", WIREDESK_SASL_PASSWORD="hunter2").stdout)
    assert as_json["WIREDESK_SASL_PASSWORD"] == {"value": "********", "from": "environment"}


def test_a_worker_logs_json_and_tells_its_health(kafka: KafkaSettings, tmp_path: Path) -> None:
    create_topics(kafka)
    worker = WorkerProcess("ingest", kafka, tmp_path / "log")
    try:
        wait_until(lambda: worker.get("/healthz")[0] == 200, "it lives")
        wait_until(worker.is_ready, "it is ready")
        metrics = worker.get("/metrics")[1]
        assert 'wiredesk_stage{stage="ingest",version=' in metrics
        assert 'wiredesk_lanes{stage="ingest",state="running"} 1.0' in metrics
    finally:
        assert worker.terminate() == 0
    for line in (tmp_path / "log").read_text().splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))


def test_a_killed_broker_command_takes_kafka_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wiredesk.cli", "broker", "--data", str(tmp_path), "--port", str(free_port())]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().startswith("ready 127.0.0.1:")
    family = psutil.Process(process.pid).children(recursive=True)
    assert any("kafka.Kafka" in part for child in family for part in child.cmdline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=scaled(30))
    assert not alive
    assert "shut down completed" in (tmp_path / "kafka" / "node-1" / "kafka.log").read_text().lower().replace("(", "")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_a_local_stack_that_stops_leaves_no_process(number: signal.Signals, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "wiredesk.cli",
        "up",
        "--data",
        str(tmp_path),
        "--port",
        "0",
        "--workers",
        "enrichment=0",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().startswith("ready 127.0.0.1:")
        parent = psutil.Process(process.pid)
        # Kafka and its guard; then two workers, each with its template, and a child below that.
        wait_until(lambda: len(parent.children(recursive=True)) >= 2 + 2 * 3, "everything runs")
    family = parent.children(recursive=True)
    process.send_signal(number)
    assert process.wait(scaled(60)) in (0, -signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=scaled(30))
    assert not alive


def test_nothing_from_outside_reaches_the_terminal_as_a_command() -> None:
    assert printable("a\x1b]0;owned\x07\u009bm\tb\n") == "a\\x1b]0;owned\\x07\\x9bm\tb\n"


def test_an_archive_may_hold_what_no_server_should_say(tmp_path: Path) -> None:
    odd = HTTP.replace(b"200 OK", b"999 Request denied")
    (tmp_path / "a.warc").write_bytes(WARC % (len(odd), odd))
    for binary in (True, False):
        ((value, headers),) = page_files.read_pages(tmp_path / "a.warc", "a.warc", page_files.PageUrls(), binary=binary)
        assert b"999" in value or ("ce_httpstatus", b"999") in headers


def test_globs_and_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "x.html").touch()
    assert [path.name for path, _ in page_files.find_files([f"{tmp_path}/*.html"])] == ["x.html"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no page in this folder"):
        page_files.find_files([str(tmp_path / "empty")])
