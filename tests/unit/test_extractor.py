import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import SAMPLES
from wiredesk.extractor import words
from wiredesk.extractor.body.story import is_truncated
from wiredesk.extractor.captions import parse_caption
from wiredesk.extractor.explain import explain
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.metadata.authors import parse_names
from wiredesk.extractor.metadata.dates import parse_machine_date, parse_written_date
from wiredesk.extractor.metadata.json_ld import JsonLd, Node
from wiredesk.extractor.metadata.story_node import PageWitnesses, story_node
from wiredesk.ingest.accept import Ingest
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import (
    AcceptedPage,
    Block,
    BlockKind,
    CleanedArticle,
    Evidence,
    RawPage,
    SkippedPage,
    WithdrawnPage,
)

SENTENCE = "The council voted on Tuesday to keep the old library open, and to repair its roof before the winter. "
STORY = "".join(f"<p>{SENTENCE * 2}{n}.</p>" for n in range(5))


def read(body: str | bytes, url: str = "https://paper.example/a/story", **fields: Any) -> CleanedArticle | SkippedPage:
    content = {"body": body} if isinstance(body, str) else {"body_base64": body}
    page = Ingest()(RawPage(url=url, **content, **fields))
    assert isinstance(page, AcceptedPage)
    result = Extractor()(page)
    return result.skipped_page() if isinstance(result, WithdrawnPage) else result


def article(body: str | bytes, **fields: Any) -> CleanedArticle:
    result = read(body, **fields)
    assert isinstance(result, CleanedArticle), result
    return result


def sample(name: str) -> CleanedArticle:
    return article((SAMPLES / "pages" / name).read_bytes(), content_type="text/html")


def test_semantic_html_with_json_ld() -> None:
    extracted = sample("ferry-strike.html")
    assert extracted.title == "Ferry crews end strike after night of talks"
    assert extracted.subtitle == "Union accepts a pay rise of six per cent; first sailings leave on Sunday"
    assert extracted.authors == ("Maeve Dunmore", "Tom Ashby")
    assert extracted.published_at == datetime.fromisoformat("2026-03-14T07:40:00+00:00")
    assert extracted.modified_at == datetime.fromisoformat("2026-03-14T11:05:00+00:00")
    assert (extracted.source, extracted.section, extracted.language) == ("The Harbour Courier", "Transport", "en-GB")
    assert extracted.keywords == ("ferries", "strike", "wages")
    assert extracted.lead_image is not None
    assert extracted.lead_image.url == "https://paper.example/images/ferry.jpg"
    assert extracted.paragraphs[0].text.startswith("Ferry crews on the southern routes")
    assert extracted.paragraphs[-1].text.endswith("would last longer.")
    assert BlockKind.HEADING in {block.kind for block in extracted.paragraphs}
    body = "\n".join(block.text for block in extracted.paragraphs)
    assert not re.search(r"newsletter|Related|Privacy|Photograph|By Maeve", body)
    assert extracted.extraction.evidence["published_at"] is Evidence.JSON_LD
    assert 0 < extracted.extraction.confidence <= 1


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("/a b.jpg", "https://paper.example/a%20b.jpg"),
        ("https://user:hunter2@cdn.example/x.jpg", "https://cdn.example/x.jpg"),
        ("https://token@cdn.example/x.jpg", "https://cdn.example/x.jpg"),
        ("//user:hunter2@[::1]/x.jpg", "https://[::1]/x.jpg"),
        ("https://cdn.example/\x9b31m\u202e.jpg", "https://cdn.example/31m.jpg"),
        ("https://cdn.example/Bild-\N{LATIN SMALL LETTER A WITH DIAERESIS}.jpg", "https://cdn.example/Bild-ä.jpg"),
        ("javascript:alert(1)", None),
        ("https://[broken/x.jpg", None),
    ],
)
def test_an_image_is_an_address_that_can_be_handed_on(stated: str, expected: str | None) -> None:
    head = f"<head><meta property='og:image' content='{stated}'></head>"
    image = article(f"<html>{head}<body><article><h1>Library stays</h1>{STORY}</article></body></html>").lead_image
    assert (image and image.url) == expected


