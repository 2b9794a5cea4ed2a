"""`python -m services.cli`: the command, wherever it is installed."""

from services.cli.app import main

main()
