"""Free ports for servers that start in a moment: nobody else takes one meanwhile."""

import contextlib
import secrets
import socket

CANDIDATES = range(20_000, 32_768)
"""Below the ports that systems give to outgoing connections: from 32768 on in Linux, from 49152 on in macOS. One of
those may be taken in the seconds before its server listens."""

TRIES = 50
"""How many candidates are tried before the system is asked for any port."""

_chance = secrets.SystemRandom()  # processes that are forked from one must not try the same ports


def free_port() -> int:
    """Return a free port of the loopback interface, which this function returns to no other process for a minute."""
    for port in _chance.sample(CANDIDATES, TRIES):
        with contextlib.suppress(OSError):
            return _left_waiting(port)
    return _left_waiting(0)


def _left_waiting(port: int) -> int:
    """Leave a closed connection on a port, in the state TIME_WAIT, and return the port; 0: any.

    The system keeps it for a minute. Until then only those can bind the port who say that this does not matter to them
    (SO_REUSEADDR), as servers do, in Python as in Java. This function does not.

    Raises:
        OSError: it is taken.
    """
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # after it is bound: of those that come later
        server.listen(1)
        with socket.create_connection(server.getsockname()):
            accepted, _ = server.accept()
            accepted.close()  # who closes first is left waiting
        return int(server.getsockname()[1])
