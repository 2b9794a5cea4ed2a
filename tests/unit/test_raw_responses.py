"""Statuses and headers of responses in raw pages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.raw_events import URL, kinds, read, refused, value
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import SkippedPage


@pytest.mark.parametrize("stated", ["200", " 200 ", "200 OK", "HTTP/1.1 200 OK", "HTTP/2 200", 200.0, "200.0"])
def test_a_status_in_other_forms(stated: Any) -> None:
    page = read(value(http_status=stated))
    assert (page.http_status, kinds(page)) == (200, ["field_repaired"])


@pytest.mark.parametrize("status", [0, -1, 99, 304, 403, 599, 600, 610, 999, "999", "503 Service Unavailable", 610.0])
def test_a_status_without_a_page_is_skipped(status: Any) -> None:
    skipped = Ingest()(read(value(http_status=status)))
    assert isinstance(skipped, SkippedPage)
    assert skipped.reason == "http_error"
    assert bool(skipped.ingest_notes) == (not isinstance(status, int))


@pytest.mark.parametrize(
    ("stated", "status"),
    [("OK", 200), ("HTTPStatus.OK", 200), ("PartialContent", 206), ("NOT_FOUND", 404), ("HttpStatusCode.Gone", 410)],
)
def test_a_status_by_the_name_that_programs_give_it(stated: str, status: int) -> None:
    assert read(value(http_status=stated)).http_status == status


@pytest.mark.parametrize(
    "stated",
    ["StatusCode(200)", "<HTTPStatus.OK: 200>", "<Response [200]>", "<Response [200 OK]>", "np.int64(200)", "int32(200)",
     f"<200 {URL}>", "#<Net::HTTPOK 200 OK readbody=true>", "Status: 200 OK", "200: OK", "HTTP 200"],
)  # fmt: skip
def test_a_status_as_programs_print_it(stated: str) -> None:
    page = read(value(http_status=stated))
    assert (page.http_status, kinds(page)) == (200, ["field_repaired"])


@pytest.mark.parametrize("name", ["StatusCode", "http_status"])
def test_two_spellings_of_one_status(name: str) -> None:
    assert read(value(Status="200 OK", **{name: 200})).http_status == 200
    assert "given twice" in refused(value(responseStatus=1, statusCode="404 Not Found", **{name: 200}))


@pytest.mark.parametrize("stated", ["", "null", "None", " N/A "])
def test_a_text_that_says_that_there_is_no_status(stated: str) -> None:
    page = read(value(http_status=stated))
    assert (page.http_status, kinds(page)) == (None, ["field_ignored"])


@pytest.mark.parametrize(
    "status",
    ["lost", "OK?", "200OK", "waited 200", "200,301", "int64(2000)", True, 1e30, 200.5, [200], {"code": 200}, "9" * 40],
)
def test_a_status_that_is_none_is_refused(status: Any) -> None:
    assert "http_status: expected a number" in refused(value(http_status=status))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Language": ["de", "fr"], "X-Age": 5, "X-None": None},
        {"Content-Language": "de", "content-language": "fr"},
        [["Content-Language", "de"], ["content-language", "fr"]],
        [{"name": "Content-Language", "value": "de"}, {"name": "CONTENT-LANGUAGE", "value": "fr"}],
        [{"Content-Language": "de"}, {"Content-Language": "fr"}],
        ["Content-Language: de", "Content-Language: fr"],
        "HTTP/1.1 200 OK\r\nContent-Language: de\r\nContent-Language: fr\r\n",
        {"Content-Language": "de,\r\n fr\x00"},
        {"HTTP_CONTENT_LANGUAGE": "de, fr"},
        {"content_language": "de, fr"},
        {"contentLanguage": "de, fr"},
        [["http_content_language", "de, fr"]],
        {"headers": {"Content-Language": ["de", "fr"]}},
        {"b'Content-Language'": "b'de, fr'"},
        {"Content-Language": {"0": "de", "1": "fr"}},
        [{"Name": "Content-Language", "Value": "de, fr"}],
        [{"key": "Content-Language", "values": ["de", "fr"]}],
        [{"header": "Content-Language", "value": "de, fr"}],
        {"null": ["HTTP/1.1 200 OK"], "Content-Language": ["de, fr"]},
        {"namesAndValues": ["Content-Language", "de", "Content-Language", "fr"]},
        {"Symbol(map)": {"content-language": ["de", "fr"]}},
        {"0": "HTTP/1.1 200 OK", "1": "Content-Language: de, fr"},
        {"Content-Language": {"name": "Content-Language", "value": "de, fr"}},
        "< HTTP/2 200\n< content-language: de, fr\n",
    ],
)
def test_headers_in_other_forms(headers: Any) -> None:
    page = read(value(http_headers=headers))
    assert page.http_header("content-language") == "de, fr"
    assert page.http_header("null") is None
    assert kinds(page) == ["field_repaired"]


@pytest.mark.parametrize(
    ("name", "headers"), [("Header", {"Vary": ["a"]}), ("rawHeaders", ["Vary", "a"]), ("header", [["Vary", "a"]])]
)
def test_headers_under_the_names_of_clients(name: str, headers: Any) -> None:
    assert read(value(**{name: headers})).http_headers == {"Vary": "a"}
    assert read(value(header="A headline")).http_headers is None


@pytest.mark.parametrize("headers", ['{"X-Robots-Tag": "noai"}', ' [["x-robots-tag", "noai"]]'])
def test_headers_as_json_in_a_string(headers: str) -> None:
    page = read(value(http_headers=headers))
    assert page.http_header("x-robots-tag") == "noai"
    assert "JSON in a string" in page.notes[0].detail


@pytest.mark.parametrize(
    "headers",
    [
        "{'Content-Type': 'text/html', 'X-Robots-Tag': 'noai', 'Content-Length': 5, 'ETag': None}",
        "{b'Content-Type': [b'text/html'], b'X-Robots-Tag': [b'no\\x61i']}",
        "[('Content-Type', 'text/html'), ('X-Robots-Tag', 'noai')]",
        "[(b'content-type', b'text/html'), (b'x-robots-tag', b'noai')]",
        "CaseInsensitiveDict({'Content-Type': 'text/html', 'X-Robots-Tag': \"noai\"})",
        "<CIMultiDictProxy('Content-Type': 'text/html', 'X-Robots-Tag': 'noai')>",
        "Headers([('content-type', 'text/html'), ('x-robots-tag', 'noai')])",
        "Headers { 'content-type': 'text/html', 'x-robots-tag': 'noai' }",
        "[Object: null prototype] { server: 'x', 'x-robots-tag': [ 'noai' ] }",
        "{Content-Type=[text/html; charset=utf-8], X-Robots-Tag=[noai]}",
        "map[Content-Type:[text/html] X-Robots-Tag:[noai]]",
        '{"content-type"=>["text/html"], "x-robots-tag"=>["noai"]}',
        "Content-Type: text/html\\r\\nX-Robots-Tag: noai\\r\\n",
    ],
)
def test_headers_as_programming_languages_print_them(headers: str) -> None:
    page = read(value(http_headers=headers))
    assert page.http_header("x-robots-tag") == "noai"
    assert set(kinds(page)) == {"field_repaired"}


@pytest.mark.parametrize(
    "headers",
    [
        """{null=[HTTP/1.1 200 OK], ETag=[W/"abc"], Content-Type=[text/html; charset="windows-1251"], X=[noai]}""",
        """java.net.http.HttpHeaders@7d2e8a4 { {:status=[200], alt-svc=[h3=":443"; ma=86400], content-type=[text/html; charset="windows-1251"]} }""",
        """map[Alt-Svc:[h3=":443"; ma=86400] Content-Type:[text/html; charset="windows-1251"] X:[it's "so"]]""",
        """map[X:[it's] Link:[</a[1]>; rel="b", </c]d>; rel=e] Content-Type:[text/html; charset="windows-1251"]]""",
        """{Report-To=[{"group":"x","endpoints":[{"url":"https://a.example/"}]}], Content-Type=[text/html; charset="windows-1251"], Empty=[]}""",
        """[{NEL=[{"a":["b"]}]}, {Content-Type=[text/html; charset="windows-1251"]}]""",
        """{Set-Cookie=["a"; path=/, b='c], X-Length=5, Content-Type=[text/html; charset="windows-1251"], Z=[']}""",
        """[ETag:"W/"abc"", Vary:"a", "b", Content-Type:"text/html; charset="windows-1251"", X:"it's"]""",
    ],
)
def test_values_may_have_quotation_marks_and_brackets(headers: str) -> None:
    page = read(value(http_headers=headers))
    assert page.http_header("content-type") == 'text/html; charset="windows-1251"'
    assert page.http_header("null") is None


