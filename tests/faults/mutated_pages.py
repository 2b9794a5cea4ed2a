"""Pages as crawlers and archives send them at their worst: wrong headers and labels, damaged bytes, sloppy events.

A page is drawn in one of many languages and charsets; then one to four mutations are applied to what was sent.
"""

import base64
import io
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.archives import FORMS, arc, response, warc, warcinfo
from tests.encoded import COMPRESS, chunks
from tests.language_table import sample_texts
from wiredesk.ingest.accept import Ingest
from wiredesk.pages.archive import read_archive
from wiredesk.pages.record import RawRecord
from wiredesk.pages.report import ReadReport
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import AcceptedPage, InvalidEventError, RawPage
from wiredesk_schemas.headers import Header

CHARSETS = {
    "utf-8": (), "utf-16": (), "utf-16-le": (), "windows-1252": ("de", "fr", "es", "it", "pt", "sv", "da", "nl"),
    "iso-8859-1": ("de", "fr", "es", "pt"), "iso-8859-15": ("fr", "fi"), "windows-1250": ("pl", "cs", "hu"),
    "iso-8859-2": ("pl", "cs", "hu"), "windows-1251": ("ru", "uk", "bg"), "koi8-r": ("ru",), "windows-1253": ("el",),
    "windows-1254": ("tr",), "windows-1255": ("he",), "windows-1256": ("ar",), "gb18030": ("zh",), "gbk": ("zh",),
    "shift_jis": ("ja",), "euc-jp": ("ja",), "iso-2022-jp": ("ja",), "euc-kr": ("ko",),
}  # fmt: skip
"""Charsets of pages and the languages written in them; none means all."""

LABELS = (
    *CHARSETS, "utf8", "UTF-8;", '"utf-8"', "latin1", "us-ascii", "big5", "x-user-defined", "utf-7", "hex", "rot13",
    "base64", "zlib", "idna", "none", "", " ", "utf-8, utf-8", "utf-8; charset=gbk", "ütf-8", "a" * 5000, "\x00", "cp65001",
)  # fmt: skip
"""What servers and templates say a charset is."""

ENCODINGS = (
    "gzip", "deflate", "br", "zstd", "identity", "", "gzip, gzip", "gzip,br", "x-gzip", "GZIP", "compress", "utf-8",
    "none", "gzip;q=1", "aws-chunked", "br, gzip, deflate, zstd, br, gzip", ",", "\x00",
)  # fmt: skip
"""What servers say a content encoding is."""

URL = "https://news.example/2024/05/bridge"
PAGES_OF_ARCHIVE = 3
"""Pages of a drawn archive."""

_END = b"\r\n\r\n"
"""Line ends after a record."""

MIN_PAIRS = 3
"""Pairs of characters in a text from which it is garbled."""


