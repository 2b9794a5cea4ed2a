"""The command `wiredesk`.

app          the command line: its commands, and how errors end it
options      settings as flags, generated from the settings' own fields
console      printing: safe text, tables on a terminal, plain lines in a pipe
layout       tables and records that fit a terminal of any width
streams      standard output and error that cannot be written end a command properly
signals      what a signal to stop does
one module for each command

What a command does is elsewhere, and needs no terminal: in `wiredesk.operations`, `wiredesk.local`, and the services.
"""

from wiredesk.cli.app import main

__all__ = ["main"]
