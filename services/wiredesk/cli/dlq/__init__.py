"""`wiredesk dlq`: count, show, redrive, export and purge dead letters.

options  which dead letters are selected
list     dlq list
show     dlq show
redrive  dlq redrive
export   dlq export, dlq import
purge    dlq purge
"""

import typer

from wiredesk.cli.dlq.export import export_command, import_command
from wiredesk.cli.dlq.list import list_command
from wiredesk.cli.dlq.purge import purge_command
from wiredesk.cli.dlq.redrive import redrive_command
from wiredesk.cli.dlq.show import show_command
from wiredesk.cli.help import Command, Group

app = typer.Typer(help="Count, show, redrive, export and purge dead letters.", no_args_is_help=True, cls=Group)
app.command("list", cls=Command)(list_command)
app.command("show", cls=Command)(show_command)
app.command("redrive", cls=Command)(redrive_command)
app.command("export", cls=Command)(export_command)
app.command("import", cls=Command)(import_command)
app.command("purge", cls=Command)(purge_command)
