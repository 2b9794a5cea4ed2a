"""`dlq list` and `dlq show`."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from aiokafka import TopicPartition

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.dlq.selecting import Host, Reason, Selection, Since, Topic, selection
from wiredesk.cli.options import with_settings
from wiredesk.cli.tail import as_object
from wiredesk.operations.page_urls import host_of, page_url
from wiredesk.runtime import logs
from wiredesk.runtime.dead_letters import Letter, letters, mark, redriven
from wiredesk.runtime.dead_letters.letter import parsed
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka import topics
from wiredesk.runtime.kafka.reading import between, ends
from wiredesk.runtime.records import parse_coordinates
from wiredesk.runtime.replay import noted_runs
from wiredesk.runtime.replay.run import targets
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import decode_text, rename_received

SHOWN_CHARACTERS = 2000


class By(StrEnum):
    """What dead letters are counted by."""

    TOPIC = "topic"
    REASON = "reason"
    HOST = "host"
    STAGE = "stage"
    HOUR = "hour"
    DAY = "day"


KEYS: dict[By, Callable[[Letter], str]] = {
    By.TOPIC: lambda letter: letter.record.topic,
    By.REASON: lambda letter: letter.reason,
    By.HOST: lambda letter: host_of(letter.record) or "(unknown)",
    By.STAGE: lambda letter: letter.stage.name,
    By.HOUR: lambda letter: letter.time.astimezone(UTC).strftime("%Y-%m-%dT%H:00Z"),
    By.DAY: lambda letter: letter.time.astimezone(UTC).strftime("%Y-%m-%d"),
}


@dataclass(slots=True)
class Count:
    """Dead letters of one kind: how many, how many of them were redriven, the first, the last, and an example."""

    letters: int = 0
    redriven: int = 0
    first: datetime | None = None
    last: datetime | None = None
    newest: str = ""

    def add(self, letter: Letter, *, is_redriven: bool) -> None:
        """Count one in."""
        self.letters += 1
        self.redriven += is_redriven
        self.first = min(self.first or letter.time, letter.time)
        if self.last is None or letter.time >= self.last:
            self.last, self.newest = letter.time, letter.id


@with_settings(kafka=KafkaSettings)
def list_letters(
    *,
    by: Annotated[
        list[By] | None, typer.Option(help="Count by this; can be repeated. Default: topic and reason.")
    ] = None,
    topic: Topic = None,
    reason: Reason = None,
    host: Host = None,
    since: Since = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Count dead letters: by topic and reason, or by host, stage, hour, day.

    The last column names the newest of each kind, for 'wiredesk dlq show'.
    """
    logs.quiet()
    keys = by or [By.TOPIC, By.REASON]
    counts = asyncio.run(_counted(kafka, selection(topic, reason, host, since), keys))
    rows = sorted(counts.items(), key=lambda item: item[0] if {By.HOUR, By.DAY} & set(keys) else (-item[1].letters,))
    if as_json:
        for names, count in rows:
            told = {"letters": count.letters, "redriven": count.redriven, "first": count.first, "last": count.last}
            console.json({**dict(zip(map(str, keys), names, strict=True)), **told, "newest": count.newest})
        return
    console.table(
        f"{sum(count.letters for count in counts.values())} dead letters",
        (*keys, "letters", "redriven", "first", "last", "newest"),
        [(*names, c.letters, c.redriven, _minute(c.first), _minute(c.last), c.newest) for names, c in rows],
    )


async def _counted(kafka: KafkaSettings, chosen: Selection, keys: list[By]) -> dict[tuple[str, ...], Count]:
    counts: defaultdict[tuple[str, ...], Count] = defaultdict(Count)
    done = await redriven(kafka)
    async with contextlib.aclosing(letters(kafka, chosen.stages, since_ms=chosen.since_ms)) as reading:
        async for letter in reading:
            if chosen.wants(letter):
                counts[tuple(KEYS[key](letter) for key in keys)].add(letter, is_redriven=mark(letter.record) in done)
    return counts


def _minute(when: datetime | None) -> str:
    return "" if when is None else when.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


@with_settings(kafka=KafkaSettings)
def show(
    letter_id: Annotated[
        str, typer.Argument(metavar="ID", help="pages.raw.dlq/0/17, as 'wiredesk dlq list' tells it.")
    ],
    *,
    whole: Annotated[bool, typer.Option("--whole", help="The whole page, however long.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object: the record as 'wiredesk tail' tells it.")
    ] = False,
    kafka: KafkaSettings,
) -> None:
    """Show one dead letter: why it was given up, the stack, its headers, and the page."""
    logs.quiet()
    letter, rounds = asyncio.run(_letter_and_rounds(kafka, letter_id))
    if as_json:
        console.json(as_object(letter.record))
        return
    facts: dict[str, Any] = {
        "dead letter": letter.id,
        "page": page_url(letter.record) or "(unknown)",
        "reason": letter.reason,
        "message": letter.message,
        "stage": f"{letter.stage.name} {letter.version}".strip(),
        "given up": letter.time.isoformat(),
        "redriven before": rounds,
        "bytes": letter.record.size,
    }
    for name, value in facts.items():
        console.spans((f"{name}:", "bold"), f" {value}")
    for name, value in rename_received(letter.headers):
        console.line(f"header {name}: {decode_text(value)}")
    if letter.stack:
        console.plain("")
        console.indented(letter.stack)
    text = decode_text(letter.record.value)
    console.plain("")
    console.indented(text if whole else text[:SHOWN_CHARACTERS])
    if len(text) > SHOWN_CHARACTERS and not whole:
        console.note(f"{len(text) - SHOWN_CHARACTERS} more characters: --whole shows them")


async def _letter_and_rounds(kafka: KafkaSettings, letter_id: str) -> tuple[Letter, int]:
    letter = await _letter(kafka, letter_id)
    return letter, (await redriven(kafka)).rounds(letter)


async def _letter(kafka: KafkaSettings, letter_id: str) -> Letter:
    """Return a dead letter.

    Raises:
        UsageError: there is none of that name.
    """
    at = parse_coordinates(letter_id)
    by_topic = {stage.dead_letter_topic.name: stage for stage in registry.stages().values()}
    name = "" if at is None else at[0].removeprefix(kafka.topic_prefix)
    if name not in by_topic:
        by_topic |= await _of_replays(kafka)
    if at is None or name not in by_topic:
        raise UsageError(f"{letter_id!r} names no dead letter: write one as {next(iter(by_topic))}/0/17")
    stage, source, offset = by_topic[name], TopicPartition(kafka.on_cluster(name), at[1]), at[2]
    there = source.partition < (await topics.partitions(kafka, [source.topic])).get(source.topic, 0)
    first, last = (await ends(kafka, [source]))[source] if there else (0, 0)
    if first <= offset < last:
        async with contextlib.aclosing(between(kafka, {source: (offset, offset + 1)})) as reading:
            async for record in reading:
                if (found := parsed(stage, record)) is not None:
                    return found
    raise UsageError(f"there is no dead letter {letter_id}: it may have been purged, or kept no longer")


async def _of_replays(kafka: KafkaSettings) -> dict[str, Stage]:
    """Return the dead-letter topics of runs that wrote a topic of their own, with the stages that gave up."""
    found = {}
    for noted in (await noted_runs(kafka)).values():
        if (stage := registry.stages().get(noted.run.stage)) is not None:
            found[targets(stage, noted.run.into)[stage.dead_letter_topic.name].name] = stage
    return found
