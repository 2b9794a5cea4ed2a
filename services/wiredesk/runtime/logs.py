"""Logs: one JSON object per line on stderr, for wiredesk and its libraries."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import structlog

from wiredesk.runtime.printable import json_text, one_line

if TYPE_CHECKING:
    from wiredesk.runtime.records import Record

QUIET_SECONDS = 10.0
"""A repeated message of a library is logged once in this time."""


class _AtWork:
    """The record that this process computes now; None in a process that computes none."""

    record: "Record | None" = None


at_work = _AtWork()
"""Set by a child before each record: a line that its handler logs then names the record."""


def _with_record(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Name the record that is computed: its coordinates, its key, which is the page's id, and its trace."""
    if (record := at_work.record) is not None:
        from wiredesk.runtime.tracing import log_facts  # noqa: PLC0415 - most processes compute no record

        return {"record": record.coordinates, **log_facts(record), **event}
    return event


SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    _with_record,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
"""Processors for the records of structlog and of logging."""


class Repeated(logging.Filter):
    """Limits how often a library logs the same message.

    While a broker is down, aiokafka logs that some fifty times a second, which hides other messages.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop a message that was logged less than `QUIET_SECONDS` ago; count what is dropped."""
        key = (record.name, str(record.msg))
        last, dropped = self._seen.get(key, (0.0, 0))
        if record.created - last < QUIET_SECONDS:
            self._seen[key] = (last, dropped + 1)
            return False
        self._seen[key] = (record.created, 0)
        if dropped:
            record.msg = f"{record.msg} (and {dropped} more times)"
        return True


def configure(level: str) -> None:
    """Log as JSON lines to stderr from now on, in this process."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.dict_tracebacks,
                structlog.processors.JSONRenderer(lambda event, **_: json_text(event, default=repr)),
            ],
        )
    )
    for library in (
        "aiokafka",
        "aiokafka.consumer.fetcher",
        "aiokafka.consumer.group_coordinator",
        "aiokafka.producer.sender",
    ):
        logging.getLogger(library).addFilter(Repeated())  # a filter gets its own logger's records only
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # At INFO it logs every heartbeat and metadata refresh; wiredesk itself logs what matters.
    logging.getLogger("aiokafka").setLevel(max(logging.WARNING, root.level))


class _Mute(logging.Filter):
    """A filter that marks a logger as muted.

    Attributes:
        level: level of the logger before it was muted.
        blocks: number of blocks that mute it now.
    """

    def __init__(self, level: int) -> None:
        super().__init__()
        self.level = level
        self.blocks = 0


@contextlib.contextmanager
def muted(name: str) -> Iterator[None]:
    """Mute a library's logger for the duration of a block: the errors of the block say more than the library's log.

    Blocks of several tasks may overlap: when the last one ends, the library has its level again.
    """
    logger = logging.getLogger(name)
    mute = next((one for one in logger.filters if isinstance(one, _Mute)), None)
    if mute is None:
        mute = _Mute(logger.level)
        logger.addFilter(mute)
    mute.blocks += 1
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        mute.blocks -= 1
        if not mute.blocks:
            logger.removeFilter(mute)
            logger.setLevel(mute.level)


def quiet() -> None:
    """Suppress the logs of libraries in a command: its own error message says what is wrong.

    Warnings of wiredesk, such as unreadable records or an open transaction, are lines on stderr.
    """
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _plain_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # looked up each time: it may have been replaced
        cache_logger_on_first_use=False,
    )
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)


def _plain_line(_: object, __: str, event: structlog.typing.EventDict) -> str:
    facts = " ".join(f"{name}={value}" for name, value in event.items() if name not in ("event", "level", "exc_info"))
    return str(one_line(f"wiredesk: {event['level']}: {event['event']}: {facts}"))
