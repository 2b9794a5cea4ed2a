"""Every command on a terminal of 80x24 and of 200x50, and in a pipe in ASCII: nothing is cut, and nothing is too wide."""

import asyncio
import json
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import typer

from tests import topics
from tests.copies import article, story
from tests.revised import Life, copies_of, write
from tests.screen import Screen
from tests.support import SAMPLES, Raw, collect, publish
from tests.terminals import Ended, Terminals
from wiredesk.cli import app
from wiredesk.pipeline import ARTICLES_CLEANED, PAGES_RAW, PAGES_SKIPPED, TOPICS
from wiredesk.registry import all_topics
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import KafkaProcess, environment, wait_until, workers

NARROW, WIDE = (80, 24), (200, 50)
HOST = "an-edition-with-a-long-name.of-a-newspaper-with-a-longer-one.in-a-deep.subdomain.news.example"
TITLE = "春茶提前上市 茶农收入增加"
PREFIX = "the-deployment-of-a-newsroom-with-a-long-name.2026."
RUNNING = "a-topic-for-a-replay-that-has-a-rather-long-name.v2"
RULES = """
[receivers.desk]
url = "http://127.0.0.1:1/"
secret_file = "{secret}"

[[rules]]
name = "storms"
receiver = "desk"
topics = ["medtop:20000139"]
"""
INTERRUPT = ("signal", signal.SIGINT)
NO_ARTICLES = (0, 2)
"""Codes of a replay on a topic without articles: there is nothing, or nothing but the tombstones of `forget`."""


@dataclass(frozen=True)
class Case:
    """A command to run.

    Attributes:
        arguments: arguments after its name; `{}` fields are those of `Newsroom`.
        shows: texts that its output on a terminal must contain, uncut.
        codes: expected exit codes.
        steps: steps while it runs; such a command runs once, and is resized meanwhile.
        copied: its lines may be wider than the terminal, because users copy them.
        fails: it prints one line on stderr, and nothing else.
    """

    arguments: str = ""
    shows: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)
    steps: tuple[tuple[Any, ...], ...] = ()
    copied: bool = False
    fails: bool = False


