"""`wiredesk replay`: process a range of a stage's input topic again: exactly once, resumable, and reconciled.

options  offsets and filters of records
stage    replay STAGE
resume   replay --resume RUN
rewind   replay STAGE --rewind-group
list     replay list, replay show
"""

from typing import Annotated

import typer

from wiredesk import registry
from wiredesk.cli.help import Command, Group
from wiredesk.cli.options import with_settings
from wiredesk.cli.replay.list import list_command, show_command
from wiredesk.cli.replay.resume import resume
from wiredesk.cli.replay.stage import stage_command
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

app = typer.Typer(no_args_is_help=True, cls=Group)


@app.callback(invoke_without_command=True)
@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def replay(
    context: typer.Context,  # noqa: ARG001 - by which `with_settings` sees that a sub-command follows
    *,
    run: Annotated[
        str | None,
        typer.Option("--resume", metavar="RUN", help="Continue a run that was stopped, or join one that is running."),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="N", min=0.001, help="With --resume: maximum records per second of this process."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --resume: one JSON object at the end.")] = False,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Process a range of a stage's input topic again, beside the live stream.

    Without --into it repairs the live topic. Several processes can share a run: start it in one, and join it from
    others with --resume. Ctrl-C stops it; it can be resumed.

    Examples:
      wiredesk replay enrichment --from 7d --into articles.enriched.v2 --dry-run
      wiredesk replay --resume RUN
    """
    if run is None:
        raise UsageError(f"say what to do: a stage ({', '.join(registry.names())}), list, show RUN, or --resume RUN")
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    asyncio.run(resume(kafka, settings, run, rate=rate, as_json=as_json))


for name in registry.names():
    text = (
        f"Process a range of the input topic of {name} again. With --into, results go beside the live stream, into a "
        "separate topic; without it into the live topics, as a repair. Try --dry-run first.\n\n"
        f"Example:\n  wiredesk replay {name} --from 7d --into second-try --dry-run"
    )
    app.command(name, help=text, short_help=f"Process input of {name} again.", cls=Command)(stage_command)
app.command("list", cls=Command)(list_command)
app.command("show", cls=Command)(show_command)
