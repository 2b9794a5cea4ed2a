"""`dlq list`: how many dead letters there are, by kind."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.dlq.options import HostOption, ReasonOption, SinceOption, TopicOption, selection
from wiredesk.cli.options import with_settings
from wiredesk.operations.dead_letters.choices import Grouping
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiredesk.operations.dead_letters.counts import LetterCount
    from wiredesk.operations.dead_letters.reading import Selection


@with_settings(kafka=KafkaSettings)
def list_command(
    *,
    by: Annotated[
        list[Grouping] | None,
        typer.Option(
            metavar="WHAT",
            help="Count by topic, reason, host, stage, hour or day; can be repeated. Default: topic and reason.",
        ),
    ] = None,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    host: HostOption = None,
    since: SinceOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Count dead letters: by topic and reason, or by host, stage, hour, day.

    The last column is the id of the newest one of each kind, for 'wiredesk dlq show'.

    Example:
      wiredesk dlq list --by host --by reason --since 1d
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    groupings = by or [Grouping.TOPIC, Grouping.REASON]
    counts = asyncio.run(_count(kafka, selection(topic, reason, host, since), groupings))
    if as_json:
        for count in counts:
            console.json(count.as_object(groupings))
        return
    console.table(
        f"{sum(count.letters for count in counts)} dead letters",
        (*groupings, "letters", "redriven", "first", "last", "newest"),
        [(*c.values, c.letters, c.redriven, _to_minute(c.first), _to_minute(c.last), c.newest) for c in counts],
    )


async def _count(
    kafka: KafkaSettings, selected: "Selection", groupings: "Sequence[Grouping]"
) -> "Sequence[LetterCount]":
    from wiredesk.operations.dead_letters.counts import count_letters
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await count_letters(cluster, selected, groupings)


def _to_minute(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
