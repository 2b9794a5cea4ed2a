"""The readers under examples/: each reads what we write with its client as it comes, without an extra."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests import toolchains, topics
from tests.support import ROOT
from tests.waiting import until
from wiredesk.contracts.json_schema import example_of
from wiredesk.local.broker import jars
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import ARTICLES_ENRICHED
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import environment
from wiredesk_schemas import EnrichedArticle

EXAMPLES = ROOT / "examples"

type Program = tuple[Sequence[str | Path], Path]
"""A command, and the folder that it runs in."""


def node(folder: Path) -> Program:
    for name in ("package.json", "package-lock.json", "reader.js"):
        shutil.copy(EXAMPLES / "node" / name, folder)
    toolchains.npm(folder)
    return ["node", "reader.js"], folder


def go(folder: Path) -> Program:
    toolchains.go_build(EXAMPLES / "go", folder / "reader")
    return [folder / "reader"], folder


def java(folder: Path) -> Program:
    """The libraries are those of the embedded broker; that they are the pinned ones is a test of its own."""
    toolchains.need("java", "javac")
    joined = os.pathsep.join((jars.classpath(BrokerSettings().cache_dir), str(folder)))
    toolchains.output(["javac", "-cp", joined, "-d", folder, EXAMPLES / "java/src/main/java/Reader.java"], folder)
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", joined, "Reader"], folder


def python(folder: Path) -> Program:
    toolchains.pip(EXAMPLES / "python" / "requirements.txt", folder)
    return [sys.executable, EXAMPLES / "python" / "reader.py"], folder


PROGRAMS = {"node": node, "go": go, "java": java, "python": python}


def events() -> list[dict[str, Any]]:
    """Return articles as they come; the last is of a version to come, with members and fields that nobody knows yet."""
    article = example_of(EnrichedArticle)
    plain = {**article, "event_id": "1", "title": "Jürgens Fähre: 朱镕基 😀"}
    untitled = {**article, "event_id": "2", "title": None, "topics": [], "page_type": "live_blog"}
    old = {name: value for name, value in article.items() if name != "page_type"} | {"event_id": "3", "title": "Old"}
    newer = {
        **article,
        "event_id": "4",
        "schema_version": "1.9",
        "title": "Newer",
        "page_type": "podcast",
        "entities": [{**article["entities"][0], "type": "planet", "orbit": {"days": 365}}],
        "sentiment": [1, 2],
    }
    return [plain, untitled, old, plain, newer]


async def write(kafka: KafkaSettings) -> int:
    """Publish the events in a transaction, between two that are aborted; return the offset after all."""
    await topics.create(kafka, [ARTICLES_ENRICHED], partitions=1)
    topic = kafka.on_cluster(ARTICLES_ENRICHED.name)
    never = {**events()[0], "event_id": "never"}
    producer = clients.producer(kafka, "test", transactional_id=f"{kafka.topic_prefix}test")
    async with clients.started(producer, kafka):
        for written, ends in (
            ([never], producer.abort_transaction),
            (events(), producer.commit_transaction),
            ([never], producer.abort_transaction),
            ([None], producer.commit_transaction),
        ):
            await producer.begin_transaction()
            for event in written:
                value = None if event is None else json.dumps(event).encode()
                last = await producer.send_and_wait(topic, value, key=b"k", partition=0)
            await ends()  # type: ignore[no-untyped-call] # aiokafka
    return int(last.offset) + 1


async def has_read(kafka: KafkaSettings, group: str, end: int) -> bool:
    async with clients.started(clients.admin(kafka), kafka) as admin:
        offsets = await admin.list_consumer_group_offsets(group)
    return any(committed.offset >= end for committed in offsets.values())


@pytest.mark.parametrize("language", PROGRAMS)
async def test_a_reader_in_another_language_reads_articles_as_they_come(
    kafka: KafkaSettings, language: str, tmp_path: Path
) -> None:
    end = await write(kafka)
    command, folder = await asyncio.to_thread(PROGRAMS[language], tmp_path)
    group = kafka.on_cluster("example")
    variables = {"TOPIC": kafka.on_cluster(ARTICLES_ENRICHED.name), "GROUP": group, "PYTHONPATH": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**environment(kafka), **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(scaled(60)):
            lines = [(await process.stdout.readline()).decode() for _ in range(4)]
            if not all(lines):
                pytest.fail((await process.stderr.read()).decode()[-3000:])
            await until(partial(has_read, kafka, group, end), "it has committed all")
            process.send_signal(signal.SIGTERM)
            rest, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    names = ", ".join(topic["name"] for topic in events()[0]["topics"])
    assert names
    assert [line.rstrip("\n").split("\t") for line in lines] == [
        ["1", "Jürgens Fähre: 朱镕基 😀", names, "article"],
        ["2", "(no title)", "", "live_blog"],
        ["3", "Old", names, "article"],
        ["4", "Newer", names, "other"],
    ]
    assert rest == b""
    assert "4 articles" in said.decode()
    assert process.returncode in (0, 128 + signal.SIGTERM)  # Java's, after its shutdown hooks have run


def test_java_compiles_with_the_versions_that_its_project_pins() -> None:
    pom = (EXAMPLES / "java" / "pom.xml").read_text(encoding="utf-8")
    classpath = jars.classpath(BrokerSettings().cache_dir)
    pinned = re.findall(
        r"<artifactId>([\w-]+)</artifactId>\s*<version>([\d.]+)</version>\s*(?:<scope>\w+</scope>\s*)?</dependency>",
        pom,
    )
    assert {name for name, _ in pinned} == {"kafka-clients", "jackson-databind", "slf4j-simple"}
    for name, version in pinned:
        assert f"{name}-{version}.jar" in classpath


def test_each_example_is_described() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for language in PROGRAMS:
        assert f"]({language})" in readme