@pytest.mark.parametrize(
    ("name", "title", "published", "first"),
    [
        ("council-library-1999.html", "Council saves the library, and the café beside it", date(1999, 11, 9), "The library in"),
        ("volcano.amp.html", "Thousands leave homes as volcano wakes in Iceland", datetime.fromisoformat("2026-02-02T05:12:00+00:00"), "More than three"),
        ("most-1251.html", "Новый мост через Волгу открыли на месяц раньше срока", datetime.fromisoformat("2026-06-01T12:30:00+03:00"), "В понедельник"),
        ("tea-gb18030.html", "春茶提前上市 茶农收入增加", datetime(2026, 3, 28, 9, 15), "今年春天气温偏高"),
        ("train-shift-jis.html", "北の鉄道、三年ぶりに全線で運転再開", datetime.fromisoformat("2026-04-10T06:00:00+09:00"), "豪雨で橋が流され"),
        ("orchester.html", "Orchester spielt zum ersten Mal im alten Kraftwerk", datetime.fromisoformat("2026-09-05T21:10:00+02:00"), "Wo früher Kessel"),
        ("live-election-night.html", "Election night in Carvania: live", datetime.fromisoformat("2026-05-17T18:00:00+02:00"), "23:48"),
        ("broken-markup.html", "Bakery turns one hundred", None, "The bakery in Quay Street"),
    ],
)  # fmt: skip
def test_sites_of_every_make(name: str, title: str, published: date | None, first: str) -> None:
    extracted = sample(name)
    assert extracted.title == title
    assert extracted.published_at == published
    assert extracted.paragraphs[0].text.startswith(first)
    assert extracted.word_count > 100


