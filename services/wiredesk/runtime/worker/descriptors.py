"""File descriptors: how many a worker needs for its partitions, and how many there are.

A worker that has run out of them can neither connect to its brokers nor answer on its metrics port. So it opens only as
many lanes as it has descriptors for, and reports the partitions that are not read.
"""

import resource
from pathlib import Path

from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import health

MAX_SOFT_LIMIT = 1 << 20
"""The soft limit is not raised above this: programs that allocate memory by the limit fail if it is a billion."""

SPARE = 16
"""Reserve for short-lived descriptors: of a child that is replaced, a connection that is renewed before the old one is
closed, a file that is read."""

OWN = 32
"""Descriptors of a worker without partitions, as measured: standard streams, event loop, processes, consumer."""


def raise_limit() -> int:
    """Raise the soft limit of descriptors to the hard one; return the limit in force."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MAX_SOFT_LIMIT
    wanted = MAX_SOFT_LIMIT if hard == resource.RLIM_INFINITY else min(hard, MAX_SOFT_LIMIT)
    if wanted > soft:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # the kernel has a limit of its own
            return soft
    return max(soft, wanted)


def limit() -> int:
    """Return the soft limit of descriptors."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_SOFT_LIMIT if soft == resource.RLIM_INFINITY else soft


STATE = 3
"""Further descriptors of a lane with a state: to its keeper, for the sockets of children, to the child. While it opens,
it has a client for the changelog in place of the connections of its producer."""


def of_a_lane(brokers: int, *, stateful: bool = False) -> int:
    """Return the maximum number of descriptors of a lane, for a number of brokers.

    Its producer has a connection to each broker that it writes to, one to the group coordinator, and one to the
    transaction coordinator. Measured: 2 with one broker, 5 with three.
    """
    return brokers + min(brokers, 2) + (STATE if stateful else 0)


def needed(partitions: int, brokers: int, processes: int, *, stateful: bool = False) -> int:
    """Return how many descriptors a worker needs for a number of partitions."""
    return OWN + processes + brokers + health.DESCRIPTORS + SPARE + partitions * of_a_lane(brokers, stateful=stateful)


def lanes_that_fit(brokers: int, *, stateful: bool = False) -> int:
    """Return how many lanes can be opened in addition to what is open now; at least one."""
    free = limit() - in_use() - health.DESCRIPTORS - SPARE
    return max(1, free // of_a_lane(brokers, stateful=stateful))


def in_use() -> int:
    """Return how many descriptors are open."""
    try:
        return sum(1 for _ in Path("/dev/fd").iterdir())
    except OSError:  # no descriptor is left for listing them
        return limit()


def trouble() -> Trouble | None:
    """Return trouble if no descriptor is left, or None."""
    used, most = in_use(), limit()
    if used < most - 1:
        return None
    message = f"no file descriptor is left: {used} of {most} are open; raise 'ulimit -n'"
    return Trouble(TroubleKind.NO_DESCRIPTORS, message)
