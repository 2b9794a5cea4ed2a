import base64
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk import pipeline
from wiredesk.ingest import charset
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.settings import IngestSettings
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Record
from wiredesk_schemas import AcceptedPage, CharsetEvidence, InvalidEventError, RawPage, SkippedPage, WithdrawnPage
from wiredesk_schemas.headers import Header

URL = "https://example.com/story"
RUSSIAN = (
    "<html><body><p>Сегодня вечером в Москве прошло заседание правительства, на котором обсудили бюджет.</p></html>"
)


def accepted(body: bytes | str, **fields: Any) -> AcceptedPage:
    content = {"body": body} if isinstance(body, str) else {"body_base64": body}
    result = Ingest(IngestSettings())(RawPage(url=URL, **content, **fields))
    assert isinstance(result, AcceptedPage)
    return result


@pytest.mark.parametrize(
    ("body", "content_type", "evidence", "name"),
    [
        (RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", CharsetEvidence.HEADER, "cp1251"),
        (RUSSIAN.encode("utf-16"), "text/html", CharsetEvidence.BOM, "utf-16-le"),
        (b"\xef\xbb\xbf" + RUSSIAN.encode(), "text/html", CharsetEvidence.BOM, "utf-8"),
        (b'<meta charset="koi8-r">' + RUSSIAN.encode("koi8-r"), "text/html", CharsetEvidence.META, "koi8-r"),
        (RUSSIAN.encode(), "text/html", CharsetEvidence.DETECTED, "utf-8"),
        (RUSSIAN.encode("cp1251") * 5, "text/html; charset=klingon", CharsetEvidence.DETECTED, "cp1251"),
        # A header that does not fit is not believed, while there is something that does.
        (
            b'<meta charset="windows-1251">' + RUSSIAN.encode("cp1251"),
            "text/html; charset=utf-8",
            CharsetEvidence.META,
            "cp1251",
        ),
    ],
)
def test_evidence_of_a_charset(body: bytes, content_type: str, evidence: CharsetEvidence, name: str) -> None:
    page = accepted(body, content_type=content_type)
    assert (page.charset.evidence, page.charset.name, page.charset.replaced) == (evidence, name, 0)
    assert "в Москве прошло заседание" in page.body
    assert not page.body.startswith("\ufeff")


def test_a_page_cut_off_within_a_character_keeps_its_charset() -> None:
    page = accepted(RUSSIAN.encode()[:-20] + "ж".encode()[:1], content_type="text/html; charset=utf-8")
    assert (page.charset.evidence, page.charset.replaced) == (CharsetEvidence.HEADER, 1)


@pytest.mark.parametrize("missing", [1, 2])
def test_a_page_cut_off_within_a_character_is_found_to_be_what_the_rest_is(missing: int) -> None:
    page = accepted(RUSSIAN.encode() + "語".encode()[:-missing], content_type="text/html")
    assert (page.charset.evidence, page.charset.name) == (CharsetEvidence.DETECTED, "utf-8")
    assert "в Москве прошло заседание" in page.body


def test_a_page_of_ascii_cut_off_within_its_only_other_character_is_utf8() -> None:
    page = accepted(b"<p>All of it is ASCII, up to the last caf" + "é".encode()[:1], content_type="text/html")
    assert (page.charset.name, page.charset.replaced) == ("utf-8", 1)


FRENCH = "<p>Les pêcheurs réclament une jetée plus sûre, et la mairie hésite : « trop cher », dit-elle.</p>"


@pytest.mark.parametrize("stated", ["iso-8859-1", "windows-1251", "utf-16", "utf-16le", "utf-32", "gbk"])
def test_bytes_that_can_only_be_utf8_are_utf8_whatever_is_stated(stated: str) -> None:
    page = accepted(FRENCH.encode(), content_type=f"text/html; charset={stated}")
    assert (page.body, page.charset.name) == (FRENCH, "utf-8")
    assert accepted(FRENCH.encode() + b"\xe9\xff", content_type=f"text/html; charset={stated}").charset.name == "utf-8"


@pytest.mark.parametrize(
    ("text", "name"), [(FRENCH, "cp1252"), (RUSSIAN, "cp1251"), ("<p>朱镕基在北京说</p>", "gb18030")]
)
def test_bytes_that_are_hardly_utf8_are_what_is_stated(text: str, name: str) -> None:
    page = accepted(text.encode(name), content_type=f"text/html; charset={name}")
    assert (page.body, page.charset.evidence) == (text, CharsetEvidence.HEADER)


@pytest.mark.parametrize("stated", ["hex", "base64", "bz2", "rot13", "quopri", "uu", "zip"])
def test_a_codec_that_is_no_charset_is_ignored(stated: str) -> None:
    assert accepted(FRENCH.encode(), content_type=f"text/html; charset={stated}").body == FRENCH


@pytest.mark.parametrize(("text", "name"), [("<p>港町の議会は火曜日</p>", "iso2022_jp"), ("<p>바다</p>", "iso2022_kr")])
def test_charsets_of_seven_bits_are_detected(text: str, name: str) -> None:
    assert accepted(text.encode(name), content_type="text/html").body == text


@pytest.mark.parametrize(
    ("text", "name"), [("港町の議会は火曜日の夜", "shift_jis"), ("市议会周四晚间投票决定", "gb18030")]
)
def test_stray_bytes_do_not_hide_the_charset_of_a_page(text: str, name: str) -> None:
    body = f"<p>{text * 20}</p>".encode(name) + b"<!-- \xff\xff -->"
    assert text in accepted(body, content_type="text/html").body


def test_a_byte_order_mark_counts_more_than_a_header() -> None:
    page = accepted(b"\xef\xbb\xbf<p>caf\xc3\xa9</p>", content_type="text/html; charset=iso-8859-1")
    assert (page.body, page.charset.evidence) == ("<p>café</p>", CharsetEvidence.BOM)


def test_gb2312_is_read_as_the_superset_that_it_means() -> None:
    page = accepted("<p>朱镕基</p>".encode("gb18030"), content_type="text/html; charset=gb2312")
    assert "朱镕基" in page.body


@given(st.binary(max_size=2000), st.sampled_from([None, "utf-8", "gb18030", "x", "utf-7", "idna", "\x00"]))
def test_any_bytes_decode(body: bytes, declared: str | None) -> None:
    text, determined = charset.decode(body, declared=declared, content_type=None)
    assert text.encode("utf-8", "surrogatepass") or not body.strip(b"\xef\xbb\xbf\xff\xfe\x00")
    assert determined.name


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"body": " \n\t"}, "empty"),
        ({"body": ""}, "empty"),
        ({"body": "\x00\x01" * 100}, "binary"),
        ({"body_base64": b"%PDF-1.4"}, "binary"),
        ({"body": "x", "content_type": "image/png"}, "binary"),
        ({"body": "x" * 2000}, "too_large"),
        ({"body_base64": b"x" * 2000}, "too_large"),
        ({"body_base64": gzip.compress(b"x" * 10_000_000)}, "too_large"),
        ({"body_base64": gzip.compress(b"some page, cut off" * 20)[:11]}, "undecodable"),
        ({"body_base64": b"\x1f\x8b broken"}, "undecodable"),
    ],
)
def test_what_is_no_page_is_refused(fields: dict[str, Any], reason: str) -> None:
    ingest = Ingest(IngestSettings(max_page_bytes=1024))
    with pytest.raises(RejectedError) as refused:
        ingest(RawPage(url=URL, **fields))
    assert refused.value.reason == reason
    assert "body" in refused.value.message or "content_type" in refused.value.message


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_transfer_encodings_are_undone(pack: Callable[[bytes], bytes]) -> None:
    assert accepted(pack(b"<p>A page.</p>"), http_headers={"Content-Encoding": "deflate"}).body == "<p>A page.</p>"


