"""The supervisor: keeps a template process alive, and gives up where the handler cannot be loaded any more."""

import asyncio
import time

import structlog

from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import HandlerError
from wiredesk.runtime.isolation.processes import Template

log = structlog.get_logger(__name__)

GIVE_UP_SECONDS = 60.0
"""For so long a handler that cannot be loaded again is tried. A package that is being replaced under a running worker
is whole again within seconds; after a minute a restart elsewhere, or a person, is the remedy."""

STEADY_SECONDS = 10.0
"""A template that has lived for so long was sound: its end is a new trouble, and not the last one continued."""

PROBATION_SECONDS = 1.0
"""A template that was started anew is watched for so long before it forks: one that dies as soon as it is loaded must
not take records with it, which would then be blamed."""

RELOAD_FACTOR = 5
MIN_RELOAD_SECONDS = 10.0
"""Loading again may take five times as long as the first time, and ten seconds at least: a machine may be busier now,
but a load that hangs must be noticed soon."""


class TemplateSupervisor:
    """Keeps a template process alive.

    Args:
        handler: `module:function` that loads it.
        memory_bytes: that a child may allocate beyond its loaded handler.
        log_level: of the processes.
        load_seconds: that loading may take.

    Attributes:
        trouble: why there is no template at present, in a line; None when there is one.
    """

    def __init__(self, handler: str, memory_bytes: int, log_level: str, load_seconds: float) -> None:
        self.trouble: str | None = None
        self._handler = handler
        self._memory_bytes = memory_bytes
        self._log_level = log_level
        self._load_seconds = load_seconds
        self._version = ""
        self._template: Template | None = None
        self._loaded_at = 0.0
        self._failing_since: float | None = None
        self._failures = 0
        self._backoff = Backoff()
        self._given_up: HandlerError | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> str:
        """Load the handler for the first time, and return its version.

        Raises:
            HandlerError: it cannot be loaded.
        """
        began = time.monotonic()
        self._template = await self._load()
        self._version = self._template.version
        took = time.monotonic() - began
        self._load_seconds = min(self._load_seconds, max(MIN_RELOAD_SECONDS, RELOAD_FACTOR * took))
        return self._version

    async def living(self) -> Template:
        """Return a template that is alive; wait for it, with growing pauses, where there is none.

        Raises:
            HandlerError: given up: the handler cannot be loaded again, or is another version now.
        """
        async with self._lock:
            while self._template is None or self._template.gone.done():
                if self._given_up is not None:
                    raise self._given_up
                if self._template is not None:
                    await self._lose(self._template)
                await self._load_again()
            return self._template

    async def close(self) -> None:
        """End the template."""
        if self._template is not None:
            await self._template.close()

    async def _load(self) -> Template:
        template = await Template.start(self._handler, self._memory_bytes, self._log_level, self._load_seconds)
        self._loaded_at = time.monotonic()
        return template

    async def _lose(self, template: Template) -> None:
        self._template = None
        reason = f"the process that has {self._handler} loaded ended {await template.end()}"
        await template.close()
        if time.monotonic() - self._loaded_at >= STEADY_SECONDS:
            self._failing_since, self._failures = None, 0
            self._backoff.reset()
        await self._fail(reason)

    async def _load_again(self) -> None:
        try:
            template = await self._load()
        except HandlerError as error:
            await self._fail(str(error))
            return
        if template.version != self._version:
            await template.close()
            # What is dead-lettered bears the version that this worker began with: it must not go on under another.
            self._give_up(
                f"{self._handler} was replaced while this worker ran: it began with version {self._version}, and would "
                f"go on with {template.version}; start it again"
            )
        self._template = template
        await asyncio.wait({template.gone}, timeout=PROBATION_SECONDS)
        if not template.gone.done():
            self.trouble = None
            log.info("handler loaded again", failures=self._failures)

    async def _fail(self, reason: str) -> None:
        """Note a failure, and wait for a while before the next try.

        Raises:
            HandlerError: it has failed for too long.
        """
        self.trouble = reason
        self._failures += 1
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= GIVE_UP_SECONDS:
            self._give_up(f"{reason}; given up after {self._failures} tries in {now - self._failing_since:.0f} s")
        log.warning("handler is not loaded, will try again", error=reason, failures=self._failures)
        if self._failures > 1:  # the first is an accident until it comes again
            await self._backoff.wait()

    def _give_up(self, reason: str) -> None:
        self.trouble = reason
        self._given_up = HandlerError(reason)
        raise self._given_up
