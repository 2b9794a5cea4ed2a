"""The ACLs that `wiredesk acls` prints are necessary and sufficient, for workers, commands and replays."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from aiokafka import TopicPartition

from tests import echo, secured, topics, webhooks
from tests.handlers import STAGE
from tests.revised import Life, write
from tests.secured import Guest, SecuredKafka
from tests.support import SAMPLES, Raw, publish
from tests.waiting import deadline
from wiredesk import registry
from wiredesk.cli import app
from wiredesk.intake.delivery import KafkaPublisher
from wiredesk.operations import acls
from wiredesk.operations.acls import Acl, Operation, Resource
from wiredesk.operations.command_acls import COMMANDS, Request
from wiredesk.operations.replays.run import RUNS_TOPIC, Run, load_runs, save_run
from wiredesk.pipeline import INGEST, PAGES_RAW, STAGES, TOPICS
from wiredesk.registry import all_topics
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Topic
from wiredesk.runtime.trouble import TroubleKind
from wiredesk.runtime.worker import Worker

LISTENER = "listener.name.sasl."
PREFIX = "d1."


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    settings = {
        **secured.AUTHORIZER,
        LISTENER + "sasl.enabled.mechanisms": "PLAIN",
        LISTENER + "plain.sasl.jaas.config": f'{secured.LOGIN} user_desk="secret" user_guest="secret";',
    }
    with secured.running(tmp_path_factory.mktemp("acls"), {"SASL": "SASL_PLAINTEXT"}, settings) as kafka:
        yield kafka


@pytest.fixture(scope="module")
def guest(cluster: SecuredKafka) -> Guest:
    return Guest(cluster.door)


def settings(cluster: SecuredKafka, prefix: str) -> KafkaSettings:
    return cluster.settings(
        "SASL",
        "SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_username="guest",
        sasl_password="secret",
        topic_prefix=prefix,
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("guarantee", ["exactly_once", "at_least_once"])
async def test_a_worker_needs_exactly_what_is_printed(cluster: SecuredKafka, guest: Guest, guarantee: str) -> None:
    kafka = settings(cluster, f"w{guarantee[0]}.")
    work = echo.SETTINGS.model_copy(update={"guarantee": guarantee, "transaction_timeout": 5})
    door = cluster.open.model_copy(update={"topic_prefix": kafka.topic_prefix})
    await topics.create(door, echo.TOPICS)
    await echo.send(door, [b"fine"])
    needed = acls.least(acls.worker(kafka, work, STAGE))
    for missing in needed:
        others = [acl for acl in needed if acl != missing]
        guest.may(*others)
        line = await trouble(kafka, work)
        assert missing.name in line, (missing, line)
        assert "guest" in line
        if missing.operation in (Operation.READ, Operation.WRITE) and missing.name in written(kafka):
            guest.may(*others, Acl(missing.resource, missing.name, Operation.DESCRIBE))
            line = await trouble(kafka, work)
            assert f"{missing.operation} on topic {missing.name} to user guest" in line
    guest.may(*needed)
    async with echo.worker(kafka, work):
        assert len(await echo.outcomes(door, 1)) == 1


def written(kafka: KafkaSettings) -> list[str]:
    """Return the topics that the test's only record touches: it is not dead-lettered."""
    return [kafka.on_cluster("in"), kafka.on_cluster("out")]


async def trouble(kafka: KafkaSettings, work: WorkerSettings) -> str:
    """Return the line in which a worker names a denied operation: at its start, or while it is not ready."""
    worker, stop = Worker(STAGE, kafka, work), asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    try:
        async with asyncio.timeout(deadline()):
            while not running.done():
                if (trouble := worker.trouble()) is not None and trouble.kind is TroubleKind.FORBIDDEN:
                    return trouble.message
                await asyncio.sleep(0.05)
        with pytest.raises(WiredeskError) as refused:
            await running
        return str(refused.value)
    finally:
        stop.set()
        with contextlib.suppress(WiredeskError):
            await running


@pytest.mark.timeout(300)
async def test_the_intake_needs_exactly_what_is_printed(cluster: SecuredKafka, guest: Guest) -> None:
    kafka = settings(cluster, "i.")
    await topics.create(cluster.open.model_copy(update={"topic_prefix": kafka.topic_prefix}), (PAGES_RAW,))
    (needed,) = least(kafka, "intake")
    guest.may()
    publisher = KafkaPublisher(kafka, PAGES_RAW.name)
    async with asyncio.timeout(deadline()), publisher.running():
        while (trouble := publisher.trouble) is None or trouble.kind is not TroubleKind.FORBIDDEN:
            await asyncio.sleep(0.05)
        assert needed.name in trouble.message
        assert "guest" in trouble.message
        guest.may(needed)
        while publisher.trouble is not None:
            await asyncio.sleep(0.05)
        assert (await (await publisher.send((b"{}", []), None))).offset == 0