@pytest.mark.parametrize("body", [b"<p>A page.</p>", b"Just words."])
def test_a_crawler_that_unpacks_may_leave_the_header_standing(body: bytes) -> None:
    assert accepted(body, http_headers={"Content-Encoding": "deflate"}).body == body.decode()


@pytest.mark.parametrize("status", [204, 205, 301, 451, 503])
def test_a_page_that_its_server_refused_is_skipped(status: int) -> None:
    result = Ingest()(RawPage(url=URL, body="", http_status=status))
    assert isinstance(result, SkippedPage)
    assert (result.reason, result.stage) == ("http_error", "ingest")
    assert str(status) in result.detail


@pytest.mark.parametrize(("status", "reason"), [(404, "not_found"), (410, "gone")])
def test_a_page_that_its_server_does_not_have_any_more_is_gone(status: int, reason: str) -> None:
    result = Ingest()(RawPage(url=URL, body="", http_status=status))
    assert isinstance(result, WithdrawnPage)
    assert (result.reason, result.skip_reason, result.stage) == (reason, "http_error", "ingest")
    assert result.http_status == status


def test_a_page_that_is_gone_has_the_canonical_url_that_its_answer_declares() -> None:
    own = "https://courier.example/2026/03/14/ferry-strike-ends"
    for fields in (
        {"body": f'<html><head><link rel="canonical" href="{own}"></head><body>Gone</body></html>'},
        {"body": "", "http_headers": {"Link": f'<{own}>; rel="canonical"'}},
    ):
        result = Ingest()(RawPage(url=f"{own}?ref=rss", content_type="text/html", http_status=410, **fields))
        assert result.canonical_url == own
    assert Ingest()(RawPage(url=own, body="\x00\x01", http_status=410)).canonical_url == own


