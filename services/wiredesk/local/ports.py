"""Free ports for servers that start in a moment: no outgoing connection takes one meanwhile."""

import contextlib
import secrets
import socket

CANDIDATES = range(20_000, 32_768)
"""Below the ports that systems give to outgoing connections: from 32768 on in Linux, from 49152 on in macOS. One of
those may be taken in the seconds before its server listens."""

TRIES = 50
"""How many candidates are tried before the system is asked for any port."""

_chance = secrets.SystemRandom()  # processes that are forked from one must not choose the same ports


def free_port() -> int:
    """Return a free port of the loopback interface, by chance: two servers that start at once hardly get the same."""
    for port in _chance.sample(CANDIDATES, TRIES):
        if _is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        return True
    return False
