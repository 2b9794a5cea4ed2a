"""`dlq export` and `dlq import`: dead letters to a file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.dlq.options import HostOption, ReasonOption, SinceOption, TopicOption, selection
from wiredesk.cli.options import with_settings
from wiredesk.runtime.errors import TransactionError, UnavailableError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiredesk.operations.dead_letters.reading import Selection
    from wiredesk.runtime.records import Output
    from wiredesk.runtime.topology import Stage


@with_settings(kafka=KafkaSettings)
def export_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines; a new file.")],
    *,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    host: HostOption = None,
    since: SinceOption = None,
    kafka: KafkaSettings,
) -> None:
    """Write complete dead letters to a file: one JSON object per line, bytes as base64.

    Example:
      wiredesk dlq export timeouts.jsonl --reason timeout
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    count = asyncio.run(_export(kafka, selection(topic, reason, host, since), path))
    console.line(f"{count} dead letters in {path}")


@with_settings(kafka=KafkaSettings)
def import_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file that 'wiredesk dlq export' wrote.")],
    *,
    kafka: KafkaSettings,
) -> None:
    """Write dead letters from a file back to their dead-letter topics, except those that are there already.

    Example:
      wiredesk dlq import timeouts.jsonl
    """
    import asyncio

    from wiredesk import registry
    from wiredesk.operations.dead_letters.files import read_file
    from wiredesk.runtime import logs

    logs.quiet()
    stages = list(registry.stages().values())
    letters = read_file(path, stages)
    try:
        count, forgotten = asyncio.run(_import(kafka, stages, letters))
    except TransactionError as error:
        raise UnavailableError(f"the import stopped ({error}); run it again: nothing is written twice") from error
    console.line(f"{count} dead letters imported, {len(letters) - count - forgotten} were there already")
    if forgotten:
        console.line(f"{forgotten} are of pages that are to be forgotten: 'wiredesk forget --export' removes them")


async def _export(kafka: KafkaSettings, selected: "Selection", path: Path) -> int:
    from wiredesk.operations.dead_letters.files import export_letters
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await export_letters(cluster, selected, path)


async def _import(
    kafka: KafkaSettings, stages: "Sequence[Stage]", letters: "Sequence[tuple[str, Output]]"
) -> tuple[int, int]:
    """Import dead letters, but not those of pages that are to be forgotten; return the numbers of both."""
    from wiredesk.operations.dead_letters.files import import_letters
    from wiredesk.operations.forgetting.entries import read_entries
    from wiredesk.operations.forgetting.exports import letter_test
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        is_forgotten = letter_test(stages, await read_entries(cluster))
        kept = [letter for letter in letters if not is_forgotten(letter[1])]
        return await import_letters(cluster, stages, kept), len(letters) - len(kept)
