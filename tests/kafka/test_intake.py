"""The intake and a real Kafka: what is in the topic, and what clients are answered when Kafka refuses or is away."""

import asyncio
import contextlib
import gzip
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests import topics
from tests.intake import EVENT, JSON, LINES, IntakeProcess, intake_process
from tests.reading import read_topic
from tests.support import ROOT, ends_of
from wiredesk import pipeline
from wiredesk.pipeline import PAGES_RAW, TOPICS
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import environment, wiredesk, workers
from wiredesk_schemas.headers import EVENT_ID

PAGE = "<html><head><title>消息</title></head><body><p>你好，世界。</p></body></html>".encode("gb2312")
URL = "https://paper.example/story"


async def post(
    intake: IntakeProcess, body: Any, headers: dict[str, str], query: str = ""
) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{intake.url}/pages{query}", data=body, headers=headers) as answer,
    ):
        return answer.status, dict(await answer.json(content_type=None))


async def read_all(kafka: KafkaSettings) -> list[Record]:
    reading = read_topic(kafka, [kafka.on_cluster(PAGES_RAW.name)], from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        return [record async for record in reading if record is not None]


def comparable(record: Record) -> tuple[bytes | None, bytes | None, dict[str, bytes | None]]:
    """Return what two records of the same page have in common: a raw page in binary mode has an id of its own."""
    return record.key, record.value, {name: value for name, value in record.headers if name != EVENT_ID}


HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>From an archive.</p>"
WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"WARC-Target-URI: https://w.example/%d\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
)


async def test_each_kind_of_body_gives_the_records_that_publish_gives(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    lines = b"\n".join(b'{"url": "https://l.example/%d", "body": "<p>%d"}' % (n, n) for n in range(3))
    archive = b"".join(gzip.compress(WARC % (n, len(HTTP), HTTP)) for n in range(3))
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "lines.jsonl").write_bytes(lines)
    (tmp_path / "archive.warc.gz").write_bytes(archive)
    published: list[Sequence[str]] = [
        ("page.html", "--url", URL, "--binary"), ("lines.jsonl",), ("archive.warc.gz",),
    ]  # fmt: skip
    for name, *options in published:
        assert wiredesk(kafka, "publish", str(tmp_path / name), *options).returncode == 0
    with intake_process(kafka, tmp_path) as intake:
        for body, headers, query in (
            (PAGE, {"Content-Type": "text/html"}, f"?url={URL}"),
            (lines, LINES, ""),
            (archive, {"Content-Type": "application/warc"}, ""),
        ):
            status, receipt = await post(intake, body, headers, query)
            assert status == 202, receipt
    records = await read_all(kafka)
    assert len(records) == 14
    assert [record.key for record in records[:7]] == [
        URL.encode(), *(b"https://l.example/%d" % n for n in range(3)), *(b"https://w.example/%d" % n for n in range(3))
    ]  # fmt: skip
    assert [comparable(record) for record in records[:7]] == [comparable(record) for record in records[7:]]
    ingest = pipeline.ingest()
    ids = [[output.key for output in ingest(record)] for record in records]
    assert ids[:7] == ids[7:]


async def test_origins_of_a_receipt_are_those_of_the_events(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=2)
    with intake_process(kafka, tmp_path) as intake, workers(kafka, ["ingest", "extractor"], tmp_path / "log"):
        status, receipt = await post(intake, b'{"url": "https://a.example/", "body": "<p>x"}\n' * 3, LINES)
        assert status == 202
        assert {len(records) for records in (await ends_of(kafka, receipt["origins"])).values()} == {1}


async def test_a_page_that_the_topic_refuses_costs_only_itself(kafka: KafkaSettings, tmp_path: Path) -> None:
    small = Topic(PAGES_RAW.name, PAGES_RAW.description, max_message_bytes=20_000)
    await topics.create(kafka, [small], partitions=1)
    large = json.dumps({"url": URL, "body": "".join(map(str, range(20_000)))}).encode()
    with intake_process(kafka, tmp_path, WIREDESK_COMPRESSION="none") as intake:
        status, problem = await post(intake, large, JSON)
        assert (status, problem["failures"][0]["status"]) == (413, 413)
        for _ in range(3):  # another producer is opened meanwhile
            while (await post(intake, EVENT, JSON))[0] == 503:
                await asyncio.sleep(0.05)
    records = await read_all(kafka)
    assert [record.value for record in records] == [EVENT] * 3


