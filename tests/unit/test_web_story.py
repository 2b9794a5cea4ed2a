"""Stories, dead letters and forms, without Kafka: marks, differences, ninjs, schema.org, Atom, the description."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile_text import CORPUS
from tests.unit.test_web_hostile import assert_harmless, hostile_article
from tests.web_page import example, parse, web_page
from wiredesk.operations.trace import PageTrace, TracedRecord
from wiredesk.pipeline import INGEST
from wiredesk.runtime.dead_letters import DeadLetter
from wiredesk.runtime.records import Record, instant
from wiredesk.web.forms.atom import atom
from wiredesk.web.forms.choice import Form, choose
from wiredesk.web.forms.entry import Entry
from wiredesk.web.forms.json_ld import json_ld, json_ld_list
from wiredesk.web.forms.ninjs import ninjs, ninjs_list
from wiredesk.web.letters import source_of, text_of
from wiredesk.web.marks import Mark, pieces
from wiredesk.web.openapi import document
from wiredesk.web.refusals import RefusedError
from wiredesk.web.rendering import environment, render
from wiredesk.web.story_page import _blocks, _marked, revisions
from wiredesk.web.wire.brief import brief_of
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle

NINJS_PROPERTIES = {
    "uri", "type", "representationType", "profile", "version", "firstCreated", "versionCreated", "contentCreated", "embargoed",
    "pubStatus", "urgency", "copyrightHolder", "copyrightNotice", "usageTerms", "edNote", "language", "descriptions", "bodies",
    "headlines", "people", "organisations", "places", "subjects", "events", "objects", "infoSources", "title", "by", "slugline",
    "located", "renditions", "associations", "altIds", "trustIndicators", "standard", "genres", "expires", "rightsInfo",
}  # fmt: skip
"""The properties of ninjs 3.0: its schema allows no others."""


def entry(name: str = "enriched_article", value: bytes | None = None, **fields: Any) -> Entry:
    """Return an event as a page has it."""
    record = Record("articles.enriched", 0, 7, 1_790_000_000_000, b"k", value or example(name, **fields))
    brief = brief_of(record, instant(record.timestamp), None)
    assert brief is not None
    kind = EnrichedArticle if name == "enriched_article" else ArticleWithdrawn
    return Entry(kind.from_json(record.value), brief)


def story_html(one: Entry) -> str:
    article = one.event
    assert isinstance(article, EnrichedArticle)
    title = article.title or ""
    records = (TracedRecord("pages.raw", 0, 1, 1_790_000_000_000, "", title[:2000], None),)
    return render(
        "story.html", person=None, pages=(), here="", page_id=article.page_id, now=one.brief, article=article, blocks=_blocks(article),
        headline=_marked(article, "/title", title), standfirst=_marked(article, "/subtitle", article.subtitle or ""),
        revisions=revisions([one, entry(title="Another headline")]), copies=None, traces=(PageTrace("pages.raw/0/1", records, title[:2000]),),
        unread=(),
    )  # fmt: skip


def test_hostile_texts_stay_text_in_a_story() -> None:
    plain = parse(story_html(entry(value=hostile_article("A plain text"))))
    for text in CORPUS:
        assert_harmless(parse(story_html(entry(value=hostile_article(text)))), plain)


def test_every_template_is_known_to_escape() -> None:
    engine = environment()
    assert engine.autoescape is True
    for name in engine.list_templates():
        source = (engine.loader.get_source(engine, name) if engine.loader else ("",))[0]
        assert "|safe" not in source.replace(" ", "")
        assert "autoescape" not in source


def test_entities_are_marked_where_they_are_named() -> None:
    html = story_html(entry())
    assert '<mark class="person" title="person: Helen Marsh">Helen Marsh</mark>' in html
    assert '<mark class="place" title="place: France">France</mark>' in html
    assert "<del>" in html


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-3, 35), st.integers(-3, 35)), max_size=8))
def test_marked_text_is_the_text(text: str, places: list[tuple[int, int]]) -> None:
    marked = pieces(text, [Mark(start, stop, "person", "x") for start, stop in places])
    assert "".join(piece.text for piece in marked) == text


def test_a_difference_names_the_words_that_changed() -> None:
    newer, older = entry(title="Ferry crews end strike"), entry(title="Ferry crews begin strike")
    first, second = revisions([newer, older])
    assert [run.text.strip() for run in first.headline if run.act == "added"] == ["end"]
    assert not first.passages
    assert not second.headline


def test_an_article_as_ninjs_has_only_its_properties() -> None:
    made = ninjs(entry())
    assert set(made) <= NINJS_PROPERTIES
    assert made["standard"]["version"] == "3.0"
    assert made["headlines"] == [{"role": "main", "value": "Ferry crews end strike after night of talks"}]
    assert {"name": "Southampton", "uri": "http://www.wikidata.org/entity/Q79848"}.items() <= next(
        place for place in made["places"] if place["name"] == "Southampton"
    ).items()
    assert made["bodies"][0]["charCount"] == len(made["bodies"][0]["value"])
    assert ninjs(entry("article_withdrawn"))["pubStatus"] == "canceled"
    listed = ninjs_list([entry(), entry("article_withdrawn")])
    assert listed["type"] == "composite"
    assert all({"name", "uri"} <= set(item) <= NINJS_PROPERTIES | {"name"} for item in listed["associations"])


def test_a_time_without_offset_is_no_date_time_of_ninjs() -> None:
    assert "contentCreated" not in ninjs(entry(published_at="2026-03-14"))
    assert "contentCreated" not in ninjs(entry(published_at="2026-03-14T08:00:00"))
    assert json_ld(entry(published_at="2026-03-14"))["datePublished"] == "2026-03-14"


def test_an_article_as_schema_org() -> None:
    made = json_ld(entry())
    assert (made["@context"], made["@type"]) == ("https://schema.org", "NewsArticle")
    assert made["author"][0] == {"@type": "Person", "name": "Maeve Dunmore"}
    assert len(json_ld_list([entry(), entry("article_withdrawn")])["@graph"]) == 2


def test_atom_is_well_formed_whatever_the_article_says() -> None:
    for text in CORPUS:
        root = ET.fromstring(atom([entry(value=hostile_article(text))], "http://127.0.0.1/"))  # noqa: S314 - ours
        assert {element.tag.partition("}")[2] for element in root.iter()} <= {
            "feed", "id", "title", "updated", "link", "entry", "published", "author", "name", "category", "summary", "content",
        }  # fmt: skip


def test_a_withdrawal_is_a_deleted_entry() -> None:
    withdrawn = entry("article_withdrawn")
    feed = atom([withdrawn, entry(page_id=withdrawn.event.page_id)], "http://127.0.0.1/").decode()
    assert "at:deleted-entry" in feed
    assert "<entry>" not in feed


@pytest.mark.parametrize(
    ("form", "accept", "expected"),
    [
        ("", "", Form.JSON),
        ("atom", "application/json", Form.ATOM),
        ("", "text/html, */*;q=0.1", Form.JSON),
        ("", "application/atom+xml", Form.ATOM),
        ("", "application/json;q=0.5, application/vnd.iptc.ninjs+json", Form.NINJS),
        ("", "APPLICATION/LD+JSON", Form.JSON_LD),
        ("", "text/html", None),
        ("", "application/json;q=0", None),
        ("xml", "", None),
        ("", "application/json;q=" + "9" * 5000, None),
        ("", "application/json;q=nan", None),
        # The most specific range decides (RFC 9110, 12.5.1).
        ("", "application/json;q=0, */*", Form.STREAM),
        ("", "*/*, application/json;q=0.1, text/event-stream;q=0", Form.NINJS),
        ("", "*/*, application/ld+json", Form.JSON_LD),
        ("", "application/*;q=0.9, application/atom+xml;q=0.2, text/*;q=0.5", Form.JSON),
        ("", "application/atom+xml, application/ld+json", Form.ATOM),
        ("", "text/*", Form.STREAM),
        ("", ",,;q=1,", None),
    ],
)
def test_the_form_is_what_the_request_asks_for(form: str, accept: str, expected: Form | None) -> None:
    if expected is None:
        with pytest.raises(RefusedError):
            choose(form, accept, tuple(Form))
    else:
        assert choose(form, accept, tuple(Form)) is expected


def test_the_description_is_an_openapi_document() -> None:
    described = document()
    assert described["openapi"] == "3.1.0"
    for name, schema in described["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert name
    references = {part for part in orjson.dumps(described).decode().split('"') if part.startswith("#/")}
    for reference in references:
        assert reference.removeprefix("#/components/schemas/") in described["components"]["schemas"]
    operations = [one["get"]["operationId"] for one in described["paths"].values()]
    assert len(set(operations)) == len(operations)


async def test_the_api_has_every_form() -> None:
    async with web_page() as page:
        page.feed.put(0, example("enriched_article"))
        article_id = orjson.loads(example("enriched_article"))["page_id"]
        for form in ("json", "ninjs", "json-ld", "atom"):
            status, headers, text = await page.ask("GET", f"/api/articles?form={form}")
            assert status == 200, text
            assert "Ferry crews end strike" in text
            again, _, _ = await page.ask(
                "GET", f"/api/articles?form={form}", headers={"If-None-Match": headers["ETag"]}
            )
            assert again == 304
            weak = {"If-None-Match": f'"other", W/{headers["ETag"]}'}
            assert (await page.get(f"/api/articles?form={form}", headers=weak))[0] == 304
        for form in ("json", "ninjs", "json-ld"):
            assert "Ferry crews end strike" in (await page.get(f"/api/articles/{article_id}?form={form}"))[1]
        assert (await page.get("/api/articles?limit=0"))[0] == 400
        assert (await page.get("/api/articles?form=html"))[0] == 406
        assert orjson.loads((await page.get("/api/articles?view=brief"))[1])["articles"][0]["kind"] == "corrected"
        assert (await page.get("/api/openapi.json"))[0] == 200


def letter(value: bytes, content_type: bytes | None = None) -> DeadLetter:
    received = (("content-type", content_type),) if content_type else ()
    record = Record("pages.raw.dlq", 0, 1, 0, None, value, (*received, ("wiredesk_dlq_reason", b"error")))
    return DeadLetter(record, INGEST, "error", "", "", "1", datetime(2026, 1, 1, tzinfo=UTC), "")


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (b"<p>bare</p>", "<p>bare</p>"),
        (b'{"url": "u", "body": "<p>x"}', "<p>x"),
        (b'{"data": {"body_base64": "PHA+eA=="}}', "<p>x"),
        (b'{"body_base64": "not base64!"}', '{"body_base64": "not base64!"}'),
        (b'{"body": 7}', '{"body": 7}'),
        (b"[1]", "[1]"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"", ""),
    ],
)
def test_the_source_of_a_dead_letter(value: bytes, source: str) -> None:
    assert source_of(letter(value)) == source


@pytest.mark.parametrize(
    ("charset", "text"),
    [("windows-1251", "Паром"), ("gb2312", "渡轮"), ("shift_jis", "フェリー"), ("iso-8859-1", "Fähre")],
)
def test_the_source_is_read_in_the_charset_that_the_page_states(charset: str, text: str) -> None:
    page = f'<meta charset="{charset}"><p>{text}'.encode(charset)
    encoded = base64.b64encode(text.encode(charset)).decode()
    assert text in source_of(letter(page))
    assert source_of(letter(text.encode(charset), f"text/html; charset={charset}".encode())) == text
    assert source_of(letter(orjson.dumps({"body_base64": encoded, "charset": charset}))) == text
    assert (
        source_of(letter(orjson.dumps({"body_base64": encoded, "content_type": f"text/html;charset={charset}"})))
        == text
    )


@pytest.mark.parametrize("charset", ["zip", "hex", "rot13", "utf-7", "unicode_escape", "", "x" * 5000, "\ud800"])
def test_a_charset_of_no_pages_is_passed_over(charset: str) -> None:
    value = b'{"body_base64": "/2E=", "charset": %b}' % json.dumps(charset).encode()
    assert source_of(letter(value)).endswith(("a", "}"))


def test_the_text_of_a_page_is_without_tags_and_scripts() -> None:
    page = "<title>T</title><style>x{}</style><p>One &amp; <b>two</b><script>alert('<p>')</script><!-- <p>no --><p>Three < four"
    assert text_of(page).split("\n")[0] == "T"
    assert "One & two" in text_of(page)
    assert "alert" not in text_of(page)
    assert "no" not in text_of(page).split()


@given(st.text(alphabet="<>!-/spcript \nx&;", max_size=200))
def test_any_source_has_a_text(source: str) -> None:
    assert isinstance(text_of(source), str)


def test_the_text_of_hostile_source_takes_linear_time() -> None:
    for source in ("<" * 200_000, "<script" * 30_000, "<!--" * 50_000, "<p" * 100_000):
        assert len(text_of(source)) <= len(source)
