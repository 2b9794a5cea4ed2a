"""`dlq purge`: delete dead letters permanently."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.confirm import confirm
from wiredesk.cli.dlq.options import TopicOption, YesOption, selection
from wiredesk.cli.options import with_settings
from wiredesk.cli.time_arg import TIME_FORMS, parse_milliseconds
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiredesk.runtime.topology import Stage


@with_settings(kafka=KafkaSettings)
def purge_command(
    *,
    topic: TopicOption = None,
    before: Annotated[
        str | None, typer.Option(metavar="T", help=f"Only those written before this time: {TIME_FORMS}.")
    ] = None,
    yes: YesOption = False,
    kafka: KafkaSettings,
) -> None:
    """Delete dead letters permanently: all of some topics, or those older than a time. It asks first.

    Example:
      wiredesk dlq purge --topic extractor --before 30d
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    asyncio.run(_purge(kafka, selection(topic).stages, parse_milliseconds(before), yes=yes))


async def _purge(kafka: KafkaSettings, stages: "Sequence[Stage]", before_ms: int | None, *, yes: bool) -> None:
    from wiredesk.operations.dead_letters.purge import plan_purge, purge
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        plan = await plan_purge(cluster, stages, before_ms=before_ms)
        if not plan.count:
            console.line("no dead letters to purge")
            return
        what = f"{plan.count} dead letters of {', '.join(sorted(plan.by_topic))}"
        confirm(f"{what} would be deleted permanently", "Delete them?", yes=yes)
        await purge(cluster, plan)
    console.line(f"{what} deleted")
