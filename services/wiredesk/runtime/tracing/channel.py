"""Hands spans to the process that exports them: at once, without waiting, and without an error if it has ended."""

import asyncio
import contextlib
import pickle
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from itertools import batched

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.tracing.spans import Span

log = structlog.get_logger(__name__)

PACKET_SPANS = 64
"""Spans of a packet: some 40 kB, of the 200 kB that a socket takes by default."""

CLOSE_SECONDS = 5.0
"""How long a worker that stops waits until its last spans are exported. The process goes on, where it may."""


class SpanChannel:
    """The worker's end of the channel to the process that exports spans.

    A packet that finds the channel full, or without a process at its end, is dropped and counted.
    """

    def __init__(self, stage: str, exporter: str) -> None:
        self._stage = stage
        self._exporter = exporter
        self._socket: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None

    def send(self, spans: Sequence[Span]) -> None:
        """Hand over spans."""
        for packet in batched(spans, PACKET_SPANS):
            outcome = "handed_over"
            try:
                if self._socket is None:
                    outcome = "dropped"
                else:
                    self._socket.send(pickle.dumps([tuple(span) for span in packet], pickle.HIGHEST_PROTOCOL))
            except OSError:  # full, or the process has ended: it is started again
                outcome = "dropped"
            metrics.SPANS.labels(outcome).inc(len(packet))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the process running for the duration of a block."""
        await self._start()
        keeping = asyncio.create_task(self._keep(), name="span-exporter")
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._close()

    async def _keep(self) -> None:
        backoff = Backoff()
        while True:
            if self._process is not None:
                status = await self._process.wait()
                log.warning("the process that exports spans has ended, and is started again", status=status)
            await backoff.wait()
            await self._start()

    async def _start(self) -> None:
        """Start the process; if that is not possible, spans are dropped until it is."""
        if self._socket is not None:
            self._socket.close()
        self._socket = self._process = None
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                ours.setblocking(False)  # noqa: FBT003 - the only argument
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    f"{__package__}.exporter_process",
                    str(theirs.fileno()),
                    self._stage,
                    self._exporter,
                    pass_fds=[theirs.fileno()],
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=2,
                )
            self._socket = ours
        except OSError as error:
            log.warning("no process can be started that exports spans, will retry", error=str(error))

    async def _close(self) -> None:
        """Let the process export what it has, and end."""
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._process.wait()
