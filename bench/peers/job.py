"""The environment variables of every worker, and the jobs that the workers do."""

import json
import os
from html.parser import HTMLParser
from typing import Any

SERVERS = os.environ["BENCH_SERVERS"]
GROUP = os.environ["BENCH_GROUP"]
INPUT = os.environ["BENCH_INPUT"]
OUTPUT = os.environ["BENCH_OUTPUT"]

COMMIT_RECORDS = int(os.environ.get("BENCH_COMMIT_RECORDS", "1000"))
COMMIT_SECONDS = float(os.environ.get("BENCH_COMMIT_MS", "100")) / 1000
"""A worker commits after this number of records or this time, whichever comes first; some only support the time."""

CODEC = os.environ.get("BENCH_CODEC", "zstd")
"""The codec of outputs."""

SESSION_MS = 10_000

SKIPPED = frozenset({"script", "style"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        self._skipping += tag in SKIPPED

    def handle_endtag(self, tag: str) -> None:
        self._skipping -= tag in SKIPPED

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.words += data.split()


def _identity(value: bytes) -> bytes:
    return value


def _text(value: bytes) -> bytes:
    page: dict[str, Any] = json.loads(value)
    parser = _Text()
    parser.feed(page["html"])
    return json.dumps({"n": page["n"], "text": " ".join(parser.words)}).encode()


work = {"identity": _identity, "text": _text}[os.environ.get("BENCH_JOB", "identity")]
"""The job: hand the value on, or read a page's text, as an extractor would, in some milliseconds of pure Python:
`{"n": 1, "html": ...}` becomes `{"n": 1, "text": ...}`."""
