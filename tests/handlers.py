"""Handlers for tests of the runtime: they do what the record orders."""

import ctypes
import errno
import gc
import os
import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import cast

from wiredesk.runtime.errors import RejectedError, UsageError
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.state import Change, KeyedState
from wiredesk.runtime.topology import Stage, Store, Topic

SOURCE = Topic("in", "Commands of tests", partitions=2)
TARGET = Topic("out", "Results of commands")
STAGE = Stage(
    "echo", "Does what its records order", SOURCE, (TARGET,), "tests.handlers:obedient", entry=True, default_processes=2
)

COUNTER = Stage(
    "counter", "Counts the records of each key", SOURCE, (TARGET,), "tests.handlers:counter", entry=True,
    store=Store("counts"),
)  # fmt: skip

_fork = os.fork


class Obedient:
    """Echoes a record, or fails in the way that the record says."""

    version = "1"

    def __call__(self, record: Record) -> tuple[Output, ...]:
        match record.value:
            case b"raise":
                raise ValueError("as ordered")
            case bytes(value) if value.startswith(b"reject"):
                raise RejectedError("unwanted", "as ordered")
            case b"hang":
                signal.pause()
            case b"spin":
                while True:
                    pass
            case b"allocate":
                bytes(2 << 30)  # the kernel grants it to a process without a limit: the record then passes
            case b"crash":
                ctypes.string_at(0)
            case b"exit":
                os._exit(3)
            case b"recurse":
                return self(record)
            case b"huge":
                return (Output(TARGET.name, record.key, os.urandom(40 << 20)),)
            case b"litter":
                for _ in range(1000):
                    cycle: list[object] = [bytes(2000)]
                    cycle.append(cycle)
            case b"slow":
                time.sleep(0.2)
            case b"slower":
                time.sleep(1)
            case _:
                pass
        return (Output(TARGET.name, record.key, record.value, (("pid", str(os.getpid()).encode()),)),)


class Moody:
    """Fails for every record while a file exists: a deployment that is broken, and then fixed."""

    version = "1"

    def __call__(self, record: Record) -> tuple[Output, ...]:
        if Path(os.environ["TESTS_MOOD"]).exists():
            raise RuntimeError("the model does not fit")
        return (Output(TARGET.name, record.key, record.value),)


class Replaced(Obedient):
    """A handler of another version."""

    version = "2"


def replaceable() -> Obedient:
    """Load as the file TESTS_LOAD says at that time: an installation that changes under a running worker."""
    match Path(os.environ["TESTS_LOAD"]).read_text(encoding="ascii"):
        case "missing":
            import_module("no_module_of_this_name")
        case "syntax":
            compile("def (", "broken.py", "exec")
        case "memory":
            raise MemoryError
        case "exit":
            sys.exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            signal.pause()
        case "misused":
            raise UsageError("no such model")
        case "unversioned":
            return cast("Obedient", object())
        case "replaced":
            return Replaced()
        case "dies":
            gc.freeze = threading.Timer(0.1, os._exit, (7,)).start  # the last step of a template before it is ready
        case "prints":
            print("a model of 2007")  # noqa: T201 - that is the point
        case "no forks":
            os.fork = _no_fork
        case _:
            pass
    return Obedient()


def _no_fork() -> int:
    if "no forks" in Path(os.environ["TESTS_LOAD"]).read_text(encoding="ascii"):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return _fork()


def moody() -> Moody:
    return Moody()


def obedient() -> Obedient:
    return Obedient()


def broken() -> Obedient:
    raise OSError("no model here")


class Counter:
    """Counts the records of each key that it is not ordered to fail at."""

    version = "1"

    def new_state(self) -> KeyedState:
        return KeyedState()

    def __call__(self, record: Record, state: KeyedState) -> tuple[tuple[Output, ...], list[Change]]:
        key = record.key or b""
        if record.value == b"forget":
            return (), [Change(key, None)]
        count = b"%d" % (int(state.get(key) or b"0") + 1)
        if record.value == b"unkeepable":
            return (), [Change(key, bytes(2 << 20))]
        (output,) = Obedient()(record)
        return (output if record.value == b"huge" else output._replace(value=count),), [Change(key, count)]


def counter() -> Counter:
    """Return the handler of the stage `COUNTER`."""
    return Counter()


def forgetful() -> Counter:
    """Return a handler that forgets what is older than 50 ms of the input's time."""
    handler = Counter()
    handler.new_state = lambda: KeyedState(50)  # type: ignore[method-assign]
    return handler


class Picky(KeyedState):
    """A state that cannot hold one key."""

    def apply(self, change: Change, time_ms: int) -> None:
        super().apply(change, time_ms)
        if change.key == b"bad":
            raise ValueError("not this one")


class PickyCounter(Counter):
    """A counter with such a state."""

    def new_state(self) -> KeyedState:
        return Picky()


def picky() -> Counter:
    """Return a handler whose state cannot hold one key."""
    return PickyCounter()
