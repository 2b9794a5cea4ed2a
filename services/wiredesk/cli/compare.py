"""`wiredesk topics compare`: what differs between two topics of articles, page by page."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.compare import Comparison

DIFFERENT = 1
"""Exit code when anything differs."""


@with_settings(kafka=KafkaSettings)
def compare(
    before: Annotated[str, typer.Argument(metavar="TOPIC", help="Name without the prefix: articles.enriched.")],
    after: Annotated[str, typer.Argument(metavar="TOPIC", help="Name of the other topic: articles.enriched.v2.")],
    *,
    examples: Annotated[int, typer.Option(metavar="N", min=0, help="Number of pages to name for each difference.")] = 2,
    replay: Annotated[
        str | None,
        typer.Option(
            metavar="RUN", help="Compare only pages that this replay run has read; others would count as gone."
        ),
    ] = None,
    most: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Number of media topics and entities to show, the most frequent first."),
    ] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, with all media topics and entities.")
    ] = False,
    kafka: KafkaSettings,
) -> None:
    """Compare two topics of articles by page: new, gone, changed, by field; media topics and entities gained and lost.

    If a topic holds several events of a page, the newest one counts. Use it to evaluate a new model before anyone reads
    its results. Exit code 1 when anything differs.

    Example:
      wiredesk topics compare articles.enriched articles.enriched.v2
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    comparison = asyncio.run(_compare(kafka, before, after, replay, examples))
    if as_json:
        console.json(_to_json(comparison))
    else:
        _show(comparison, before, after, most)
    if comparison.differs:
        raise typer.Exit(DIFFERENT)


async def _compare(kafka: KafkaSettings, before: str, after: str, run_id: str | None, examples: int) -> "Comparison":
    from wiredesk import registry
    from wiredesk.operations.compare import compare_topics
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        with console.progress("reading") as update:
            return await compare_topics(
                cluster, registry.stages(), before, after, run_id=run_id, examples=examples, progress=update
            )


def _show(comparison: "Comparison", before: str, after: str, most: int) -> None:
    def examples(difference: str) -> str:
        return " ".join(comparison.examples.get(difference, ()))

    counts = {name: getattr(comparison, name) for name in ("same", "changed", "new", "gone")}
    rows = [(name, count, examples(name) if name in ("new", "gone") else "") for name, count in counts.items()]
    console.table(f"{before} and {after}, by page", ("page", "pages", "such as"), rows)
    kinds: tuple[tuple[str, Mapping[str, int], int | None], ...] = (
        ("field", comparison.fields, None),
        ("media topic", comparison.topics, most),
        ("entity", comparison.entities, most),
    )
    for kind, differences, limit in kinds:
        if not differences:
            continue
        shown = list(differences.items())[:limit]
        plural = "entities" if kind == "entity" else f"{kind}s"
        console.table(
            f"{plural} that differ",
            (kind, "pages", "such as"),
            [(name, count, examples(name)) for name, count in shown],
        )
        if len(differences) > len(shown):
            console.line(f"and {len(differences) - len(shown)} more: --most, or --json for all")


def _to_json(comparison: "Comparison") -> dict[str, object]:
    return {
        "same": comparison.same,
        "changed": comparison.changed,
        "new": comparison.new,
        "gone": comparison.gone,
        "fields": comparison.fields,
        "topics": comparison.topics,
        "entities": comparison.entities,
        "examples": comparison.examples,
    }
