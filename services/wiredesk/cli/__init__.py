"""The command `wiredesk`.

app          the command line: its commands, and how errors are reported
options      settings as flags, generated from the fields of the settings
help         what `--help` prints
console      printing: safe text, tables on a terminal, plain lines in a pipe
layout       tables and records that fit a terminal of any width
story, story_view  the command that shows a story; revisions and copies as it and `trace` show them
audit_rounds  the rounds of `wiredesk audit --continuous`, a line for each
streams      robust standard output and error
signals      what signals that stop a command do
confirm      asks before data is changed
time_arg     times on the command line
version      what `--version` prints
child_main   the command as a child process that ends with its parent
demo, up, broker, topics, compare, worker, publish, intake, web, tail, archive, notify, status  commands, each a module
extract, enrich, dlq, replay, trace, audit, canary, forget, acls, schemas, config  commands, each a module or a package

The work of a command is done elsewhere, without a terminal: in `wiredesk.operations`, `wiredesk.local`, and the
services.
"""

import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of SIGINT, as shells have it."""


def main() -> None:
    """Run the command line. Ctrl-C also ends it in order while its modules are imported."""
    try:
        from wiredesk.cli import app

        app.main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
