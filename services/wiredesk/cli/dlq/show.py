"""`dlq show`: all about one dead letter."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.runtime.dead_letters import DeadLetter

MAX_CHARACTERS = 2000
"""Characters of the page that are shown without --whole."""


@with_settings(kafka=KafkaSettings)
def show_command(
    letter_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="Id of a dead letter: pages.raw.dlq/0/17; 'wiredesk dlq list' shows ids."),
    ],
    *,
    whole: Annotated[bool, typer.Option("--whole", help="Show the whole page.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object: the record as 'wiredesk tail --json' shows it.")
    ] = False,
    kafka: KafkaSettings,
) -> None:
    """Show one dead letter: the reason, the stack trace, its headers, and the page.

    Example:
      wiredesk dlq show pages.raw.dlq/0/17
    """
    import asyncio

    from wiredesk.operations.page_urls import page_url
    from wiredesk.operations.record_view import record_as_object
    from wiredesk.runtime import logs
    from wiredesk_schemas.headers import decode_text, rename_received

    logs.quiet()
    letter, rounds = asyncio.run(_find(kafka, letter_id))
    if as_json:
        console.json(record_as_object(letter.record))
        return
    facts: dict[str, object] = {
        "dead letter": letter.id,
        "page": page_url(letter.record) or "(unknown)",
        "reason": letter.reason,
        "message": letter.message,
        "stage": f"{letter.stage.name} {letter.version}".strip(),
        "dead-lettered": letter.time.isoformat(),
        "redriven before": rounds,
        "bytes": letter.record.size,
    }
    for name, value in facts.items():
        console.spans((f"{name}:", "bold"), f" {value}")
    for name, header in rename_received(letter.headers):
        console.line(f"header {name}: {decode_text(header)}")
    if letter.stack:
        console.plain("")
        console.indented(letter.stack)
    page = decode_text(letter.record.value)
    console.plain("")
    console.indented(page if whole else page[:MAX_CHARACTERS])
    if len(page) > MAX_CHARACTERS and not whole:
        console.note(f"{len(page) - MAX_CHARACTERS} more characters: --whole shows them")


async def _find(kafka: KafkaSettings, letter_id: str) -> "tuple[DeadLetter, int]":
    from wiredesk import registry
    from wiredesk.operations.dead_letters.lookup import find_letter
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await find_letter(cluster, registry.stages(), letter_id)
