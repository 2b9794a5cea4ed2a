"""Deadlines of tests that scale with the machine: a busy machine may take twenty times as long as a quiet one.

A deadline ends a test that will never pass; it does not assert a speed. Each is written in seconds of a quiet machine
and multiplied by one factor, which is measured at the start of the run or set by WIREDESK_TEST_PATIENCE.
"""

import functools
import os
import time

VARIABLE = "WIREDESK_TEST_PATIENCE"
"""The environment variable that sets the factor."""

MOST = 15.0
"""The largest factor that is measured. It makes a minute 15 minutes, the longest transaction that a broker allows."""

MOST_CHOSEN = 1000
"""The largest factor that can be set."""

_ROUNDS = 2_000_000
"""Steps of the computation whose time is measured."""

_REFERENCE_SECONDS = 0.25
"""The rounds take 0.16 s on a quiet core of 2024. The rest is margin: the factor of such a machine is 1."""


def chosen(value: str | None) -> float | None:
    """Return the factor that the environment sets; None where it sets none.

    Raises:
        ValueError: it is not a number from 1 to 1000.
    """
    if not value:
        return None
    try:
        factor = float(value)
    except ValueError:
        factor = 0.0
    if not 1 <= factor <= MOST_CHOSEN:
        raise ValueError(f"{VARIABLE}={value}: must be a number from 1 to {MOST_CHOSEN}")
    return factor


_chosen = chosen(os.environ.get(VARIABLE))  # read now, because tests remove all settings from the environment


@functools.cache
def at_start() -> float:
    """Return the factor of the whole run: how much slower than a quiet machine this one was at the first call."""
    return _chosen or min(MOST, max(1.0, _computing_seconds() / _REFERENCE_SECONDS))


def at_present() -> float:
    """Return the factor for a deadline that begins now: that of the run, or more if the load has risen since."""
    return _chosen or min(MOST, max(at_start(), os.getloadavg()[0] / _cores()))


def scaled(seconds: float) -> float:
    """Return a deadline, written in seconds of a quiet machine, for this machine and its present load."""
    return seconds * at_present()


def setting(seconds: float) -> float:
    """Return a time for a process under test, such as its session: the same for the whole run, to a hundredth.

    It uses the factor at the start, because a passing test may have to wait for the whole time: the load that the tests
    themselves cause must not slow them down.
    """
    return round(seconds * min(MOST, at_start()), 2)


def _computing_seconds() -> float:
    """Return how long a fixed amount of computing takes."""
    began = time.perf_counter()
    value = 0
    for number in range(_ROUNDS):
        value = (value * 31 + number) & 0xFFFF
    return time.perf_counter() - began


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
