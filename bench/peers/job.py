"""The job that all do: read a page's text, as an extractor would, in some milliseconds of pure Python."""

import json
from html.parser import HTMLParser
from typing import Any

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


def work(value: bytes) -> bytes:
    """Return the text of a page: `{"n": 1, "html": ...}` becomes `{"n": 1, "text": ...}`."""
    page: dict[str, Any] = json.loads(value)
    parser = _Text()
    parser.feed(page["html"])
    return json.dumps({"n": page["n"], "text": " ".join(parser.words)}).encode()