CASES: dict[str, list[Case]] = {
    "demo": [Case("--help", ("--timeout",))],
    "up": [
        Case(
            "--data {data}/up --port 0 --workers ingest=1 --workers extractor=0 --workers enrichment=0",
            ("starting Apache Kafka on a free port", "ready 127.0.0.1:", "metrics ports", "stopping Kafka"),
            steps=(("wait", "1/1"), ("resize", *WIDE), ("wait", "1/1"), INTERRUPT),
        )
    ],
    "broker": [
        Case(
            "--data {data}/broker --port 0",
            ("starting Apache Kafka", "ready 127.0.0.1:"),
            steps=(("wait", "ready"), INTERRUPT),
        )
    ],
    "topics create": [Case("", (f"{len(all_topics())} existed",))],
    "topics list": [Case("", (f"{PREFIX}articles.cleaned.dlq", "Articles with topics and entities"))],
    "topics export": [Case("--format terraform", (f'"{PREFIX}articles.cleaned.dlq"',), copied=True)],
    "topics compare": [Case("articles.cleaned {into}", (), (0, 1))],
    "worker": [Case("ingest --metrics-port 0", ('"event"',), steps=(("wait", "event"), INTERRUPT), copied=True)],
    "intake": [Case("--intake-port 0", ('"event"',), steps=(("wait", "intake listening"), INTERRUPT), copied=True)],
    "canary": [
        Case("--once --deadline 1", ("partition", "missing"), (1,)),
        Case("--canary-port 0", ('"event"',), steps=(("wait", "canary starting"), INTERRUPT), copied=True),
    ],
    "web": [Case("--web-port 0", ('"event"',), steps=(("wait", "web page listening"), INTERRUPT), copied=True)],
    "publish": [
        Case(f"{SAMPLES}/pages/index.html --url https://{HOST}/index.html", (f"{PREFIX}pages.raw",)),
        Case(f"- --url https://{HOST}/stdin.html", codes=(130,), steps=(("wait", "publishing"), INTERRUPT)),
    ],
    "tail": [Case("articles.cleaned --from-beginning --until-end", (TITLE, HOST), copied=True)],
    "archive": [
        Case("--into {data}/archive-{number}", ("nothing new",)),
        Case("--into {data}/archive-{number} --forget", ("0 rows taken out",)),
    ],
    "notify": [
        Case("{rules} --check", ("storms", "medtop:20000139")),
        Case("{rules}", ('"event"',), steps=(("wait", "notifier ready"), INTERRUPT), copied=True),
    ],
    "status": [
        Case("", ("extractor",), (0, 1)),
        Case(
            "--watch",
            ("extractor",),
            (0, 1),
            (("wait", "extractor"), ("resize", *WIDE), ("wait", "extractor"), INTERRUPT),
        ),
    ],
    "extract": [
        Case(f"{SAMPLES}/pages/tea-gb18030.html", (TITLE,)),
        Case(f"{SAMPLES}/pages/tea-gb18030.html --explain", (TITLE, "kept")),
    ],
    "enrich": [Case("{article} --topic-model fast", (TITLE,))],
    "dlq list": [
        Case("", (f"{PREFIX}pages.raw.dlq", "binary")),
        Case("--by host --by reason --by topic --by day", (HOST, f"{PREFIX}pages.raw.dlq")),
    ],
    "dlq show": [Case("{letter}", ("{letter}", HOST, "binary"))],
    "dlq redrive": [Case("--dry-run", ("binary",))],
    "dlq export": [Case("{data}/exported-{number}.jsonl")],
    "dlq import": [Case("{exported}")],
    "dlq purge": [Case("--topic extractor --yes")],
    "replay": [Case("--resume {run}", ("{run}",))],
    "replay ingest": [Case("--from 7d --to 6d --dry-run", codes=(0, 2))],
    "replay extractor": [Case("--from 7d --into {into} --dry-run", (f"{PREFIX}{RUNNING}",))],
    "replay revisions": [Case("--from 7d --into {into} --dry-run", (f"{PREFIX}{RUNNING}",), (0, 1))],
    "replay latest": [Case("--from 7d --into {into} --dry-run", codes=NO_ARTICLES)],
    "replay signatures": [Case("--from 7d --into {into} --dry-run", codes=NO_ARTICLES)],
    "replay syndication": [Case("--from 7d --into {into} --dry-run", codes=NO_ARTICLES)],
    "replay enrichment": [Case("--rewind-group --from 7d --dry-run")],
    "replay list": [Case("", ("{run}", RUNNING))],
    "replay show": [Case("{run}", ("{run}", RUNNING))],
    "trace": [Case(f"https://{HOST}/tea.html", (f"{PREFIX}pages.raw", TITLE, "waits for revisions"))],
    "story": [
        Case(f"https://{HOST}/written.html", ("Ferry crews end strike", "{{+end+}}", "(this story)")),
        Case(f"https://{HOST}/tea.html", (f"no story of https://{HOST}/tea.html",), (1,), fails=True),
    ],
    "topics alter": [Case("--dry-run", ("nothing differs",))],
    "forget": [
        Case("--help", ("URL|PAGE_ID", "--undo")),
        Case(f"https://{HOST}/tea.html --check", (f"{PREFIX}articles.cleaned", "no tombstone yet"), (1,)),
        Case(f"https://{HOST}/never.html --yes --reason 4711", ("tombstones are written",)),
        Case("--list", ("4711",)),
    ],
    "audit": [
        Case("", ("in flight",), (0, 1)),
        Case("--continuous --once", (" due, ", " late, lag "), (0, 1)),
        Case(
            "--continuous --audit-port 0",
            ('"event"', " due, "),
            steps=(("wait", " due, "), INTERRUPT),
            copied=True,
        ),
    ],
    "acls": [
        Case(
            "--principal User:an-account-with-a-long-name",
            (f"{PREFIX}pages.accepted", "User:an-account-with-a-long-name"),
        ),
        Case("--principal User:ingest --format kafka-acls", (f"{PREFIX}pages.accepted",), copied=True),
    ],
    "schemas": [Case("--out {data}/schemas-{number}")],
    "schemas register": [Case("--help", ("--registry URL", "--dry-run"))],
    "config": [Case("", ("WIREDESK_BOOTSTRAP_SERVERS", "WIREDESK_TOPIC_PREFIX")), Case("--markdown", copied=True)],
}


