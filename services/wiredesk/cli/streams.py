"""Robust standard output and standard error: for a full disk, a closed pipe, another encoding, no stream at all."""

import io
import os
import sys

from wiredesk.runtime.errors import UnavailableError

STANDARD_STREAMS = (0, 1, 2)
"""File descriptors of standard input, output and error."""


class OutputClosedError(Exception):
    """The reader of our output, such as `head`, has closed the pipe. This is not a failure: the exit code is 0."""


class _Output(io.FileIO):
    """A file descriptor for writing, which raises errors that end a command cleanly.

    After the first error, further output, also from Python itself, is discarded.
    """

    def write(self, data: object) -> int:
        """Write bytes.

        Raises:
            OutputClosedError: the reader has closed the pipe.
            UnavailableError: the bytes cannot be written.
        """
        try:
            return super().write(data) or 0  # type: ignore[arg-type] # a buffer
        except BrokenPipeError as error:
            self._discard()
            raise OutputClosedError from error
        except OSError as error:
            self._discard()
            raise UnavailableError(f"the output cannot be written: {error.strerror or error}") from error

    def _discard(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())


class _ErrorOutput(io.FileIO):
    """A file descriptor for messages: a message that cannot be shown must not end the command."""

    def write(self, data: object) -> int:
        """Write bytes, or drop them."""
        try:
            return super().write(data) or 0  # type: ignore[arg-type] # a buffer
        except OSError:
            return len(memoryview(data))  # type: ignore[arg-type] # a buffer


def protect() -> None:
    """Replace `sys.stdout` and `sys.stderr`, once and before anything is written.

    The new ones raise errors that `wiredesk.cli.app` reports, and write escapes for what their encoding lacks.
    """
    for number in STANDARD_STREAMS:
        try:
            os.fstat(number)
        except OSError:
            # It was closed. A file that is opened later must not get its number; and writing to this one fails.
            os.open(os.devnull, os.O_RDONLY)
    if sys.stdin is None:  # its descriptor was closed: it has nothing to read
        sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    sys.stdout = _stream(_Output(1, "wb", closefd=False), sys.stdout)
    sys.stderr = _stream(_ErrorOutput(2, "wb", closefd=False), sys.stderr)


def _stream(raw: io.FileIO, replaced: object) -> io.TextIOWrapper:
    encoding = replaced.encoding if isinstance(replaced, io.TextIOWrapper) else "utf-8"
    is_error = isinstance(raw, _ErrorOutput)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=is_error or raw.isatty(),
    )