def test_values_that_a_language_prints_without_escapes_are_whole() -> None:
    page = read(
        value(
            http_headers='{null=[HTTP/1.1 200 OK], ETag=[W/"a", "b"], X-A=[[b]], X-B=["c", \'d\'], X-C=[], X-D=["e"; f]}'
        )
    )
    stated = {"ETag": 'W/"a", "b"', "X-A": "[b]", "X-B": "c, d", "X-C": "", "X-D": '"e"; f'}
    assert page.http_headers == stated
    page = read(value(http_headers='[ETag:"W/"abc"", Vary:"a", "b", X-A:""]'))
    assert page.http_headers == {"ETag": 'W/"abc"', "Vary": "a, b", "X-A": ""}


@pytest.mark.parametrize(
    "headers", ["{'a'}", "{'a': 'b", "map[x]", "{'a': {'b': 'c'}}x", "()", "{a=b c}", "{'a': 'b'} c"]
)
def test_texts_that_are_not_only_names_and_values_are_no_headers(headers: str) -> None:
    page = read(value(http_headers=headers))
    assert (page.http_headers, kinds(page)) == (None, ["field_ignored"])


@given(text=st.text(alphabet="b'\"\\[](){}=>:,xn ", max_size=60), opening=st.sampled_from(["{", "[(", "map[", "H({"]))
def test_any_text_after_an_opening_is_read_or_not(text: str, opening: str) -> None:
    read(value(http_headers=opening + text))


