"""Install a file of pins into the environment that runs this, and show the progress; the Makefile calls it.

Standard library only: nothing is installed yet. `python requirements/install.py run` installs requirements/run.txt.
"""

import contextlib
import queue
import re
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent

SIZES = FOLDER / "sizes.toml"
"""What each environment fetches and holds, in MB; written by requirements/sizes.py."""

TICK = 1.0
"""Seconds between two updates of the line of progress, on a terminal."""

LINE_EVERY = 15.0
"""Seconds between two lines of progress, in a log."""

PACKAGE = re.compile(r"(?:Collecting|Ignoring|Requirement already satisfied:) ([\w.-]+)")
"""Pip's line about the next package; packages for other platforms are ignored."""

KEPT_LINES = 30
"""Lines of pip's output that are shown when it fails."""


def main(name: str) -> int:
    """Install `requirements/NAME.txt` and return pip's exit code."""
    pins = FOLDER / f"{name}.txt"
    packages = sum(1 for line in pins.read_text(encoding="utf-8").splitlines() if "==" in line and line[0].isalnum())
    sizes = tomllib.loads(SIZES.read_text(encoding="utf-8")).get(name)
    size = f", about {sizes['fetch']} MB to fetch and {sizes['disk']} MB on disk" if sizes else ""
    print(f"installing {packages} packages of {pins.parent.name}/{pins.name} into {sys.prefix}{size}", flush=True)
    print("packages in pip's cache are not fetched again; the time for the others depends on your network", flush=True)
    began = time.monotonic()
    code = _show(_pip(pins), packages, began)
    if code == 0:
        print(f"installed in {time.monotonic() - began:.0f} s", flush=True)
    return code


def _pip(pins: Path) -> subprocess.Popen[str]:
    # Byte code is compiled when a module is first imported: most of what is installed never is.
    options = [
        "--disable-pip-version-check",
        "--progress-bar=off",
        "--no-input",
        "--no-compile",
        "--no-deps",
        "--require-hashes",
    ]
    command = [sys.executable, "-m", "pip", "install", *options, "--requirement", str(pins)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603


def _show(pip: subprocess.Popen[str], packages: int, began: float) -> int:
    """Print progress until pip ends; return its exit code. When it fails, print the end of what it said."""
    terminal = sys.stdout.isatty()
    said: list[str] = []
    seen, doing, line_due = 0, "starting", LINE_EVERY
    for line in _lines(pip):
        if line:
            said = [*said, line][-KEPT_LINES:]
            if package := PACKAGE.match(line):
                seen += 1
                doing = f"{seen} of {packages}: {package[1]}"
            elif line.startswith("Installing collected packages"):
                doing = "unpacking"
        seconds = time.monotonic() - began
        if terminal:
            print(f"\r  {seconds:3.0f} s  {doing[:60]:60}", end="", flush=True)
        elif seconds > line_due:
            line_due = seconds + LINE_EVERY
            print(f"  {seconds:3.0f} s  {doing}", flush=True)
    if terminal:
        print("\r" + " " * 72 + "\r", end="", flush=True)
    code = pip.wait()
    if code:
        print("\n".join(said), file=sys.stderr)
    return code


def _lines(pip: subprocess.Popen[str]) -> Iterator[str]:
    """Yield what pip prints, and "" for each TICK without anything."""
    printed: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in pip.stdout or ():
            printed.put(line.rstrip())
        printed.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        line: str | None = ""
        with contextlib.suppress(queue.Empty):
            line = printed.get(timeout=TICK)
        if line is None:
            return
        yield line


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
