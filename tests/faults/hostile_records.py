"""Records that nobody should send, but anybody can: hostile headers, keys, values and batches."""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from tests.faults.batches import Codec, RawBatch, RawHeader, RawRecord
from tests.support import ROOT, SAMPLES
from wiredesk_schemas import DeadLetterHeaders

_NAME = re.compile(r"(?:received_)?wiredesk_[a-z_]*[a-z]|ce_[a-z]+|traceparent|tracestate|content-type")
_LITERAL = re.compile(f'"({_NAME.pattern})"')

SECRET = "hunter2"  # noqa: S105 - it is the bait
"""The password in URLs: it must not appear outside of pages.raw and its dead letters."""

BARBED = "\x1b]0;title\x07\x9b31m\u202etxt.exe\u2066\u2028forged: line\nreason: forged\tcell\x7f\u200b\U000e0041"
"""Terminal escape sequences, a bidirectional override, ends of lines and cells, and invisible characters."""

DIGITS = b"9" * 5000


@cache
def header_names() -> tuple[str, ...]:
    """Return the name of every header that the code knows, from its source."""
    names = {f"wiredesk_dlq_{name}" for name in DeadLetterHeaders.model_fields}
    for path in (*(ROOT / "services").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")):
        names |= set(_LITERAL.findall(path.read_text(encoding="utf-8")))
    return tuple(sorted(names))


class Hostile:
    """Draws records and batches.

    Args:
        topic: the entry topic, on the cluster.
        runs: ids of existing replay runs.
    """

    def __init__(self, seed: int, topic: str, runs: Sequence[str] = ()) -> None:
        self._chance = random.Random(seed)
        self._topic = topic
        self._runs = tuple(runs) or ("run",)
        self._number = 0
        self._page = (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")

    def batches(self, records: int) -> Iterator[RawBatch]:
        """Yield batches with a total number of records."""
        left = records
        while left > 0:
            size = min(left, self._chance.choice((1, 1, 2, 5, 20)))
            codec = self._chance.choice([one for one in Codec if one is not Codec.UNKNOWN])
            yield RawBatch([self.record() for _ in range(size)], codec)
            left -= size

    def record(self) -> RawRecord:
        """Return a record."""
        self._number += 1
        headers = self._headers()
        value = self._value()
        if value is not None and self._chance.random() < 0.2:  # in binary mode, with any kind of URL
            headers += [(b"content-type", b"text/html"), (b"ce_subject", self._url().encode("utf-8", "replace"))]
        return RawRecord(self._key(), value, headers, self._timestamp())

    def good_record(self) -> RawRecord:
        """Return a valid record."""
        self._number += 1
        return RawRecord(None, self._good())

    def refused(self) -> Iterator[tuple[str, RawBatch]]:
        """Yield batches that a broker must reject, with their fault."""
        yield "a null header name", RawBatch([RawRecord(b"k", b"v", [(None, b"x")])])
        yield "a null header name, packed", RawBatch([RawRecord(b"k", b"v", [(None, b"x")])], Codec.GZIP)
        yield "an unknown codec", RawBatch([RawRecord(b"k", b"v")], Codec.UNKNOWN)
        for codec in (Codec.GZIP, Codec.SNAPPY, Codec.LZ4, Codec.ZSTD):
            yield f"{codec.name} that does not unpack", RawBatch([RawRecord(b"k", b"v")], codec, b"garbage" * 9)

    def unreadable(self) -> Iterator[RawBatch]:
        """Yield batches that brokers accept but the client library cannot parse."""
        for name in (b"tr\xff\xfeace", b"wiredesk_\xff", b"\xc0\x80", b"\xed\xa0\x80", b"ce_\xff"):
            bad = RawRecord(b"k", self._good(), [(b"a", b"1"), (name, b"v"), (b"b", None)])
            yield RawBatch([self.record(), bad, self.record()], self._chance.choice((Codec.NONE, Codec.GZIP)))

    def _key(self) -> bytes | None:
        return self._draw(
            lambda: None, lambda: b"", lambda: self._chance.randbytes(8), BARBED.encode, lambda: b"k" * 5000
        )

    def _timestamp(self) -> int | None:
        return self._draw(
            lambda: None, lambda: None, lambda: -1, lambda: 0, lambda: -(2**61), lambda: 2**62, lambda: 253402300800000
        )

    def _headers(self) -> list[RawHeader]:
        count = self._chance.choice((0, 1, 3, 8))
        headers: list[RawHeader] = [(self._header_name(), self._header_value()) for _ in range(count)]
        match self._chance.randrange(60):
            case 0:
                headers += [(name.encode(), self._header_value()) for name in header_names()]
            case 1:
                headers += [(self._header_name(), None)] * self._chance.choice((1000, 50_000))
            case 2:
                headers.append((b"n" * 100_000, b"v"))
            case 3:  # as a replay run would write it
                run = self._chance.choice(self._runs).encode()
                headers += [(b"wiredesk_replay", run), (b"wiredesk_replayed", self._coordinates(self._topic))]
            case 4:  # all headers of a dead letter
                headers += [
                    (f"wiredesk_dlq_{name}".encode(), self._header_value()) for name in DeadLetterHeaders.model_fields
                ]
                headers += [(b"wiredesk_kept_as", self._coordinates(f"{self._topic}.dlq"))]
        return headers

    def _header_name(self) -> bytes:
        names = header_names()
        return self._draw(
            lambda: self._chance.choice(names).encode(),
            lambda: self._chance.choice(names).encode(),
            lambda: self._chance.choice([name for name in names if name.startswith("wiredesk_")]).encode(),
            lambda: b"",
            BARBED.encode,
            lambda: b"received_wiredesk_origin",
        )

    def _header_value(self) -> bytes | None:
        return self._draw(
            lambda: None,
            lambda: b"",
            lambda: b"\xff",
            lambda: self._chance.randbytes(20),
            lambda: DIGITS,
            "²".encode,
            lambda: str(self._chance.choice((-1, 0, 99, 2**31, 2**63, 2**70))).encode(),
            BARBED.encode,
            lambda: self._coordinates(self._topic),
            lambda: self._coordinates(f"{self._topic}.dlq"),
            lambda: b"0001-01-01T00:00:00+14:00",
            lambda: b"9999-12-31T23:59:59-14:00",
        )

    def _coordinates(self, topic: str) -> bytes:
        partition = self._chance.choice((0, 0, 1, 7, 2**31, 2**40))
        offset = self._chance.choice((0, 1, self._chance.randrange(100), 2**63 - 1, 2**63, 10**30))
        return f"{topic}/{partition}/{offset}".encode()

    def _url(self) -> str:
        host = f"h{self._number % 5}.example"
        return self._draw(
            lambda: f"https://{host}/{self._number}",
            lambda: f"https://user:{SECRET}@{host}/{self._number}",
            lambda: f"https:user:{SECRET}@{host}/{self._number}",
            lambda: f"https://user:{SECRET}/x@{host}/{self._number}",
            lambda: f"https://{host}/{self._number}{BARBED}",
            lambda: f"https://{host}/{self._number}?{'x' * 5000}",
            lambda: f"ftp://user:{SECRET}@{host}/{self._number}",
            lambda: BARBED,
        )

    def _good(self) -> bytes:
        return json.dumps(
            {"url": f"https://good.example/{self._number}", "body": self._page, "content_type": "text/html"}
        ).encode()

    def _value(self) -> bytes | None:
        title = f"<title>{BARBED}</title><h1>{BARBED} strike</h1>"
        return self._draw(
            lambda: None,
            lambda: b"",
            lambda: self._chance.randbytes(200),
            BARBED.encode,
            lambda: b"[" * 900 + b"]" * 900,
            lambda: b'{"url": ' + b'{"a":' * 600 + b"1" + b"}" * 600 + b"}",
            lambda: b'{"url": "https://a.example/", "body": "x", "http_status": ' + DIGITS + b"}",
            lambda: json.dumps({"url": self._url(), "body": "", BARBED: BARBED}).encode(),
            lambda: json.dumps({"url": self._url(), "body": "x", "http_status": 404}).encode(),
            lambda: json.dumps({"url": self._url(), "body": title + self._page}).encode(),
            lambda: json.dumps({"url": self._url(), "body_base64": "%PDF", "source": BARBED}).encode(),
            lambda: json.dumps({"url": self._url(), "body": "x", "schema_version": "²"}).encode(),
            self._good,
        )

    def _draw[T](self, *choices: Callable[[], T]) -> T:
        return self._chance.choice(choices)()