@dataclass(slots=True)
class Sent:
    """What was sent of a page, while mutations are applied to it.

    Attributes:
        text: the page.
        content: its bytes.
        charset: in which it is written.
        is_damaged: bytes of it were changed.
        fields: more fields of the raw event, or other values of them.
    """

    text: str
    content: bytes
    charset: str
    url: str = URL
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    is_damaged: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutated page.

    Attributes:
        result: `accepted`, `accepted with notes`, `skipped`, or `rejected: ` and the reason.
        fault: what must not be; empty if nothing.
    """

    number: int
    mutations: tuple[str, ...]
    result: str
    fault: str = ""


def outcomes(pages: int, seed: int) -> Iterator[Outcome]:
    """Yield what became of each page of a number of pages."""
    for number in range(pages):
        yield outcome_of(number, random.Random(f"{seed}/{number}"))


def outcome_of(number: int, chance: random.Random) -> Outcome:
    """Return what becomes of a page that is drawn."""
    sent = _page(chance)
    names = []
    for _ in range(chance.randint(1, 4)):
        mutation = chance.choice(MUTATIONS)
        mutation(sent, chance)
        names.append(mutation.__name__.strip("_").replace("_", " "))
    carry = chance.choice((_as_json, _as_json, _as_binary, _as_archive, _as_archive))
    names.append(carry.__name__.removeprefix("_").replace("_", " "))
    try:
        result, fault = carry(sent, chance)
    except Exception as error:  # noqa: BLE001 - any of them is a finding
        result, fault = "raised", f"{type(error).__name__}: {error}"[:200]
    return Outcome(number, tuple(names), result, fault)


def _page(chance: random.Random) -> Sent:
    texts = sample_texts()
    charset = chance.choice(list(CHARSETS))
    text = texts[chance.choice(CHARSETS[charset] or list(texts))].encode(charset, "ignore").decode(charset)
    meta = f'<meta charset="{charset}">' if chance.random() < 0.5 and "16" not in charset else ""
    paragraphs = "".join(f"<p>{number}: {text}</p>\n" for number in range(chance.randint(3, 40)))
    page = f"<!DOCTYPE html><html><head>{meta}<title>{text[:40]}</title></head><body>{paragraphs}</body></html>"
    sent = Sent(page, page.encode(charset), charset)
    sent.content_type = chance.choice((f"text/html; charset={charset}", "text/html", None))
    return sent


# Labels


def _wrong_charset_in_header(sent: Sent, chance: random.Random) -> None:
    sent.content_type = f"text/html; charset={chance.choice(LABELS)}"


def _two_charsets_in_header(sent: Sent, chance: random.Random) -> None:
    sent.content_type = f"text/html; charset={chance.choice(LABELS)}; charset={chance.choice(LABELS)}"


def _wrong_charset_in_event(sent: Sent, chance: random.Random) -> None:
    sent.fields["charset"] = chance.choice(LABELS)


def _wrong_charset_in_meta(sent: Sent, chance: random.Random) -> None:
    label = chance.choice(LABELS).encode("utf-8")
    meta = chance.choice((b'<meta charset="%b">', b"<meta http-equiv=content-type content='text/html; charset=%b'>"))
    sent.content = sent.content.replace(b"<head>", b"<head>" + meta % label, 1)


def _charset_in_xml(sent: Sent, chance: random.Random) -> None:
    sent.content = b'<?xml version="1.0" encoding="%b"?>' % chance.choice(LABELS).encode() + sent.content


def _mark(sent: Sent, chance: random.Random) -> None:
    mark = chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"+/v8-", b"\xef\xbb"))
    sent.content = mark * chance.choice((1, 1, 2)) + sent.content
    sent.is_damaged = True


def _other_media_type(sent: Sent, chance: random.Random) -> None:
    sent.content_type = chance.choice(
        ("text/plain", "application/octet-stream", "image/png", "*/*", "text", ";;;", "", "TEXT/HTML", "text/html,text/html",
         "application/json", "application/xhtml+xml; charset=", "multipart/mixed", "text/html\r\nx: y", "a" * 10_000)
    )  # fmt: skip


# Encodings


def _encoding(sent: Sent, chance: random.Random) -> None:
    name = chance.choice(list(COMPRESS))
    sent.content = COMPRESS[name](sent.content)
    sent.headers.append(("Content-Encoding", name))


def _encoding_without_header(sent: Sent, chance: random.Random) -> None:
    sent.content = COMPRESS[chance.choice(list(COMPRESS))](sent.content)


def _wrong_encoding_in_header(sent: Sent, chance: random.Random) -> None:
    sent.headers.append((chance.choice(("Content-Encoding", "content-encoding")), chance.choice(ENCODINGS)))


def _chunks(sent: Sent, chance: random.Random) -> None:
    sent.content = chunks(sent.content, chance.choice((7, 100, 4096)))
    if chance.random() < 0.7:
        sent.headers.append(("Transfer-Encoding", chance.choice(("chunked", "gzip, chunked", "Chunked", "identity"))))


def _chunked_in_header(sent: Sent, _chance: random.Random) -> None:
    sent.headers.append(("Transfer-Encoding", "chunked"))


def _wrong_length(sent: Sent, chance: random.Random) -> None:
    length = chance.choice(("0", "-1", "1e3", "9" * 400, "", str(len(sent.content) // 2), str(len(sent.content) * 2)))
    sent.headers.append(("Content-Length", length))


def _odd_headers(sent: Sent, chance: random.Random) -> None:
    names = ("x", "", "Link", "Content-Language", "X-Robots-Tag", "Content-Type", "tdm-reservation", "a b", "é", "\x00")
    values = (
        "",
        "\x00\x1b[31m",
        "a" * 20_000,
        "é\ud800",
        "noai; noindex,,",
        "<>;rel=canonical",
        "1",
        "de-\u202e",
        "\r\nx: y",
    )
    sent.headers += [(chance.choice(names), chance.choice(values)) for _ in range(chance.randint(1, 30))]


# Bytes


def _flipped_bytes(sent: Sent, chance: random.Random) -> None:
    content = bytearray(sent.content)
    for _ in range(chance.choice((1, 2, 20)) if content else 0):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    sent.content, sent.is_damaged = bytes(content), True


def _inserted_bytes(sent: Sent, chance: random.Random) -> None:
    at = chance.randint(0, len(sent.content))
    junk = chance.choice(
        (b"\x00", b"\xff", b"\x80", b"\x1b$B", b"\xc3", b"\xe2\x80", b"\x00" * 50, chance.randbytes(20))
    )
    sent.content, sent.is_damaged = sent.content[:at] + junk + sent.content[at:], True


def _cut_bytes(sent: Sent, chance: random.Random) -> None:
    sent.content, sent.is_damaged = sent.content[: chance.randint(0, len(sent.content))], True


def _appended_bytes(sent: Sent, chance: random.Random) -> None:
    sent.content += chance.choice((b"\x00" * 9, b"\r\n", chance.randbytes(30), sent.content))
    sent.is_damaged = True


# Fields of the event


def _odd_url(sent: Sent, chance: random.Random) -> None:
    sent.url = chance.choice(
        ("http://user:pw@n.example/a b", "news.example/a", "ftp://n.example/", "https://n.example/" + "a" * 5000, "", " ",
         "https://n.example:99999/", "https://n.example/\x00", "//n.example/a", "https://é.example/ä?utm_source=x#y")
    )  # fmt: skip


def _odd_status(sent: Sent, chance: random.Random) -> None:
    sent.fields["http_status"] = chance.choice(
        (0, 99, 999, 610, "200", "200 OK", 404, 301, 204, -1, 10**30, None, 2.5, True)
    )


def _odd_time(sent: Sent, chance: random.Random) -> None:
    sent.fields["fetched_at"] = chance.choice(
        (
            "",
            "Tue, 16 Jan 2024 19:05:00 GMT",
            "yesterday",
            1705431900,
            1705431900000,
            "9" * 5000,
            None,
            [],
            "2024-01-16",
        )
    )


def _odd_field(sent: Sent, chance: random.Random) -> None:
    name = chance.choice(
        ("source", "language", "rights", "is_truncated", "http_headers", "unknown", "specversion", "charset")
    )
    sent.fields[name] = chance.choice(
        (
            None,
            "",
            1,
            True,
            [],
            {},
            "x" * 10_000,
            ["a", ["b"]],
            {"a": ["b", None]},
            "\ud800",
            "\x00",
            "de_DE",
            "1.0",
            10**400,
        )
    )


MUTATIONS: tuple[Callable[[Sent, random.Random], None], ...] = (
    _wrong_charset_in_header, _two_charsets_in_header, _wrong_charset_in_event, _wrong_charset_in_meta, _charset_in_xml,
    _mark, _other_media_type, _encoding, _encoding_without_header, _wrong_encoding_in_header, _chunks,
    _chunked_in_header, _wrong_length, _odd_headers, _flipped_bytes, _inserted_bytes, _cut_bytes, _appended_bytes,
    _odd_url, _odd_status, _odd_time, _odd_field,
)  # fmt: skip
"""What can be wrong with what was sent."""


def _as_json(sent: Sent, chance: random.Random) -> tuple[str, str]:
    headers: Any = dict(sent.headers)
    if chance.random() < 0.2:
        headers = {name: [value] for name, value in sent.headers}
    encoded = base64.b64encode(sent.content).decode()
    if chance.random() < 0.2:
        encoded = chance.choice(
            (base64.urlsafe_b64encode(sent.content).decode(), encoded.rstrip("="), "\n".join(_lines(encoded)))
        )
    fields = {"url": sent.url, "body_base64": encoded, "content_type": sent.content_type, "http_headers": headers}
    value = json.dumps({**fields, **sent.fields}).encode()
    if chance.random() < 0.1:
        value = chance.choice(
            (b"\xef\xbb\xbf" + value, value[: len(value) // 2], value + b"\n", value.replace(b"{", b"[", 1))
        )
    return _ingested(
        sent, (value, [("content-type", chance.choice((b"application/json", b"", b"application/cloudevents+json")))])
    )


def _lines(text: str) -> Iterator[str]:
    return (text[at : at + 76] for at in range(0, len(text), 76))


def _as_binary(sent: Sent, _chance: random.Random) -> tuple[str, str]:
    headers: list[Header] = [
        ("content-type", (sent.content_type or "text/html").encode("utf-8", "replace")),
        ("ce_subject", sent.url.encode("utf-8", "replace")),
        ("ce_httpheaders", json.dumps(dict(sent.headers)).encode()),
        *(
            (f"ce_{name.replace('_', '')}", str(value).encode("utf-8", "replace"))
            for name, value in sent.fields.items()
        ),
    ]
    return _ingested(sent, (sent.content, headers))


def _as_archive(sent: Sent, chance: random.Random) -> tuple[str, str]:
    """Put the page between two others into an archive, and damage that in half of the cases."""
    url = sent.url if sent.url.isprintable() and sent.url.strip() else URL
    archive, ends = whole, _ = _archive(sent, url, chance)
    if chance.random() < 0.5:
        broken = replace(sent, content=archive)
        chance.choice((_flipped_bytes, _cut_bytes, _inserted_bytes))(broken, chance)
        archive = broken.content
    report = ReadReport()
    pages = list(read_archive(io.BytesIO(archive), report, name="mutated"))
    fault = ""
    for page in pages:
        mine = sent if page.url.startswith(url) else None
        fault = fault or _ingested(mine, page.record(binary=chance.random() < 0.5))[1]
    is_cut = archive == whole[: len(archive)] and any(0 <= end - len(archive) <= len(_END) for end in ends)
    is_named = bool(report.problems) or report.passed_over.total() > 1
    if archive and len(pages) < PAGES_OF_ARCHIVE and not is_named and not is_cut:
        fault = f"{len(pages)} of {PAGES_OF_ARCHIVE} pages, and no problem is named"
    return f"archive of {len(pages)} pages, {'problems named' if report.problems else 'read whole'}", fault


def _archive(sent: Sent, url: str, chance: random.Random) -> tuple[bytes, list[int]]:
    """Return an archive, and where its records end: nobody sees that it is cut there."""
    head = [f"{name}: {value}" for name, value in sent.headers]
    head += [f"Content-Type: {sent.content_type}"] if sent.content_type is not None else []
    lines = [line.encode("utf-8", "replace").decode().translate({10: None, 13: None}) for line in head] or ["X: y"]
    others = [("https://n.example/1", b"<p>First</p>"), ("https://n.example/2", b"<p>Last</p>")]
    if chance.random() < 0.2:
        parts = arc([others[0], (url.replace(" ", "%20"), sent.content), others[1]])
    else:
        length = chance.choice((None, None, None, 0, 10, 10**6, "x", -5))
        version = chance.choice(("1.0", "1.1"))
        first, last = (warc(response(body), address) for address, body in others)
        parts = [warcinfo(), first, warc(response(sent.content, *lines), url, version=version, length=length), last]
    form = FORMS[chance.choice([name for name in FORMS if "dictionary" not in name])]
    return form(parts), [len(form(parts[:number])) for number in range(1, len(parts))]


def _ingested(sent: Sent | None, record: RawRecord) -> tuple[str, str]:
    try:
        page = RawPage.from_record(*record)
    except InvalidEventError:
        return "rejected: invalid_event", ""
    try:
        event = Ingest()(page)
    except RejectedError as error:
        return f"rejected: {error.reason}", "" if error.reason and error.message else "a rejection without a reason"
    if type(event).from_json(event.to_json()) != event:
        return "accepted", "the event is not the same after a round trip through JSON"
    if not isinstance(event, AcceptedPage):
        return f"skipped: {event.reason}", ""
    has_note = bool(event.ingest_notes) or event.charset.replaced > 0
    fault = "" if has_note or sent is None else _garble(sent, event.body)
    return "accepted with notes" if has_note else "accepted", fault


def _garble(sent: Sent, text: str) -> str:
    pairs = len(_PAIRS.findall(text)) - len(_PAIRS.findall(sent.text))
    return f"garbled without a note ({sent.charset}): {pairs} pairs" if pairs >= MIN_PAIRS else ""


def _pairs(charsets: Sequence[str]) -> Iterator[str]:
    """Yield what letters of UTF-8 are when their bytes are read in another charset."""
    for letter in map(
        chr,
        (*range(0xC0, 0x180), *range(0x391, 0x3CA), *range(0x410, 0x450), *range(0x5D0, 0x5EB), *range(0x621, 0x64B)),
    ):
        for charset in charsets:
            pair = letter.encode().decode(charset, "replace")
            if len(pair) == 2 and pair.isprintable() and "\ufffd" not in pair:
                yield pair


_PAIRS = re.compile(
    "|".join(sorted({re.escape(pair) for pair in _pairs(("cp1252", "cp1251", "cp1250", "koi8_r", "cp1253"))}))
)
"""Mojibake of two characters."""
