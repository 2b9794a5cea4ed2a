"""`wiredesk dlq`: what the stages could not process: counted, looked at, sent back, kept in files, thrown away.

selecting  which dead letters are meant
listing    list, show
repair     redrive, purge
keeping    export, import
"""

import typer

from wiredesk.cli.dlq.keeping import export, import_letters
from wiredesk.cli.dlq.listing import list_letters, show
from wiredesk.cli.dlq.repair import purge, redrive

app = typer.Typer(help="Count, show, redrive, export and purge dead letters.", no_args_is_help=True)
app.command("list")(list_letters)
app.command("show")(show)
app.command("redrive")(redrive)
app.command("export")(export)
app.command("import")(import_letters)
app.command("purge")(purge)