@pytest.mark.parametrize(
    ("body", "url", "reason"),
    [
        ((SAMPLES / "pages" / "index.html").read_text(encoding="utf-8"), "https://paper.example/all", "index_page"),
        ("<title>404 Not Found</title><h1>Not Found</h1><p>The page was not found.", "https://p.example/x", "error_page"),
        ("<h1>We value your privacy</h1><p>" + "We and our partners store cookies. " * 8, "https://p.example/x", "consent_wall"),
        ("<h1>Regatta</h1>" + "<figure><img><figcaption>Boats at sea</figcaption></figure>".join("12345"), "https://p.example/g", "too_short"),
        ("<h1>Regatta</h1>" + "".join(f"<figure><img><figcaption>Boat number {n}</figcaption></figure>" for n in range(6)), "https://p.example/g", "gallery"),
        ("<p>Hello.", "https://p.example/x", "too_short"),
        ("hello", "https://p.example/x", "too_short"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_skipped_with_its_reason(body: str, url: str, reason: str) -> None:
    skipped = read(body, url=url)
    assert isinstance(skipped, SkippedPage)
    assert (skipped.reason, skipped.stage) == (reason, "extractor")
    assert skipped.detail


@pytest.mark.parametrize(
    ("head", "heading", "expected"),
    [
        ("<title>Library saved | The Paper</title>", "Library saved", "Library saved"),
        ("<title>Library saved - The Paper</title>", "The Paper", "Library saved"),
        ("<title>Paper | The library is saved after all</title>", "The library is saved after all", "The library is saved after all"),
        ('<meta property="og:site_name" content="The Paper"><title>Library saved - The Paper</title>', "The Paper", "Library saved"),
        ('<meta property="og:title" content="Library saved from closure">', "Culture", "Library saved from closure"),
        ('<meta property="og:title" content="Library saved from clo\u00adsure">', "", "Library saved from closure"),
    ],
)  # fmt: skip
def test_the_headline_is_the_storys_own(head: str, heading: str, expected: str) -> None:
    assert article(f"<html><head>{head}</head><body><h1>{heading}</h1>{STORY}").title == expected


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Maeve Dunmore and Tom Ashby", ("Maeve Dunmore", "Tom Ashby")),
        ("Maeve Dunmore, chief political correspondent", ("Maeve Dunmore",)),
        ("Von Jürgen Höß und Ida Lund", ("Jürgen Höß", "Ida Lund")),
        ("Trine Bak og Tôrtia Olsen", ("Trine Bak", "Tôrtia Olsen")),
        ("Written by: Ida Lund", ("Ida Lund",)),
        ("Ida Lund / Tom Ashby", ("Ida Lund", "Tom Ashby")),
        ("https://paper.example/authors/ida", ()),
        ("admin", ()),
        ("", ()),
    ],
)
def test_names_in_a_byline(byline: str, expected: tuple[str, ...]) -> None:
    assert parse_names(byline) == expected


@pytest.mark.parametrize(
    ("head", "people", "agencies"),
    [
        (
            '{"@type":"NewsArticle","author":[{"@type":"Person","givenName":"Ida","familyName":"Lund"}]}',
            ("Ida Lund",),
            (),
        ),
        ('{"@type":"NewsArticle","author":{"@type":"Organization","name":"dpa"}}', (), ("dpa",)),
        ('{"@type":"NewsArticle","author":"Ida Lund, Reuters"}', ("Ida Lund",), ("Reuters",)),
        (
            '[{"@type":"NewsArticle","author":{"@id":"#1"}},{"@id":"#1","@type":"Person","name":"Ida Lund"}]',
            ("Ida Lund",),
            (),
        ),
        ('{"@type":"NewsArticle","author":{"@id":"#1"}}', (), ()),
    ],
)
def test_people_and_agencies_are_separated(head: str, people: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    page = f'<head><title>Library saved</title><script type="application/ld+json">{head}</script></head><h1>Library saved</h1>{STORY}'
    extracted = article(page)
    assert (extracted.authors, extracted.agencies) == (people, agencies)


@pytest.mark.parametrize("author", ["The Paper", "The Paper, Frankfurt, Germany"])
def test_a_page_that_names_itself_is_asked_again(author: str) -> None:
    head = f'<meta property="og:site_name" content="The Paper"><meta name="author" content="{author}">'
    extracted = article(f'<head>{head}</head><h1>Library saved</h1><p class="byline">By Ida Lund</p>{STORY}')
    assert extracted.authors == ("Ida Lund",)
    assert extracted.extraction.evidence["authors"] is Evidence.DOM


@pytest.mark.parametrize(
    ("last", "stated", "expected"),
    [
        ("It ends here.", 0, False),
        ("It goes on…", 0, True),
        ("Continue reading", 0, True),
        ("It ends here.", 100, True),
        ("", 0, False),
    ],
)
def test_a_story_that_is_broken_off(last: str, stated: int, *, expected: bool) -> None:
    assert is_truncated([Block(text=last)] if last else [], stated) is expected


def test_an_explanation_gives_a_reason_for_each_text() -> None:
    raw = (SAMPLES / "pages" / "ferry-strike.html").read_bytes()
    page = Ingest()(RawPage(url="https://paper.example/a", body_base64=raw, content_type="text/html"))
    assert isinstance(page, AcceptedPage)
    extractor = Extractor()
    extracted = extractor.extract(page)
    explained = explain(extracted, extractor.models)
    reasons = {one.text.text: one.reason for one in explained}
    assert [one.text for one in explained] == list(extracted.texts)
    assert [one.text.text for one in explained if one.text.kept] == [block.text for block in extracted.blocks]
    assert reasons["Ferry crews end strike after night of talks"] == "already in title"
    assert all(reasons.values())
    assert {one.text.kept for one in explained} == {True, False}


def test_broken_json_ld_costs_nothing_else() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", </script><meta property="og:title" content="Library saved">'
    assert article(f"<head>{head}</head><h1>x</h1>{STORY}").title == "Library saved"


@pytest.mark.parametrize(
    "nodes",
    [
        [{"@type": "NewsArticle", "url": "a"}, {"@type": "NewsArticle", "headline": "own"}],
        [{"@type": "NewsArticle", "headline": "teaser"}, {"@type": "Article", "headline": "own", "datePublished": "x"}],
        [{"@type": "Article", "datePublished": "x"}, {"@type": "Article", "headline": "own"}],
        [{"@type": "WebPage", "headline": "site", "datePublished": "x"}, {"@type": ["Article"], "headline": "own"}],
        [{"@type": "Article", "headline": "own"}, {"@type": "Article", "headline": "of a teaser that comes later"}],
    ],
)
def test_of_several_articles_the_one_with_most_to_say_is_the_pages_own(nodes: list[Node]) -> None:
    assert story_node(JsonLd(nodes, [False] * len(nodes)), PageWitnesses())["headline"] == "own"


def test_what_stands_after_the_end_of_a_page_is_read_as_browsers_do() -> None:
    half = "".join(f"<p>{SENTENCE * 2}{n}.</p>" for n in range(3))
    for end in ("</body></html>", "</BODY >", "</html>"):
        extracted = article(f"<html><body><h1>Library saved</h1>{half}{end}<p>{SENTENCE} It opens again in May.</p>")
        assert extracted.paragraphs[-1].text.endswith("It opens again in May."), end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-12-03T08:35:00+08:00", datetime.fromisoformat("2015-12-03T08:35:00+08:00")),
        ("2015-12-03T08:35:00+0800", datetime.fromisoformat("2015-12-03T08:35:00+08:00")),
        ("2015-12-03 08:35:00 +0800", datetime.fromisoformat("2015-12-03T08:35:00+08:00")),
        ("2015-12-03T08:35Z", datetime.fromisoformat("2015-12-03T08:35:00+00:00")),
        ("2015-12-03T08:35", datetime(2015, 12, 3, 8, 35)),
        ("2015-12-03", date(2015, 12, 3)),
        ("Thu, 03 Dec 2015 08:35:00 +0800", datetime.fromisoformat("2015-12-03T08:35:00+08:00")),
        ("1015-12-03", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_in_fields(text: str, expected: date | None) -> None:
    assert parse_machine_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Updated: 2015-12-03 08:35", datetime(2015, 12, 3, 8, 35)),
        ("14 March 2026, 7.40am", datetime(2026, 3, 14, 7, 40)),
        ("March 3rd, 2020 at 5:12 p.m.", datetime(2020, 3, 3, 17, 12)),
        ("March 3rd, 2020 at 12:05 p.m.", datetime(2020, 3, 3, 12, 5)),
        ("March 3rd, 2020 at 11:59 pm", datetime(2020, 3, 3, 23, 59)),
        ("12. Dezember 2019", date(2019, 12, 12)),
        ("le 5 août 2021 à 10h30", datetime(2021, 8, 5, 10, 30)),
        ("3 декабря 2015", date(2015, 12, 3)),
        ("2026年03月28日 09:15　来源：江南晚报", datetime(2026, 3, 28, 9, 15)),
        ("99 March 2020", None),
        ("in 2020 they met", None),
    ],
)
def test_times_in_lines(text: str, expected: date | None) -> None:
    assert parse_written_date(text) == expected


def test_a_time_may_lie_ahead_by_a_year_and_no_more() -> None:
    """Pages announce; a year that is further away is a misread number."""
    today = datetime.now(UTC).date()
    for day, expected in ((today + timedelta(days=300), True), (today + timedelta(days=400), False)):
        assert (parse_machine_date(day.isoformat()) == day) is expected
        assert (parse_written_date(f"Updated: {day.isoformat()}") == day) is expected


@given(st.text(max_size=200))
def test_no_text_breaks_a_time(text: str) -> None:
    for parsed in (parse_machine_date(text), parse_written_date(text)):
        assert parsed is None or isinstance(parsed, date)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("Two ministers meet. [Photo/IC] |", "Two ministers meet.", "Photo/IC"),
        ("The bridge at dawn. Photograph: Ida Lund/Agency", "The bridge at dawn.", "Ida Lund/Agency"),
        ("The bridge (AP Photo/Ida Lund)", "The bridge", "AP Photo/Ida Lund"),
        ("The bridge in 1990", "The bridge in 1990", None),
    ],
)
def test_captions_and_their_credits(text: str, caption: str, credit: str | None) -> None:
    parsed = parse_caption(text)
    assert parsed is not None
    assert (parsed.text, parsed.credit) == (caption, credit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("one two", 2), ("", 0), ("mother-in-law's", 1), ("春茶提前", 4), ("北の鉄道 3", 5), ("U.S. law", 2)],
)
def test_words_are_counted_in_any_script(text: str, expected: int) -> None:
    assert words.count(text) == expected


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div>", "<table>", "<td>", "<h1>", "<article>", "<script>", "<!--", "]]>", "&#0;", "<a href='", "\x00", "'>",
     "<li>", "<figure>", "<figcaption>", "<time datetime='", SENTENCE, SENTENCE, "<title>", "<meta property='og:title' content='"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=30), max_size=60).map("".join), st.sampled_from(["text/html", "text/plain"]))
def test_any_page_ends_as_an_article_or_with_a_reason(body: str, media_type: str) -> None:
    try:
        event = read(body, content_type=media_type)
    except RejectedError:
        return
    restored = type(event).from_json(event.to_json())
    assert restored == event