@pytest.mark.parametrize(("policy", "skip_reason"), [("record", "withdrawn"), ("unavailable-after", "rights_reserved")])
def test_a_page_that_was_fetched_after_its_time_is_gone(policy: str, skip_reason: str) -> None:
    body = '<html><head><meta name="robots" content="unavailable_after: 2026-04-30"></head><body>Text</body></html>'
    ingest = Ingest(IngestSettings(rights_policy=policy))
    page = {"url": URL, "body": body, "content_type": "text/html"}
    result = ingest(RawPage.from_object({**page, "fetched_at": "2026-05-02T00:00:00Z"}))
    assert isinstance(result, WithdrawnPage)
    assert (result.reason, result.skip_reason) == ("expired", skip_reason)
    assert isinstance(ingest(RawPage.from_object({**page, "fetched_at": "2026-04-02T00:00:00Z"})), AcceptedPage)
    assert isinstance(ingest(RawPage.from_object(page)), AcceptedPage)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/html; charset=x", "plain", "text/html"),
        ("application/xhtml+xml", "<html/>", "application/xhtml+xml"),
        ("text/plain", "<p>as it says", "text/plain"),
        (None, "<!DOCTYPE html><title>x</title>", "text/html"),
        (None, "Just some words", "text/plain"),
        ("application/octet-stream", "<div>x</div>", "text/html"),
        ("text/xml", '<?xml version="1.0"?><html><body><p>x</p></body></html>', "text/html"),
        ("text/x-unheard-of", "<div>x</div>", "text/plain"),
        ("text/*", "<div>x</div>", "text/html"),
        ("text/html charset=utf-8", "<div>x</div>", "text/html"),
        ("text/html: charset=utf-8", "<div>x</div>", "text/html"),
        ("text/html, text/html; charset=utf-8", "<div>x</div>", "text/html"),
        ("text/plain, text/html", "<div>x</div>", "text/html"),
        ("text/html; charset=utf-8, */*", "<div>x</div>", "text/html"),
        ("text/htm", "<div>x</div>", "text/html"),
        ('"text/html"', "plain", "text/html"),
        ("text/plain", "<!-- 7 --> <!DOCTYPE html><p>x", "text/html"),
        ("text/css", "\n<html><p>x", "text/html"),
        ("text/plain", "About <html><p>x", "text/plain"),
    ],
)
def test_media_types(content_type: str | None, body: str, expected: str) -> None:
    assert accepted(body, content_type=content_type).media_type == expected


def test_ids_are_the_page_and_its_content() -> None:
    one, same = accepted("<p>a"), accepted("<p>a", source="other")
    other = accepted("<p>b")
    assert (one.page_id, one.revision, one.event_id) == (same.page_id, same.revision, same.event_id)
    assert one.page_id == other.page_id
    assert one.revision != other.revision
    assert one.event_id != other.event_id


def test_language_is_stated_or_none() -> None:
    assert accepted("x", language="de-AT").language == "de-AT"
    assert accepted("x", http_headers={"Content-Language": "fr, en"}).language == "fr"
    assert accepted("x", language="{{lang}}").language is None


def test_both_forms_of_a_raw_page() -> None:
    body = base64.b64encode(b"<p>x").decode()
    plain = RawPage.from_record(
        f'{{"url": "{URL}", "body_base64": "{body}", "content_type": "text/html"}}'.encode(), []
    )
    binary = RawPage.from_record(
        b"<p>x", [("content-type", b"text/html"), ("ce_subject", URL.encode()), ("ce_httpstatus", b"200")]
    )
    assert (plain.url, plain.body_base64, plain.content_type) == (binary.url, binary.body_base64, binary.content_type)
    assert binary.http_status == 200


@pytest.mark.parametrize(
    ("value", "headers", "field"),
    [
        (b"", [], "empty"),
        (b"<p>x", [("content-type", b"text/html")], "ce_subject"),
        (b"{}", [], "url"),
        (b'{"url": "u", "body": "x", "body_base64": "eQ=="}', [], "exactly one"),
        (b'{"specversion": "1.0", "data": "x"}', [], "data"),
        (b'{"url": "u", "body": "x", "http_status": "soon"}', [], "http_status"),
    ],
)
def test_the_error_of_a_bad_event_names_the_field(value: bytes, headers: list[tuple[str, bytes]], field: str) -> None:
    with pytest.raises(InvalidEventError, match=field):
        RawPage.from_record(value, headers)


@given(
    st.binary(max_size=500), st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=50)), max_size=5)
)
def test_any_record_is_a_page_or_an_error_with_a_reason(value: bytes, headers: list[tuple[str, bytes | None]]) -> None:
    try:
        RawPage.from_record(value, headers)
    except InvalidEventError as error:
        assert len(str(error)) < 2000  # noqa: PT017 - either end is right, another error is not


@pytest.mark.parametrize("status", [b"200", b"404"])
def test_no_password_goes_on_in_value_or_headers(status: bytes) -> None:
    headers: list[Header] = [("content-type", b"text/html"), ("ce_subject", b"https://user:secret@paper.example/a")]
    page = Record("pages.raw", 0, 0, 0, None, b"<p>A page with some text in it.", (*headers, ("ce_httpstatus", status)))
    (output,) = pipeline.ingest()(page)
    assert b"secret" not in (output.value or b"") + b"".join(value or b"" for _, value in output.headers)
    assert [value for name, value in output.headers if name == "ce_subject"] == [b"https://paper.example/a"]
