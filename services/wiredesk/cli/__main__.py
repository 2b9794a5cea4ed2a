"""`python -m wiredesk.cli`: the command, wherever it is installed."""

from wiredesk.cli import main

main()