def command_paths() -> set[str]:
    """Return every command with its sub-commands, as they are typed."""
    whole = typer.Typer()
    whole.callback()(lambda: None)
    for name in app.COMMANDS:
        app.add(whole, name)
    found = set()
    for name, command in typer.main.get_command(whole).commands.items():  # type: ignore[attr-defined] # a group
        below = getattr(command, "commands", {})
        found |= {f"{name} {one}" for one in below} or {name}
        if below and getattr(command, "invoke_without_command", False):
            found.add(name)
    return found


@dataclass
class Newsroom:
    """A deployment with pages of every outcome, and a process that runs commands on it."""

    terminals: Terminals
    values: dict[str, str]
    count: int = field(default=0)

    def run(self, name: str, case: Case, size: tuple[int, int] | None, output: str = "pipe") -> Ended:
        self.count += 1
        arguments = self.filled(f"{name} {case.arguments}").split()
        return self.terminals.run(arguments, size=size, steps=case.steps, output=output)

    def filled(self, text: str) -> str:
        return text.format(**self.values, number=self.count)


@pytest.fixture(scope="module")
def newsroom(cluster: KafkaProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    data = tmp_path_factory.mktemp("terminal")
    kafka = KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, topic_prefix=PREFIX)
    asyncio.run(topics.create(kafka, TOPICS, partitions=2))
    tea = (SAMPLES / "pages" / "tea-gb18030.html").read_bytes().decode("gb18030").replace("gb18030", "utf-8")
    pages = [
        {"url": f"https://{HOST}/tea.html", "body": tea, "content_type": "text/html; charset=utf-8"},
        {"url": f"https://{HOST}/gone.html", "body": tea, "http_status": 404},
        {
            "url": f"https://{HOST}/image.html",
            "body_base64": "/9j/4AAQSkZJRgABAQAAAQABAAD/",
            "content_type": "text/html",
        },
    ]
    written = Life(f"https://{HOST}/written.html")
    written.fetch(0, story(1), title="Ferry crews to strike")
    newest = written.fetch(1, story(1), title="Ferry crews end strike")
    copies = copies_of(newest, article(f"https://{HOST}/copy.html", story(1)))
    asyncio.run(write(kafka, [*written.records, *copies]))
    origins = asyncio.run(publish(kafka, [Raw(json.dumps(page).encode()) for page in pages]))
    reached = [
        kafka.on_cluster(topic) for topic in (ARTICLES_CLEANED.name, PAGES_SKIPPED.name, f"{PAGES_RAW.name}.dlq")
    ]
    with workers(kafka, ("ingest", "extractor"), data / "workers.log"):
        wait_until(lambda: len(asyncio.run(collect(kafka, reached, set(origins)))) == len(pages), "all pages are done")
    records = asyncio.run(collect(kafka, reached, set(origins)))
    (letter,) = (record for (record, *_) in records.values() if record.topic.endswith(".dlq"))
    terminals = Terminals({**environment(kafka), "TERM": "xterm-256color", "COLUMNS": "", "LINES": ""})
    cleaned = records[origins[0]][0]
    (data / "article.json").write_bytes(cleaned.value or b"")
    (data / "secret").write_text("a-secret-of-a-receiver", encoding="ascii")
    (data / "rules.toml").write_text(RULES.format(secret=data / "secret"), encoding="utf-8")
    newsroom = Newsroom(
        terminals,
        {
            "rules": str(data / "rules.toml"),
            "data": str(data),
            "into": RUNNING,
            "article": str(data / "article.json"),
            "exported": str(data / "letters.jsonl"),
            "letter": f"{letter.topic.removeprefix(PREFIX)}/{letter.partition}/{letter.offset}",
            "run": "",
        },
    )
    try:
        assert newsroom.run("dlq export {exported}", Case(), None).code == 0
        assert newsroom.run("replay extractor --from 7d --into {into} --json", Case(), None).code in (0, 1)
        listed = newsroom.run("replay list --json", Case(), None).output
        newsroom.values["run"] = json.loads(listed.splitlines()[0])["id"]
        yield newsroom
    finally:
        terminals.close()


