"""Limits that the kernel enforces on a process. They exist on Linux only; elsewhere a worker has only deadlines."""

import ctypes
import resource
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
"""Option of prctl(2): the signal that a process gets when its parent ends."""


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_memory(extra: int, *, for_good: bool = True) -> None:
    """Limit the private memory of this process to what it has now and `extra` bytes.

    Args:
        extra: bytes.
        for_good: neither this process nor its children can raise the limit again.

    An allocation beyond the limit fails with `MemoryError`, or ends the process where a C library does not handle the
    failure. The limit is RLIMIT_DATA, not the address space: models that are mapped from files do not count.
    """
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = _data_bytes() + extra
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit if for_good else hard))


def no_core_dumps() -> None:
    """Write no core dumps: a page that crashes its process must not also fill the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _data_bytes() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
