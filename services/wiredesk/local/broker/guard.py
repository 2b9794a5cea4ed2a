"""The guard: runs a command, and ends it when the process that asked for it is gone.

    python -m wiredesk.local.broker.guard LOG HELD COMMAND...

The asker holds the other end of our standard input. When it closes, on purpose or because the asker was killed, the
command gets SIGTERM and time to end in order: a broker that is only killed must repair its log at the next start.
Should the guard itself be killed, the kernel kills the command (on Linux). HELD is a descriptor that the command
inherits, or empty: the lock on the data folder, which is free when the last of these processes has ended.
"""

import os
import signal
import subprocess
import sys
import threading

from wiredesk.runtime.isolation import limits

STOP_SECONDS = 20
"""Time that Kafka gets to stop after SIGTERM, before it is killed."""


def main() -> None:
    """Run the command until it ends or standard input does; exit with its code."""
    log, held, *command = sys.argv[1:]
    # Ctrl-C reaches a whole terminal: the broker must outlive the workers that still commit to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(log, "ab") as output:  # noqa: PTH123 - a descriptor is all that is wanted
        process = subprocess.Popen(  # noqa: S603 - the command is our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[int(held)] if held else [],
            preexec_fn=limits.die_with_parent,  # noqa: PLW1509 - no thread has been started yet
        )
    threading.Thread(target=_end_with_asker, args=(process,), daemon=True).start()
    os._exit(process.wait() & 0xFF)  # the thread that waits for our standard input would hold up a proper exit


def _end_with_asker(process: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1024):
        pass
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    main()
