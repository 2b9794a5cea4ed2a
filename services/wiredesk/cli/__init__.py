"""The command `wiredesk`.

app          the command line: its commands, and how errors end it
options      settings as flags, generated from the settings' own fields
console      what a terminal gets, and what a pipe gets
one module for each command
desk         a whole desk on this machine, for `demo` and `up`
pages        pages from files, for `publish`
"""

from wiredesk.cli.app import main

__all__ = ["main"]
