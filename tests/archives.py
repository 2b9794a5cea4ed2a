"""Web archives for tests, written by hand: also such as no writer should write."""

import bz2
import gzip
import io
import lzma
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGES = [(f"https://n.example/{n}", f"<!DOCTYPE html><p>Page {n} {'é' * n}</p>\r\n".encode()) for n in range(1, 5)]
"""Addresses and bodies of pages."""


def response(body: bytes, *headers: str, status: str = "HTTP/1.1 200 OK", end: str = "\r\n") -> bytes:
    """Return a response; HTML if no header is given."""
    head = [status, *(headers or ("Content-Type: text/html; charset=utf-8",))]
    return (end.join(head) + 2 * end).encode() + body


def warc(
    block: bytes,
    url: str | None = "https://n.example/1",
    *more: str,
    kind: str = "response",
    content_type: str = "application/http; msgtype=response",
    version: str = "1.0",
    length: int | str | None = None,
    end: str = "\r\n",
) -> bytes:
    """Return a record of a WARC."""
    lines = [
        f"WARC/{version}",
        f"WARC-Type: {kind}",
        "WARC-Record-ID: <urn:uuid:12345678-0000-4000-8000-037518825185>",
        "WARC-Date: 2024-01-16T19:05:00Z",
        *([f"WARC-Target-URI: {url}"] if url is not None else []),
        f"Content-Type: {content_type}",
        *more,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return (end.join(lines) + 2 * end).encode() + block + b"\r\n\r\n"


def warcinfo() -> bytes:
    return warc(b"software: x\r\n", None, kind="warcinfo", content_type="application/warc-fields")


def records(pages: Iterable[tuple[str, bytes]] = PAGES, version: str = "1.0") -> list[bytes]:
    """Return the records of pages, after a warcinfo."""
    return [warcinfo(), *(warc(response(body), url, version=version) for url, body in pages)]


def arc(pages: Iterable[tuple[str, bytes]] = PAGES, version: int = 1) -> list[bytes]:
    """Return the records of an ARC."""
    more = " 200 - - 0 x.arc" if version > 1 else ""
    fields = "URL IP-address Archive-date Content-type Archive-length"
    info = f"{version} 0 Example\n{fields}\n".encode()
    head = f"filedesc://x.arc 0.0.0.0 20240116190500 text/plain{more} {len(info)}\n".encode()
    blocks = [(url, response(body)) for url, body in pages]
    return [
        head + info + b"\n",
        *(
            f"{url} 192.0.2.1 20240116190500 text/html{more} {len(block)}\n".encode() + block + b"\n"
            for url, block in blocks
        ),
    ]


def wacz(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def dictionary_zst(parts: Sequence[bytes], *, is_compressed: bool) -> bytes:
    """Return a `.warc.zst` with a dictionary in its first frame."""
    samples = [part + bytes([n]) * 9 for n in range(60) for part in parts]
    dictionary = zstd.train_dict(samples, 4096)
    content = zstd.compress(dictionary.dict_content) if is_compressed else dictionary.dict_content
    frame = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    return frame + b"".join(zstd.compress(part, zstd_dict=dictionary) for part in parts)


zstd_compress = zstd.compress

type Form = Callable[[list[bytes]], bytes]
"""Makes a file of records."""

FORMS: dict[str, Form] = {
    "plain": b"".join,
    "gzip of each record": lambda parts: b"".join(map(gzip.compress, parts)),
    "gzip of the file": lambda parts: gzip.compress(b"".join(parts)),
    "zstd of each record": lambda parts: b"".join(map(zstd.compress, parts)),
    "zstd of the file": lambda parts: zstd.compress(b"".join(parts)),
    "zstd with a dictionary": lambda parts: dictionary_zst(parts, is_compressed=False),
    "zstd with a compressed dictionary": lambda parts: dictionary_zst(parts, is_compressed=True),
    "WACZ": lambda parts: wacz({"archive/a.warc.gz": b"".join(map(gzip.compress, parts)), "indexes/index.cdx": b"x"}),
    "deflated WACZ": lambda parts: wacz({"archive/a.warc": b"".join(parts)}, zipfile.ZIP_DEFLATED),
    "WACZ of WACZ": lambda parts: wacz({"a.wacz": wacz({"archive/a.warc.gz": b"".join(map(gzip.compress, parts))})}),
    "bzip2 of the file": lambda parts: bz2.compress(b"".join(parts)),
    "xz of the file": lambda parts: lzma.compress(b"".join(parts), preset=0),
}
"""Forms of an archive by name."""
