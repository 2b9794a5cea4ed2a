"""Options that select dead letters: by topic or stage, reason, host of the page, and time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli.time_arg import TIME_FORMS, parse_milliseconds

if TYPE_CHECKING:
    from wiredesk.operations.dead_letters.reading import Selection

TopicOption = Annotated[
    list[str] | None,
    typer.Option(
        "--topic",
        metavar="T",
        help="Only of this topic, such as pages.raw.dlq, or of this stage, such as ingest. Can be repeated.",
    ),
]
ReasonOption = Annotated[
    list[str] | None,
    typer.Option("--reason", metavar="R", help="Only with this reason, such as timeout. Can be repeated."),
]
HostOption = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="H", help="Only of pages on this host or its subdomains. Can be repeated."),
]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="T", help=f"Only those written at this time or later: {TIME_FORMS}.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


def selection(
    topic: Sequence[str] | None,
    reason: Sequence[str] | None = None,
    host: Sequence[str] | None = None,
    since: str | None = None,
) -> "Selection":
    """Return the selection of the options.

    Raises:
        UsageError: there is no such topic or stage, or the time is invalid.
    """
    from wiredesk import registry
    from wiredesk.operations.dead_letters.reading import select

    return select(registry.stages(), topics=topic, reasons=reason, hosts=host, since_ms=parse_milliseconds(since))
