"""A browser of tests: headless Chromium, driven over the DevTools protocol.

It is the program that `CHROMIUM` names, or `chromium` or `google-chrome` on the path. Where there is none, tests that
need it are skipped.
"""

import asyncio
import base64
import contextlib
import itertools
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.waiting import until
from wiredesk.testing.patience import scaled

NAMES = ("chromium", "chromium-browser", "chromium-headless-shell", "google-chrome")
OPTIONS = (
    "--headless", "--remote-debugging-port=0", "--disable-gpu", "--no-first-run", "--disable-extensions", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-default-browser-check",
)  # fmt: skip
VIEWS = {"light": (1200, 800, "light"), "dark": (1200, 800, "dark"), "phone": (390, 844, "light")}
"""Width, height and colours of screenshots."""


def program() -> str | None:
    """Return the program of the browser; None if there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


needs_browser = pytest.mark.skipif(program() is None, reason="no Chromium: set CHROMIUM to one")


class Tab:
    """A tab of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session = ""
        self.events: list[dict[str, Any]] = []

    async def begin(self) -> None:
        """Open the tab."""
        target = await self.send("Target.createTarget", url="about:blank")
        attached = await self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.send(f"{domain}.enable")

    async def listen(self) -> None:
        """Receive answers and events, until the browser ends."""
        async for message in self._socket:
            received = message.json()
            if (waiting := self._waiting.pop(received.get("id", 0), None)) is not None:
                waiting.set_result(received)
            else:
                self.events.append(received)

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command, and return its result."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        session = {"sessionId": self._session} if self._session else {}
        await self._socket.send_json({"id": number, "method": method, "params": parameters, **session})
        async with asyncio.timeout(scaled(30)):
            answer = await self._waiting[number]
        assert "error" not in answer, answer
        return dict(answer["result"])

    async def open(self, url: str) -> None:
        """Open a page, and wait until it is loaded."""
        navigated = await self.send("Page.navigate", url=url)
        assert "errorText" not in navigated, navigated
        await self.until("document.readyState === 'complete'")

    async def get(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        answer = await self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, expression: str, seconds: float = 30) -> None:
        """Wait until an expression in the page is true."""

        async def holds() -> bool:
            try:
                return bool(await self.get(expression))
            except AssertionError:  # the page is being replaced
                return False

        await until(holds, expression, seconds)

    async def look(self, view: str) -> None:
        """Set the size of the window, and light or dark."""
        width, height, colours = VIEWS[view]
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        await self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colours}])

    async def picture(self, path: Path) -> None:
        """Write a screenshot of what is seen."""
        shot = await self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """Return what the browser complained of: refused scripts, errors of ours; and dialogs that were opened."""
        dialogs = [str(one) for one in self.events if one.get("method") == "Page.javascriptDialogOpening"]
        thrown = [str(one) for one in self.events if one.get("method") == "Runtime.exceptionThrown"]
        logged = [one["params"]["entry"] for one in self.events if one.get("method") == "Log.entryAdded"]
        return dialogs + thrown + [one["text"] for one in logged if one["source"] in ("security", "javascript")]


@contextlib.asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Tab]:
    """Run a browser for the duration of a block, and yield a tab."""
    command = (program() or "", *OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else []), f"--user-data-dir={folder}")
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        url = await _address(process)
        async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=1 << 28) as socket:
            tab = Tab(socket)
            listening = asyncio.create_task(tab.listen())
            try:
                await tab.begin()
                yield tab
            finally:
                listening.cancel()
    finally:
        process.kill()
        await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(scaled(30)):
        async for line in process.stderr:
            if line.startswith(b"DevTools listening on "):
                return line.decode().removeprefix("DevTools listening on ").strip()
    raise AssertionError("the browser does not start")