async def test_without_a_topic_nothing_is_taken_until_there_is_one(kafka: KafkaSettings, tmp_path: Path) -> None:
    intake = IntakeProcess(kafka, tmp_path / "log")
    try:
        while (status := intake.status("/health/ready")) == 0:
            await asyncio.sleep(0.05)
        assert (status, intake.status("/health/live")) == (503, 200)
        status, problem = await post(intake, EVENT, JSON)
        assert status == 503
        while "pages.raw" not in problem["detail"]:  # it has asked Kafka by then
            status, problem = await post(intake, EVENT, JSON)
        await topics.create(kafka, TOPICS, partitions=1)
        async with asyncio.timeout(scaled(60)):
            while not intake.is_ready():
                await asyncio.sleep(0.05)
        assert (await post(intake, EVENT, JSON))[0] == 202
    finally:
        intake.kill()


async def test_a_request_in_progress_is_finished_when_the_intake_stops(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    first_sent, rest_wanted = asyncio.Event(), asyncio.Event()

    async def body() -> Any:
        yield EVENT + b"\n"
        first_sent.set()
        await rest_wanted.wait()
        yield EVENT + b"\n"

    with intake_process(kafka, tmp_path) as intake:
        posting = asyncio.create_task(post(intake, body(), LINES))
        await first_sent.wait()
        while not await read_all(kafka):  # its first line is published before its last has come
            await asyncio.sleep(0.05)
        stopping = asyncio.create_task(asyncio.to_thread(intake.stop))
        async with asyncio.timeout(scaled(60)):
            while intake.status("/health/ready") != 503:
                await asyncio.sleep(0.05)
        assert (await post(intake, EVENT, JSON))[0] == 503
        rest_wanted.set()
        status, receipt = await posting
        assert (status, receipt["acknowledged"]) == (202, 2)
        assert await stopping == 0
    assert len(await read_all(kafka)) == 2


async def test_a_connection_that_breaks_within_a_body_breaks_nothing_else(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    with intake_process(kafka, tmp_path) as intake:
        head = b"POST /pages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", intake.port)) as connection:
            connection.sendall(head + EVENT)
        assert (await post(intake, EVENT, JSON))[0] == 202
    assert len(await read_all(kafka)) == 1, "half a body is no page"


async def test_the_examples_of_the_documentation_work(kafka: KafkaSettings, tmp_path: Path) -> None:
    """The examples of docs/operations.md, as they stand there."""
    await topics.create(kafka, TOPICS, partitions=1)
    section = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## Pages over HTTP")[2]
    examples = section.partition("```console\n")[2].partition("```")[0]
    lines = [line.removeprefix("$ ") for line in examples.splitlines() if line.startswith("$ curl")]
    assert len(lines) >= 4
    (tmp_path / "page.html").write_bytes(b"<p>A story.</p>" * 200_000)
    (tmp_path / "event.json").write_bytes(EVENT)
    (tmp_path / "pages.jsonl").write_bytes(EVENT + b"\n" + EVENT + b"\n")
    (tmp_path / "crawl.warc.gz").write_bytes(gzip.compress(WARC % (1, len(HTTP), HTTP)))
    token = "a-token-of-the-examples"  # noqa: S105 - of this test
    with intake_process(kafka, tmp_path, WIREDESK_INTAKE_TOKEN=token) as intake:
        for line in lines:
            command = line.replace("http://127.0.0.1:8080", intake.url)
            ran = await asyncio.to_thread(
                subprocess.run, ["bash", "-c", command], cwd=tmp_path, env={**environment(kafka), "TOKEN": token},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert ran.returncode == 0, (command, ran.stderr, ran.stdout)
            assert json.loads(ran.stdout)["failures"] == [], command


@pytest.mark.parametrize(
    ("options", "variables", "message"),
    [
        (["--intake-host", "192.0.2.1"], {}, "is not on loopback"),
        ([], {"WIREDESK_INTAKE_TOKEN": "short"}, "fewer than 16 characters"),
        ([], {"WIREDESK_INTAKE_TOKEN": "a-token-with-ümlauts"}, "characters that a bearer token must not have"),
        (["--intake-token-file", "/no/such/file"], {}, "cannot be read"),
        (["--intake-tls-cert-file", "/no/such.pem"], {}, "together or not at all"),
        (["--intake-tls-cert-file", "/no/such.pem", "--intake-tls-key-file", "/no/such.pem"], {}, "cannot be used"),
        (["--intake-page-bytes", "2000000", "--intake-bytes", "3000000"], {}, "at least 4 times"),
    ],
)
def test_wrong_settings_end_with_one_line(options: list[str], variables: dict[str, str], message: str) -> None:
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    ran = subprocess.run(
        [sys.executable, "-m", "wiredesk.cli", "intake", *options],
        env={**environment(kafka), **variables}, capture_output=True, text=True, check=False, timeout=scaled(60),
    )  # fmt: skip
    assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1), ran.stderr
    assert message in ran.stderr
    assert "short" not in ran.stderr.replace("shorter", "")