def test_every_command_has_a_case() -> None:
    assert set(CASES) == command_paths()


ALL = [
    pytest.param(name, case, id=f"{name} {number}")
    for name, cases in CASES.items()
    for number, case in enumerate(cases)
]
ENDING = [one for one in ALL if not one.values[1].steps]  # type: ignore[union-attr] # a case


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])
@pytest.mark.parametrize(("name", "case"), ALL)
def test_nothing_is_cut_on_a_terminal(name: str, case: Case, size: tuple[int, int], newsroom: Newsroom) -> None:
    if case.steps and size == WIDE:
        pytest.skip("it runs once, and is resized meanwhile")
    ended = newsroom.run(name, case, size)
    assert ended.code in case.codes, ended.output
    screen = Screen(*(WIDE if any(kind == "resize" for kind, *_ in case.steps) else size)).feed(ended.output)
    text = screen.text()
    assert "Traceback" not in text
    assert "…" not in text, text
    whole = re.sub(r"\s", "", text)
    for wanted in case.shows:
        assert re.sub(r"\s", "", newsroom.filled(wanted)) in whole, text
    if not case.copied:
        too_wide = [line for line in screen.overlong() if all(len(word) <= size[0] for word in line.split())]
        assert not too_wide, text


@pytest.mark.parametrize(("name", "case"), ENDING)
def test_a_pipe_in_ascii_gets_plain_lines(name: str, case: Case, newsroom: Newsroom) -> None:
    ended = newsroom.run(name, case, None)
    assert ended.code in case.codes, ended.output
    assert ended.output.isascii()
    assert not set(ended.output) & {"\x1b", "\r"}
    assert "Traceback" not in ended.output


@pytest.mark.parametrize(("name", "case"), ENDING)
def test_a_closed_output_ends_a_command_with_one_line(name: str, case: Case, newsroom: Newsroom) -> None:
    ended = newsroom.run(name, case, None, output="closed")
    assert "Traceback" not in ended.output
    if ended.code != 2 and not case.fails:
        assert ended.code == 1, ended.output
        assert ended.output.splitlines()[-1] == "wiredesk: the output cannot be written: Bad file descriptor"
    else:
        assert ended.code in case.codes, ended.output


def test_a_full_disk_is_a_failure_and_a_reader_that_has_gone_is_none(newsroom: Newsroom) -> None:
    """Such as `head`, which has all that it wanted."""
    for arguments in ([], ["--help"], ["--version"], ["dlq", "list", "--json"], ["config"]):
        full = newsroom.terminals.run(arguments, size=None, output="full")
        assert (full.code, full.output) == (1, "wiredesk: the output cannot be written: No space left on device\n")
        gone = newsroom.terminals.run(arguments, size=None, output="abandoned")
        assert (gone.code, gone.output) == (0, ""), arguments


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])
def test_no_help_is_cut(size: tuple[int, int], newsroom: Newsroom) -> None:
    for name in ("", *command_paths(), "dlq", "topics"):
        ended = newsroom.terminals.run([*name.split(), "--help"], size=size)
        screen = Screen(*size).feed(ended.output)
        assert ended.code == 0
        assert "Usage: wiredesk" in screen.text()
        assert "…" not in screen.text(), screen.text()
        assert not screen.overlong()


def test_no_colour_means_no_animation_either(newsroom: Newsroom) -> None:
    steps = (("wait", "extractor"), INTERRUPT)
    for variable in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        ended = newsroom.terminals.run(["status", "--watch"], size=NARROW, steps=steps, **variable)
        assert "extractor" in ended.output
        assert not re.search(r"\x1b\[\??[0-9]*[A-HJKhl]", ended.output), ended.output
    assert "\x1b" not in ended.output, "a dumb terminal"


def test_an_unknown_command_or_option_names_the_nearest(newsroom: Newsroom) -> None:
    for arguments, nearest in ((["statsu"], "status"), (["status", "--wach"], "--watch"), (["dlq", "lst"], "list")):
        ended = newsroom.terminals.run(arguments, size=None)
        assert (ended.code, ended.output.count("\n")) == (2, 1)
        assert nearest in ended.output.partition("(see ")[0]