def test_the_canary_needs_exactly_what_is_printed(
    cluster: SecuredKafka, guest: Guest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kafka = settings(cluster, "n.")
    asyncio.run(topics.create(cluster.open.model_copy(update={"topic_prefix": kafka.topic_prefix}), TOPICS))
    for name, value in secured.environment(kafka).items():
        monkeypatch.setenv(name, value)
    needed = least(kafka, "canary")
    for missing in needed:
        guest.may(*(acl for acl in needed if acl != missing))
        assert app.run(["canary", "--once", "--deadline", "1"]) == 1
        lines = capsys.readouterr().err.splitlines()
        assert missing.name in lines[-1], (missing, lines)
        assert "guest" in lines[-1]
    guest.may(*needed)
    assert app.run(["canary", "--once", "--deadline", "1", "--json"]) == 1
    probed = orjson.loads(capsys.readouterr().out)
    assert probed["missing"] == probed["sent"] > 0, "no stage runs"


ARGUMENTS: dict[str, tuple[str, ...]] = {
    "topics list": ("topics", "list"),
    "topics compare": ("topics", "compare", "articles.enriched", "articles.enriched.v2"),
    "publish": ("publish", str(SAMPLES / "pages" / "index.html"), "--url", "https://s.example/"),
    "tail": ("tail", "pages.raw", "--from-beginning", "--until-end"),
    "archive": ("archive", "--into", "lake"),
    "archive forget": ("archive", "--into", "lake", "--forget"),
    "notify": ("notify", "rules.toml", "--until-end"),
    "status": ("status",),
    "audit": ("audit",),
    "audit continuous": ("audit", "--continuous", "--once"),
    "trace": ("trace", "https://s.example/"),
    "story": ("story", "https://s.example/"),
    "forget": ("forget", "https://s.example/never-published", "--yes"),
    "forget check": ("forget", "https://s.example/never-published", "--check"),
    "dlq list": ("dlq", "list"),
    "dlq show": ("dlq", "show", "pages.raw.dlq/0/0", "--json"),
    "dlq export": ("dlq", "export", "letters"),
    "dlq import": ("dlq", "import", "kept"),
    "dlq redrive": ("dlq", "redrive", "--yes"),
    "dlq purge": ("dlq", "purge", "--yes"),
    "replay list": ("replay", "list"),
    "replay rewind": ("replay", "ingest", "--rewind-group", "--offset", "0:1", "--yes"),
}
"""Arguments of each command, except those with their own tests."""

OF_ONE_STAGE = ("dlq show", "replay rewind")
OF_ONE_TOPIC = ("tail",)


def test_every_command_is_tried() -> None:
    assert set(ARGUMENTS) == set(COMMANDS) - {
        "worker",
        "intake",
        "canary",
        "web",
        "topics create",
        "topics alter",
        "replay",
        "replay resume",
    }


def test_making_the_topics_needs_exactly_what_is_printed(
    cluster: SecuredKafka, guest: Guest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in secured.environment(settings(cluster, "")).items():
        monkeypatch.setenv(name, value)
    for number in range(2 * len(all_topics())):
        kafka = settings(cluster, f"c{number}.")  # Kafka has created the other topics
        monkeypatch.setenv("WIREDESK_TOPIC_PREFIX", kafka.topic_prefix)
        needed = least(kafka, "topics create")
        assert len(needed) == 2 * len(all_topics())
        guest.may(*needed[:number], *needed[number + 1 :])
        assert app.run(["topics", "create", "--partitions", "1"]) == 1
        assert needed[number].name in capsys.readouterr().err
    guest.may(*needed)
    assert app.run(["topics", "create", "--partitions", "1"]) == 0


@pytest.mark.timeout(300)
def test_each_command_needs_exactly_what_is_printed(
    cluster: SecuredKafka,
    guest: Guest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kafka = settings(cluster, PREFIX)
    door = cluster.open.model_copy(update={"topic_prefix": PREFIX})
    monkeypatch.setattr(os, "nice", lambda _: 0)  # it would be for the rest of the tests, too
    monkeypatch.chdir(tmp_path)
    for name, value in secured.environment(kafka).items():
        monkeypatch.setenv(name, value)
    asyncio.run(fill(door, tmp_path))
    for command, arguments in ARGUMENTS.items():
        needed = least(kafka, command)
        # CREATE is needed only while the topic does not exist.
        for missing in sorted(needed, key=lambda acl: acl.operation is not Operation.CREATE):
            if command.startswith("dlq "):
                asyncio.run(add_letters(door))
            (tmp_path / "letters").unlink(missing_ok=True)
            guest.may(*(acl for acl in needed if acl != missing))
            code, error = app.run(list(arguments)), capsys.readouterr().err
            assert code == 1, (command, missing, error)
            lines = [line for line in error.splitlines() if not line.startswith("{")]  # without logs
            assert len(lines) == 1, error
            assert missing.name in error, (command, missing, error)
            assert "guest" in error
            if missing.operation is Operation.CREATE:  # from here on there is something to be read
                guest.may(*needed)
                assert app.run(list(arguments)) == 0
        (tmp_path / "letters").unlink(missing_ok=True)
        guest.may(*needed)
        assert app.run(list(arguments)) == 0, (command, capsys.readouterr().err)
        capsys.readouterr()


def least(kafka: KafkaSettings, command: str) -> list[Acl]:
    stages = (INGEST,) if command in OF_ONE_STAGE else tuple(STAGES.values())
    read = (PAGES_RAW,) if command in OF_ONE_TOPIC else ()
    return acls.least(COMMANDS[command](Request(kafka, WorkerSettings(), stages, ("articles.enriched.v2",), read)))


async def fill(door: KafkaSettings, folder: Path) -> None:
    """Create data for every command: a page, topics of a replay, a run, dead letters, and exported ones."""
    await topics.create(door, TOPICS, partitions=1)
    await publish(door, [Raw(b"a page", headers=(("ce_subject", b"https://s.example/"),))] * 2)
    story = Life("https://s.example/")
    story.fetch(0, "The strike lasted for four days, the union said.")
    await write(door, story.records)
    await topics.create(door, [Topic("articles.enriched.v2", "", 1)])
    run = Run(
        id="ingest-1",
        stage="ingest",
        version="1",
        into=None,
        ranges={0: OffsetRange(0, 1)},
        planned_at=datetime.now(UTC),
    )
    async with Cluster(door) as cluster:
        start = {TopicPartition(door.on_cluster(PAGES_RAW.name), 0): 0}
        await cluster.set_group_offsets(door.on_cluster(run.group), start)
        await save_run(cluster, run, 1)
    await add_letters(door)
    rows = [
        {"id": f"x/0/{n}", "topic": stage.dead_letter_topic.name, "key": None, "value": "eA==", "headers": list[str]()}
        for n, stage in enumerate(STAGES.values())
    ]
    webhooks.Receiver("http://127.0.0.1:1/").rules(folder)
    (folder / "kept").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


async def add_letters(door: KafkaSettings) -> None:
    async with clients.started(clients.producer(door, "letters"), door) as producer:
        for stage in STAGES.values():
            name = door.on_cluster(stage.dead_letter_topic.name)
            await producer.send_and_wait(name, b"x", key=b"a page", headers=[("wiredesk_dlq_reason", b"empty")])


@pytest.fixture
def light_ingest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage of ingest that loads at once; what it needs of Kafka is the same."""
    found = registry.registry()
    light = replace(INGEST, handler="tests.faults.light_stages:ingest")
    stages = replace(found, stages={**found.stages, INGEST.name: light})
    monkeypatch.setattr(registry, "registry", lambda: stages)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("light_ingest")
def test_a_replay_needs_exactly_what_is_printed(
    cluster: SecuredKafka, guest: Guest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only a part of what a replay writes beside its topic is tested: all of it is created, written and read in the same way."""
    kafka = settings(cluster, "r1.")
    door = cluster.open.model_copy(update={"topic_prefix": kafka.topic_prefix})
    monkeypatch.setattr(os, "nice", lambda _: 0)  # it would be for the rest of the tests, too
    for name, value in secured.environment(kafka).items():
        monkeypatch.setenv(name, value)
    asyncio.run(topics.create(door, TOPICS, partitions=1))
    asyncio.run(publish(door, [Raw(b"light:%d:ingest:pass:" % number) for number in range(20)]))

    def replayed(*options: str) -> tuple[int, list[str]]:
        code = app.run(["replay", *options, "--log-level", "error"])
        return code, [line for line in capsys.readouterr().err.splitlines() if not line.startswith("{")]

    into = "pages.v2"
    planned = ("ingest", "--from", "1h", "--into", into, "--yes", "--transaction-timeout", "10")
    needed = acls.least(acls.replay(kafka, WorkerSettings(), INGEST, into))
    tried = [acl for acl in needed if not acl.name.endswith((".skipped", ".dlq"))]
    for missing in sorted(tried, key=lambda acl: acl.operation is not Operation.CREATE):
        guest.may(*(acl for acl in needed if acl != missing))
        code, lines = replayed(*planned)
        assert (code, len(lines)) == (1, 1), (missing, lines)
        assert missing.name in lines[0], (missing, lines)
    stopped = list(asyncio.run(saved_runs(door)))
    guest.may(*needed)
    assert replayed(*planned) == (0, [])
    taken_up = acls.least(acls.resume(kafka, WorkerSettings(), INGEST, into))
    reads_runs = Acl(Resource.TOPIC, kafka.on_cluster(RUNS_TOPIC.name), Operation.READ)
    guest.may(*(acl for acl in taken_up if acl != reads_runs))
    code, lines = replayed("--resume", stopped[-1])
    assert (code, len(lines)) == (1, 1), lines
    assert reads_runs.name in lines[0]
    guest.may(*taken_up)
    assert replayed("--resume", stopped[-1]) == (0, [])


async def saved_runs(door: KafkaSettings) -> list[str]:
    async with Cluster(door) as cluster:
        return list(await load_runs(cluster))
