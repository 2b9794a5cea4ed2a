"""`wiredesk replay`: a stage's work over a range of its topic once more: exactly once, resumable, and accounted for.

planning   a stage's range, and what is to be done with it
running    work for a run, to its account
filters    which records are meant
rewinding  the offsets that the live workers go on from
listing    list, show
"""

from typing import Annotated

import typer

from wiredesk import registry
from wiredesk.cli.options import with_settings
from wiredesk.cli.replay.listing import list_runs, show
from wiredesk.cli.replay.planning import plan
from wiredesk.cli.replay.running import resume
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

app = typer.Typer(no_args_is_help=True)


@app.callback(invoke_without_command=True)
@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def replay(
    context: typer.Context,
    *,
    run: Annotated[
        str | None,
        typer.Option("--resume", metavar="RUN", help="Take up a run that was stopped, or join one that goes on."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="With --resume: records a second at most, of this process.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --resume: one JSON object at the end.")] = False,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Do a stage's work over a range of its topic once more, beside the live stream.

    'wiredesk replay enrichment --from 2026-01-01 --to 2026-02-01 --into articles.enriched.v2 --dry-run' says what it
    would do. Without --into it repairs the live topic. Any number of processes share a run: start it in one, and join
    it from others with --resume. Ctrl-C leaves it resumable.
    """
    if context.invoked_subcommand is not None:
        if given := [name for name, value in context.params.items() if value]:
            raise UsageError(f"--{given[0].replace('_', '-')} goes behind '{context.invoked_subcommand}'")
        return
    if run is None:
        raise UsageError(f"say what: a stage ({', '.join(registry.stages())}), list, show RUN, or --resume RUN")
    resume(kafka, settings, run, rate=rate, as_json=as_json)


for name, stage in registry.stages().items():
    told = (
        f"Do the work of {name} on a range of {stage.consumes.name} once more: with --into beside the live stream, "
        f"into a topic of its own; without it into the live {stage.produces[0].name}, as a repair. Say --dry-run first."
    )
    app.command(name, help=told, short_help=stage.description)(plan)
app.command("list")(list_runs)
app.command("show")(show)
