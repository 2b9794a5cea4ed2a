"""Limits that the kernel keeps for a process. They are Linux's; elsewhere the deadline alone protects a worker."""

import ctypes
import resource
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_memory(extra: int) -> None:
    """Bound what this process may allocate from here on to `extra` bytes beyond what it holds.

    Allocations past it fail with `MemoryError`, or end the process where a C library cannot bear that. Counted is
    private memory (RLIMIT_DATA), not the address space: models mapped from files are shared and free.
    """
    if sys.platform == "linux":
        limit = _data_bytes() + extra
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def no_core_dumps() -> None:
    """A page that crashes its process must not fill the disk, too."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _data_bytes() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
