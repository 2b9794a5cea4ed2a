"""The guard: runs a command, and stops it when the process that started the guard has exited.

    python -m wiredesk.local.broker.guard LOG HELD COMMAND...

The starter holds the other end of our standard input. When it is closed, on purpose or because the starter was killed,
the command gets SIGTERM and time to shut down: a broker that is just killed must recover its log at the next start. If
the guard itself is killed, the kernel kills the command (on Linux). HELD is a descriptor that the command inherits, or
empty: the lock on the data folder, which is released when the last of these processes has exited.
"""

import os
import signal
import subprocess
import sys
import threading

from wiredesk.runtime import limits

STOP_SECONDS = 20
"""Time that Kafka gets to stop after SIGTERM, before it is killed."""


def main() -> None:
    """Run the command until it exits or standard input is closed; exit with its code."""
    log, held, *command = sys.argv[1:]
    # Ctrl-C reaches a whole terminal: the broker must outlive the workers that still commit to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(log, "ab") as output:  # noqa: PTH123 - only a descriptor is needed
        process = subprocess.Popen(  # noqa: S603 - the command is our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[int(held)] if held else [],
            preexec_fn=limits.die_with_parent,  # noqa: PLW1509 - no thread has been started yet
        )
    threading.Thread(target=_stop_with_starter, args=(process,), daemon=True).start()
    os._exit(process.wait() & 0xFF)  # the thread that waits for our standard input would delay a normal exit


def _stop_with_starter(process: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1024):
        pass
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    main()
