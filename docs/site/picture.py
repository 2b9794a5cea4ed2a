"""Draw docs/pictures/demo.svg: run `wiredesk demo` in a pseudo-terminal, and draw what it shows. `make picture`."""

import os
import pty
import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parents[1] / "pictures" / "demo.svg"

COLUMNS = 100
"""Width of the terminal in columns, which a README shows without scaling it down."""

FIRST_LINES = 27
"""Number of lines of the beginning that are drawn: start-up, and a few pages of each kind."""

ARTICLE = "\x1b[32marticle"
"""Begins a new article: the beginning that is drawn ends before one."""

SPINNER = re.compile("[\u2800-\u28ff]")
"""Characters that rich draws before a line that says what the command waits for."""


def main() -> int:
    """Run the demo and draw it; return the demo's exit code."""
    code, output = _run([sys.executable, "-m", "wiredesk.cli", "demo"])
    sys.stdout.write(output)
    if code == 0:
        PICTURE.write_text(_drawn(["$ wiredesk demo", *_shown(output)]), encoding="utf-8")
    return code


def _run(command: list[str]) -> tuple[int, str]:
    """Run a command in a terminal of COLUMNS; return its exit code and all that it wrote there."""
    pid, terminal = pty.fork()
    if pid == 0:
        variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        os.execve(command[0], command, {**variables, "COLUMNS": str(COLUMNS), "LINES": "50", "TERM": "xterm-256color"})  # noqa: S606
    written = bytearray()
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:  # what Linux says at the end of a terminal's output
            break
        if not read:
            break
        written += read
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), written.decode()


def _shown(output: str) -> list[str]:
    """Return the lines that stay on the screen: an animated line is erased (`ESC [2K`) before each of its pictures."""
    visible = re.sub(r"\x1b\[\?25[lh]", "", output)
    lines = [line.rstrip("\r").rpartition("\x1b[2K")[2].lstrip("\r") for line in visible.split("\n")]
    lines = [line for line in lines if line.strip() and not SPINNER.search(line)]
    cut = max((number for number, line in enumerate(lines[:FIRST_LINES]) if ARTICLE in line), default=FIRST_LINES)
    return [*lines[:cut], "…", lines[-1]]


def _drawn(lines: list[str]) -> str:
    """Return the lines as SVG, in a font of the reader's machine: rich's own would come from the network."""
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    without_fonts = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="wiredesk", code_format=without_fonts, unique_id="demo")


if __name__ == "__main__":
    sys.exit(main())