@pytest.mark.parametrize(
    "piece",
    [
        "'a': 'b', ",
        "'a",
        "'\\",
        "[",
        "a:[b] ",
        "('a', ['b', ",
        "a:[",
        "]a",
        "]",
        'a:["',
        'a:"',
        '"a',
        'a:"b", ',
        "a=b, ",
    ],
)
@pytest.mark.parametrize(("opening", "end"), [("{", ""), ("[", "]]"), ("[a:", '"]')])
def test_the_time_for_a_printed_text_is_linear(piece: str, opening: str, end: str) -> None:
    read(value(http_headers=opening + piece * (60_000 // len(piece)) + end))


def test_of_two_content_types_the_last_one_counts() -> None:
    page = read(value(http_headers=[["Content-Type", "text/plain"], ["content-type", "text/html"]]))
    assert page.declared_type == "text/html"


@pytest.mark.parametrize("headers", [5, True, "no headers", "{", [1, 2]])
def test_headers_that_are_none_are_ignored(headers: Any) -> None:
    page = read(value(http_headers=headers))
    assert (page.http_headers, kinds(page)) == (None, ["field_ignored"])


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content-Type": None}, {}),
        ({"Content-Type": None, "Age": 5, "X": 1.5, "Y": True}, {"Age": "5", "X": "1.5", "Y": "true"}),
        ({" Age :": "5", "Content Language": "de"}, {"Age": "5", "Content-Language": "de"}),
        ({"Age": 10**30, "Vary": "a"}, {"Vary": "a"}),
        (["Age", "5", "Vary", "a"], {"Age": "5", "Vary": "a"}),
        ([{"Age": "5", "Vary": "a"}], {"Age": "5", "Vary": "a"}),
        ("Age: 5\r\nVary: a,\r\n b\r\nno header\r\n", {"Age": "5", "Vary": "a, b"}),
        ({"": "x", "Vary": "a"}, {"Vary": "a"}),
    ],
)
def test_names_and_values_of_headers_are_read_or_left_out_with_a_note(headers: Any, expected: dict[str, str]) -> None:
    page = read(value(http_headers=headers))
    assert (page.http_headers, kinds(page)) == (expected, ["field_repaired"])
    is_left_out = any(mark in str(headers) for mark in ("no header", "''", str(10**30)))
    assert ("1 left out" in page.notes[0].detail) is is_left_out


def test_lines_about_rights_need_no_note_and_others_are_joined() -> None:
    page = read(value(http_headers={"x-robots-tag": "googlebot: noindex\nnoarchive"}))
    assert (page.http_headers, kinds(page)) == ({"x-robots-tag": "googlebot: noindex\nnoarchive"}, [])
    assert read(value(http_headers={"Vary": ["a", "b"]})).http_headers == {"Vary": "a, b"}
