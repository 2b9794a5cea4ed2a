"""Many commands in one process, so that each does not cost the start of an interpreter.

    python -m tests.faults.commands < commands.json

It reads a JSON list of argument lists, and writes a JSON list of their results.
"""

import contextlib
import io
import json
import sys
import traceback

from wiredesk.cli.app import run
from wiredesk.runtime import logs


def outcome(arguments: list[str]) -> dict[str, object]:
    """Run a command as `wiredesk` does; an exception here is a traceback for its user."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run(arguments)
        except Exception:  # noqa: BLE001 - whatever it is, it is reported
            code = -1
            traceback.print_exc()
        finally:
            logs.quiet()
    return {"arguments": arguments, "code": code, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    print(json.dumps([outcome(one) for one in json.load(sys.stdin)]))  # noqa: T201
