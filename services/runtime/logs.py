"""Logs: one JSON object a line on stderr, ours and those of the libraries alike."""

import contextlib
import logging
import sys
from collections.abc import Iterator

import orjson
import structlog

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(level: str) -> None:
    """Log as JSON lines to stderr from here on, for this process."""
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
                structlog.processors.JSONRenderer(lambda event, **_: orjson.dumps(event, default=repr).decode()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Its INFO tells of every heartbeat and metadata refresh; what matters there we log ourselves.
    logging.getLogger("aiokafka").setLevel(max(logging.WARNING, root.level))


@contextlib.contextmanager
def muted(name: str) -> Iterator[None]:
    """Keep a library from logging for the length of a block, whose errors say more than its log does."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def quiet() -> None:
    """Keep the libraries' logs off a command's output: its own one line says what went wrong."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
