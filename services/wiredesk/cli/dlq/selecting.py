"""Which dead letters are meant: by topic, reason, host of the page, and time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from wiredesk import registry
from wiredesk.cli.moments import FORMS, milliseconds
from wiredesk.operations.page_urls import is_on_host, page_url
from wiredesk.runtime.dead_letters import Letter
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.topology import Stage

Topic = Annotated[
    list[str] | None,
    typer.Option(metavar="T", help="Of this topic: pages.raw.dlq, or the stage that gave up: ingest. Can be repeated."),
]
Reason = Annotated[list[str] | None, typer.Option(metavar="R", help="For this reason: timeout, ... Can be repeated.")]
Host = Annotated[list[str] | None, typer.Option(metavar="H", help="Of pages of this host, subdomains too. Repeatable.")]
Since = Annotated[str | None, typer.Option(metavar="T", help=f"Given up since: {FORMS}.")]


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for: stages, a test for each dead letter, and since when."""

    stages: tuple[Stage, ...]
    wants: Callable[[Letter], bool]
    since_ms: int | None


def selection(
    topic: list[str] | None, reason: list[str] | None, host: list[str] | None, since: str | None
) -> Selection:
    """Return what the options mean.

    Raises:
        UsageError: there is no such topic, or no such time.
    """

    def wants(letter: Letter) -> bool:
        if reason and letter.reason not in reason:
            return False
        return not host or any(is_on_host(page_url(letter.record), one) for one in host)

    return Selection(tuple(_stages(topic)), wants, milliseconds(since))


def _stages(names: list[str] | None) -> list[Stage]:
    if not names:
        return list(registry.stages().values())
    by_name = {stage.dead_letter_topic.name: stage for stage in registry.stages().values()} | dict(registry.stages())
    if unknown := [name for name in names if name not in by_name]:
        raise UsageError(f"no dead-letter topic {unknown[0]}: there are {', '.join(by_name)}")
    return [by_name[name] for name in dict.fromkeys(names)]
