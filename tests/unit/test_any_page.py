"""Any page, in any stack of encodings, archive and charset, with or without a label, comes out of ingest as the same text."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archives import FORMS, arc, response, warc, warcinfo
from tests.encoded import COMPRESS, chunks, encoded
from tests.language_table import sample_texts
from wiredesk.ingest.accept import Ingest
from wiredesk.pages.archive import read_archive
from wiredesk.pages.record import FetchedPage, RawRecord
from wiredesk.pages.report import ReadReport
from wiredesk_schemas import AcceptedPage, RawPage

URL = "https://news.example/2024/library"

TEXTS = {**sample_texts(), "zh-Hant": "市長星期一為新圖書館揭幕。數百人來到舊港口參加慶祝活動。"}

CHARSETS = {
    "utf-8": tuple(TEXTS),
    "utf-16-le": tuple(TEXTS),
    "utf-16-be": tuple(TEXTS),
    "windows-1252": ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "ca", "is"),
    "iso-8859-15": ("de", "fr", "es", "sv", "fi"),
    "windows-1250": ("pl", "cs", "sk", "hu"),
    "iso-8859-2": ("pl", "cs", "sk", "hu"),
    "windows-1251": ("ru", "uk", "bg"),
    "koi8-r": ("ru",),
    "koi8-u": ("uk", "bg"),
    "iso-8859-5": ("ru", "bg", "sr"),
    "ibm866": ("ru", "bg"),
    "mac-cyrillic": ("ru", "uk"),
    "windows-1253": ("el",),
    "iso-8859-7": ("el",),
    "windows-1254": ("tr",),
    "iso-8859-9": ("tr",),
    "windows-1255": ("he",),
    "iso-8859-8": ("he",),
    "windows-1256": ("ar", "fa"),
    "iso-8859-6": ("ar",),
    "windows-1257": ("lt", "lv", "et"),
    "iso-8859-13": ("lt", "lv", "et"),
    "windows-1258": ("vi",),
    "cp874": ("th",),
    "iso-8859-16": ("ro", "pl", "hu"),
    "macintosh": ("de", "fr", "es", "it"),
    "gb18030": ("zh", "zh-Hant"),
    "gb2312": ("zh",),
    "gbk": ("zh",),
    "hz": ("zh",),
    "big5": ("zh-Hant",),
    "big5-hkscs": ("zh-Hant",),
    "shift_jis": ("ja",),
    "euc-jp": ("ja",),
    "iso-2022-jp": ("ja",),
    "euc-kr": ("ko",),
    "ks_c_5601-1987": ("ko",),
    "iso-2022-kr": ("ko",),
}
"""Languages of the pages in each charset."""

ALIKE = frozenset({"windows-1257", "iso-8859-13", "iso-8859-16", "iso-8859-15", "macintosh"})
"""Charsets in which one sentence may be another one of a likelier charset: `ș` of one is `ş` of the other."""

WITHOUT_LABEL = tuple(name for name in CHARSETS if not name.startswith("utf-16") and name not in ALIKE)
"""Charsets that are known from the bytes of a sentence: all but those whose bytes may be anything."""


@dataclass(frozen=True)
class Page:
    """A page, its charset, and where that is stated."""

    text: str
    charset: str
    label: str

    @property
    def content(self) -> bytes:
        mark = "\ufeff" if self.label == "mark" else ""
        return (mark + self.text).encode(self.charset)

    @property
    def content_type(self) -> str:
        return f"text/html; charset={self.charset}" if self.label == "header" else "text/html"


@st.composite
def pages(draw: st.DrawFn) -> Page:
    charset = draw(st.sampled_from(sorted(CHARSETS)))
    labels = ["header", *(["meta"] if not charset.startswith("utf-16") else [])]
    labels += ["mark"] if charset.startswith("utf") else []
    label = draw(st.sampled_from([*labels, *(["none"] if charset in WITHOUT_LABEL else [])]))
    text = TEXTS[draw(st.sampled_from(CHARSETS[charset]))].encode(charset, "ignore").decode(charset)
    numbers = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
    meta = f'<meta charset="{charset}">' if label == "meta" else ""
    paragraphs = "".join(f"<p>{number}: {text}</p>\n" for number in numbers)
    return Page(
        f"<!DOCTYPE html><html><head>{meta}<title>{text[:40]}</title></head><body>{paragraphs}</body></html>",
        charset,
        label,
    )


@dataclass(frozen=True)
class Wire:
    """How a server encoded a body, what its headers state, and what a crawler has undone.

    Attributes:
        layers: content encodings, the innermost first.
        chunk: size of chunks; 0 for none.
        undone: number of encodings that a crawler has undone, the outermost first.
    """

    layers: Sequence[str]
    chunk: int
    undone: int
    is_stated: bool

    def body(self, content: bytes) -> bytes:
        kept = max(len(self.layers) + bool(self.chunk) - self.undone, 0)
        body = encoded(self.layers[:kept], content)
        return chunks(body, self.chunk) if self.chunk and not self.undone else body

    @property
    def headers(self) -> list[tuple[str, str]]:
        if not self.is_stated:
            return []
        stated = [("Content-Encoding", name) for name in self.layers]
        return stated + ([("Transfer-Encoding", "chunked")] if self.chunk else [])


wires = st.builds(
    Wire,
    layers=st.lists(st.sampled_from(sorted(COMPRESS)), max_size=3),
    chunk=st.sampled_from([0, 0, 64, 1000, 10**6]),
    undone=st.integers(0, 4),
    is_stated=st.booleans(),
)


def joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    names = dict.fromkeys(name for name, _ in headers)
    return {name.lower(): ", ".join(value for other, value in headers if other == name) for name in names}


def fetched(page: Page, wire: Wire) -> FetchedPage:
    headers = joined([("Content-Type", page.content_type), *wire.headers])
    return FetchedPage(URL, wire.body(page.content), page.content_type, status=200, headers=headers)


def warc_of(
    block: bytes, content_type: str, version: str = "1.0", end: str = "\r\n", kind: str = "response"
) -> list[bytes]:
    if kind == "resource":
        block = block.partition(b"\r\n\r\n")[2]
        return [warcinfo(), warc(block, URL, kind=kind, content_type=content_type)]
    return [warcinfo(), warc(block, URL, version=version, end=end)]


def arc_of(block: bytes, _: str, more: str) -> list[bytes]:
    line = f"{URL} 192.0.2.1 20240116190500 text/html{more} {len(block)}\n".encode()
    return [*arc([], version=2 if more else 1), line + block + b"\n"]


RECORDS: dict[str, Callable[[bytes, str], list[bytes]]] = {
    **{f"WARC {version}": partial(warc_of, version=version) for version in ("0.18", "1.0", "1.1")},
    "WARC with bare line feeds": partial(warc_of, end="\n"),
    "WARC of resources": partial(warc_of, kind="resource"),
    "ARC 1": partial(arc_of, more=""),
    "ARC 2": partial(arc_of, more=" 200 - - 0 x.arc"),
}
"""Records of an archive by its kind, of a response and the content type of the page."""


def archived(form: Callable[[list[bytes]], bytes], page: Page, wire: Wire, kind: str) -> RawRecord:
    head = [f"{name}: {value}" for name, value in [("Content-Type", page.content_type), *wire.headers]]
    parts = RECORDS[kind](response(wire.body(page.content), *head), page.content_type)
    report = ReadReport()
    (only,) = read_archive(io.BytesIO(form(parts)), report, name="a")
    assert not report.problems
    return only.record(binary=False)


def ingested(record: RawRecord) -> AcceptedPage:
    accepted = Ingest()(RawPage.from_record(*record))
    assert isinstance(accepted, AcceptedPage)
    return accepted


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    page=pages(),
    wire=wires,
    form=st.sampled_from([*FORMS, "structured", "binary"]),
    kind=st.sampled_from(list(RECORDS)),
)
def test_any_page_in_any_encoding_and_archive_is_the_same_text(page: Page, wire: Wire, form: str, kind: str) -> None:
    if form in FORMS:
        record = archived(FORMS[form], page, wire, kind)
    else:
        record = fetched(page, wire).record(binary=form == "binary")
    accepted = ingested(record)
    assert accepted.body == page.text
    assert not accepted.is_truncated
    assert (
        accepted.revision
        == ingested(FetchedPage(URL, page.text.encode(), "text/html; charset=utf-8").record(binary=False)).revision
    )
