"""Which of the URLs that a page declares identifies it."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.declarations import find_declarations
from wiredesk.ingest.urls import canonical_url
from wiredesk.ingest.urls.identity import StatedUrls, identify
from wiredesk_schemas import AcceptedPage, IngestNoteKind, RawPage

STORY = "https://news.example/2024/pier-vote"


def accepted(body: str, url: str = STORY, **fields: Any) -> AcceptedPage:
    page = Ingest()(RawPage.from_object({"url": url, "body": body, "content_type": "text/html", **fields}))
    assert isinstance(page, AcceptedPage)
    return page


def page(*head: str) -> str:
    return f"<!DOCTYPE html><html><head>{''.join(head)}</head><body><p>The council voted.</p></body></html>"


def link(url: str) -> str:
    return f'<link rel="canonical" href="{url}">'


def og(url: str) -> str:
    return f'<meta property="og:url" content="{url}">'


@pytest.mark.parametrize(
    ("fetched", "declared"),
    [
        # Spellings of the server.
        ("https://news.example/2024/pier-vote/", STORY),
        ("http://news.example/2024/pier-vote", STORY),
        ("https://www.news.example/2024/pier-vote", STORY),
        ("https://news.example/2024/Pier-Vote.html", STORY),
        ("https://news.example/2024/pier-vote/index.html", STORY),
        ("https://news.example/2024/pier-vote?ref=front&intcid=5", STORY),
        ("https://news.example/pier?source=rss", "https://news.example/pier"),
        # The same page for other readers.
        ("https://m.news.example/2024/pier-vote", STORY),
        ("https://mobile.news.example/2024/pier-vote", "https://www.news.example/2024/pier-vote"),
        ("https://amp.news.example/2024/pier-vote", STORY),
        ("https://news.example/amp/2024/pier-vote", STORY),
        ("https://news.example/2024/pier-vote/amp/", STORY),
        ("https://news.example/2024/pier-vote.amp", STORY),
        ("https://news.example/2024/pier-vote.amp.html", "https://news.example/2024/pier-vote.html"),
        ("https://news.example/2024/pier-vote-amp.html", "https://news.example/2024/pier-vote.html"),
        ("https://news.example/2024/pier-vote.html/amp", "https://news.example/2024/pier-vote.html"),
        ("https://news.example/2024/pier-vote?amp", STORY),
        ("https://news.example/2024/pier-vote?outputType=amp", STORY),
        ("https://news.example/pier?amp=1", "https://news.example/pier"),
        ("https://news.example/m/pier", "https://news.example/pier"),
        ("https://news.example/print/pier", "https://news.example/pier"),
        ("https://news.example/pier?print=1", "https://news.example/pier"),
        ("https://news.example/pier?view=print", "https://news.example/pier"),
        ("https://news.example/2024/pier-vote/print", STORY),
        ("https://en.news.example/2024/pier-vote", STORY),
        ("https://news.example/en/2024/pier-vote", STORY),
        ("https://news.example/en-gb/2024/pier-vote", "https://news.example/en-us/2024/pier-vote"),
        ("https://news.example/2024/pier-vote?lang=en", "https://news.example/en/2024/pier-vote"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/2024/pier-vote/amp", STORY),
        ("https://news-example.cdn.ampproject.org/v/news.example/2024/pier-vote?amp_js_v=0.1", STORY),
        ("https://news-example.cdn.ampproject.org/v/s/news.example/pier?amp_js_v=a9&amp_gsa=1&usqp=mq331&aoh=17000000&referrer=https%3A%2F%2Fwww.google.com", "https://news.example/pier"),
        ("https://news.example/2024/01/pier.html?m=1", "https://news.example/2024/01/pier.html"),
        ("https://news.example/2024/01/pier/?replytocom=123", "https://news.example/2024/01/pier/"),
        ("https://news.example/2024/pier-vote/amp.html", STORY),
        ("https://news.example/local/amp/council-approves-pier", "https://news.example/local/council-approves-pier"),
        ("https://www.google.com/amp/s/news.example/2024/pier-vote", STORY),
        ("https://news-example.bing-amp.com/c/s/amp.news.example/2024/pier-vote", STORY),
        # Another address of the same story.
        ("https://news.example/?p=1234", STORY),
        ("https://news.example/node/88999", STORY),
        ("https://news.example/a/x7Gh2kQ", "https://news.example/local/pier-vote"),
        ("https://news.example/story?id=51234", "https://news.example/local/51234"),
        ("https://news.example/show.php?id=5", "https://news.example/story/5"),
        ("https://news.example/local/council-approves-new-pier-123456", "https://news.example/123456"),
        ("https://news.example/story/123456/council-approves-new-pier", "https://news.example/story/123456"),
        ("https://news.example/story/123456", "https://news.example/story/123456/council-approves-new-pier"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", [link, og])
def test_a_declared_url_is_that_of_the_story(fetched: str, declared: str, state: Any) -> None:
    event = accepted(page(state(declared)), fetched)
    assert (event.canonical_url, event.canonical_evidence) == (declared, "link" if state is link else "og_url")
    assert event.url == fetched
    assert event.page_id == accepted(page(), declared).page_id
    assert not event.ingest_notes


@pytest.mark.parametrize(
    ("fetched", "declared"),
    [
        # Templates that declare one URL for all pages.
        (STORY, "https://news.example/"),
        (STORY, "https://news.example"),
        (STORY, "https://news.example/index.html"),
        (STORY, "https://news.example/en/"),
        (STORY, "https://www.news.example/?utm_source=x"),
        (STORY, "https://news.example/2024"),
        (STORY, "https://news.example/2024/"),
        ("https://news.example/local/pier-vote", "https://news.example/local/"),
        ("https://news.example/local/pier-vote", "https://news.example/sport"),
        ("https://news.example/?p=123", "https://news.example/"),
        ("https://news.example/?p=123", "https://news.example/news"),
        (STORY, "https://news.example/404"),
        (STORY, "https://news.example/login"),
        (STORY, "https://news.example/login/pier-vote"),
        (STORY, "https://news.example/page-not-found"),
        (STORY, "https://news.example/2024/{{slug-of-page}}"),
        (STORY, "https://news.example/2024/undefined"),
        # Parameters that name the page.
        ("https://news.example/article?id=5", "https://news.example/article"),
        ("https://news.example/article?id=5", "https://news.example/article?id=6"),
        ("https://news.example/show_article.php?x=5", "https://news.example/show_article.php"),
        ("https://news.example/company?cmp=ACME", "https://news.example/company"),
        ("https://news.example/search?q=pier", "https://news.example/search"),
        ("https://news.example/#!/story/1", "https://news.example/"),
        ("https://news.example/app#/story/1", "https://news.example/app"),
        # Parts of a story, each with text of its own.
        ("https://news.example/2024/pier-vote?page=2", STORY),
        ("https://news.example/2024/pier-vote?page=2", "https://news.example/2024/pier-vote?page=1"),
        ("https://news.example/2024/pier-vote/2", STORY),
        ("https://news.example/2024/pier-vote/page/2/", "https://news.example/2024/pier-vote/"),
        ("https://news.example/2024/pier-vote-2.html", "https://news.example/2024/pier-vote.html"),
        ("https://news.example/2024/pier-vote,seite-2.html", "https://news.example/2024/pier-vote.html"),
        ("https://news.example/2024/pier-vote/comments", STORY),
        ("https://news.example/2024/pier-vote?lang=de", STORY),
        # Other stories.
        (STORY, "https://news.example/2024/ferry-strike"),
        (STORY, "https://news.example/2024/ferry-strike-ends-after-a-week"),
        ("https://news.example/story/123456", "https://news.example/story/123457"),
        ("https://news.example/2024/01/05/live", "https://news.example/2024/01/06/live"),
        ("https://news.example/local/council-approves-pier", "https://news.example/2024/council-approves-pier-of-selby"),
        ("https://news.example/pier?foo", "https://news.example/pier"),
        ("https://news.example/local/council-vote-123456", "https://news.example/news/council-seat-654321"),
        ("https://news.example/local", "https://news.example/local/council-approves-new-pier"),
        ("https://news.example/", STORY),
        ("https://de.news.example/2024/pier-vote", "https://en.news.example/2024/pier-vote"),
        ("https://news.example/de/2024/pier-vote", "https://news.example/en/2024/pier-vote"),
        # Other hosts: originals of copies, and servers that nobody can reach.
        (STORY, "https://agency.example/2024/pier-vote"),
        (STORY, "https://news.example.org/2024/pier-vote"),
        (STORY, "https://blog.news.example/2024/pier-vote"),
        (STORY, "https://evil-news.example/2024/pier-vote"),
        (STORY, "https://news.example:8443/2024/pier-vote"),
        (STORY, "http://localhost/2024/pier-vote"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/2024/pier-vote", "https://agency.example/2024/pier-vote"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", [link, og])
def test_a_declared_url_is_of_something_else(fetched: str, declared: str, state: Any) -> None:
    event = accepted(page(state(declared)), fetched)
    assert (event.canonical_url, event.canonical_evidence) == (canonical_url(fetched), "url")
    (note,) = event.ingest_notes
    assert note.kind == IngestNoteKind.CANONICAL_NOT_BELIEVED
    assert canonical_url(declared) in note.detail


@pytest.mark.parametrize(
    "href",
    [
        "/2024/pier-vote", "//news.example/2024/pier-vote", "pier-vote", "../2024/pier-vote", "?utm_source=x", "?",
        "https://news.example:443/2024/pier-vote#top", "https://user:secret@news.example/2024/pier-vote", " \n/2024/pier-vote ",
        "https://news.example./2024/pier%2Dvote?gclid=1&amp;utm_medium=2",
    ],
)  # fmt: skip
def test_a_declared_url_may_be_written_in_any_way(href: str) -> None:
    event = accepted(page(link(href)), f"{STORY}?ref=front")
    assert (event.canonical_url, event.canonical_evidence) == (STORY, "link")


def test_relative_urls_start_from_the_base_of_the_page() -> None:
    event = accepted(page('<base href="/2024/">', link("pier-vote")), "https://news.example/en/2024/pier-vote")
    assert event.canonical_url == STORY
    event = accepted(page('<base href="https://cdn.example/">', link("/2024/pier-vote")), f"{STORY}?ref=front")
    assert event.canonical_evidence == "url"


@pytest.mark.parametrize(
    "href", ["", "#", "javascript:void(0)", "http://", "mailto:a@b.example", "x" * 5000, "https://[::1"]
)
def test_what_is_no_url_is_not_declared(href: str) -> None:
    event = accepted(page(link(href), og(href)))
    assert (event.canonical_url, event.canonical_evidence, event.ingest_notes) == (STORY, "url", ())


def test_of_different_links_none_is_believed() -> None:
    mobile = "https://m.news.example/2024/pier-vote"
    event = accepted(page(link(STORY), link(f"{STORY}/")), mobile)
    assert event.canonical_evidence == "url"
    assert len(event.ingest_notes) == 2
    assert accepted(page(link(STORY), link(f"{STORY}#top"), og(STORY)), mobile).canonical_evidence == "link"
    assert accepted(page(link(STORY), link(f"{STORY}/"), og(STORY)), mobile).canonical_evidence == "og_url"


def test_a_page_cannot_fill_its_notes_with_urls() -> None:
    links = (link(f"https://news.example/{number}") for number in range(100))
    assert len(accepted(page(*links)).ingest_notes) == 4


def test_a_link_counts_only_where_the_publisher_writes_it() -> None:
    for body in (
        f"<body>{link(STORY)}",
        f"<head><!-- {link(STORY)} --></head>",
        f"<head><script>'{link(STORY)}'</script>",
    ):
        event = accepted(f"<html>{body}<p>Text</p>", "https://m.news.example/2024/pier-vote")
        assert (event.canonical_url, event.ingest_notes) == ("https://m.news.example/2024/pier-vote", ())


def test_the_best_statement_that_agrees_is_taken() -> None:
    mobile = "https://m.news.example/2024/pier-vote"
    event = accepted(page(link("https://news.example/"), og(STORY)), mobile)
    assert (event.canonical_url, event.canonical_evidence) == (STORY, "og_url")
    event = accepted(page(link(mobile), og(STORY)), mobile)
    assert (event.canonical_url, event.canonical_evidence) == (mobile, "link")


@pytest.mark.parametrize(
    ("header", "is_believed"),
    [
        (f'<{STORY}>; rel="canonical"', True),
        (f"<{STORY}>;rel=canonical", True),
        (f'</a.css>; rel=preload; as=style, <{STORY}>; title="a, b"; rel="x Canonical"', True),
        (f'<{STORY}>; rel="alternate"', False),
        (f'<{STORY}>; rel="canonical"; anchor="/other"', False),
        ('<https://agency.example/2024/pier-vote>; rel="canonical"', False),
        (f"{STORY}; rel=canonical", False),
        ("<" * 100_000, False),
        ("<a>" + "; a" * 30_000, False),
    ],
)
def test_the_response_may_declare_it(header: str, is_believed: bool) -> None:  # noqa: FBT001
    url = "https://m.news.example/2024/pier-vote"
    event = accepted(page(), url, http_headers={"Link": header})
    assert (event.canonical_url, event.canonical_evidence) == ((STORY, "http_link") if is_believed else (url, "url"))
    text = accepted("The council voted.", url, http_headers={"Link": header}, content_type="text/plain")
    assert text.canonical_evidence == event.canonical_evidence


@pytest.mark.parametrize(
    ("subject", "is_believed"),
    [(STORY, True), ("https://news.example/", False), ("https://agency.example/a", False), ("story 5", False), ("", False)],
)  # fmt: skip
def test_the_subject_of_a_cloud_event_may_declare_it(subject: str, is_believed: bool) -> None:  # noqa: FBT001
    url = "https://m.news.example/2024/pier-vote"
    data = {"url": url, "body": "The council voted.", "content_type": "text/plain"}
    envelope = {"specversion": "1.0", "id": "1", "type": "page", "source": "/crawler", "subject": subject, "data": data}
    for value, headers in ((envelope, ()), (data, [("ce_subject", subject.encode())])):
        raw = RawPage.from_record(orjson.dumps(value), headers)
        event = Ingest()(raw)
        assert isinstance(event, AcceptedPage)
        assert (event.canonical_url, event.canonical_evidence) == ((STORY, "subject") if is_believed else (url, "url"))
    assert b"subject" not in raw.to_json()


def test_a_text_declares_nothing() -> None:
    text = f"What the page says of itself: {page(link(STORY))}"
    event = accepted(text, "https://m.news.example/2024/pier-vote", content_type="text/plain")
    assert event.canonical_evidence == "url"


def test_a_story_under_three_addresses_is_one_article() -> None:
    story = page(link(STORY))
    addresses = ("https://m.news.example/2024/pier-vote", "https://news.example/?p=4711", f"{STORY}?utm_source=x")
    events = [accepted(story, url) for url in addresses]
    assert {event.page_id for event in events} == {accepted(page(), STORY).page_id}
    assert tuple(event.url for event in events) == addresses


@given(st.text(max_size=60), st.sampled_from([STORY, "https://news.example/?p=5", "https://m.news.example/a/"]))
def test_no_declared_url_fails(tail: str, url: str) -> None:
    for declared in (tail, f"https://news.example/{tail}", f"https://{tail}/2024/pier-vote"):
        text = page(link(declared.replace('"', "&quot;")), og(declared.replace('"', "&quot;")))
        identity = identify(
            StatedUrls(url, canonical_url(url), find_declarations(text), f"<{declared}>; rel=canonical", declared)
        )
        assert canonical_url(identity.url) == identity.url


HEADLINE = "https://news.example/local/council-approves-new-pier"
NODE = "https://news.example/node/88999"


@pytest.mark.parametrize(
    ("head", "attributes", "rest"),
    [
        ('<link rel="shortlink" href="/?p=88999">', "", ""),
        ('<link rel="amphtml" href="/node/88999/amp">', "", ""),
        ('<meta name="article_id" content="88999">', "", ""),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "identifier": "88999"}</script>', "", ""),
        ('<script>dataLayer = [{"pageType": "story", "articleId": 88999}];</script>', "", ""),
        ("", ' class="page-node-88999 node-type-article"', ""),
        ("", ' class="single single-post postid-88999"', ""),
        ("", "", '<article id="post-88999" class="post">Text</article>'),
        ("", "", '<article data-history-node-id="88999">Text</article>'),
    ],
)
@pytest.mark.parametrize("state", [link, og])
def test_an_id_is_believed_if_the_page_states_it_elsewhere(head: str, attributes: str, rest: str, state: Any) -> None:
    body = f"<html><head>{state(NODE)}{head}</head><body{attributes}><p>The council voted.</p>{rest}</body></html>"
    assert accepted(body, HEADLINE).canonical_url == NODE


@pytest.mark.parametrize(
    ("attributes", "rest"),
    [
        ("", ""),
        (' class="page-node-12345"', '<a href="/node/88999">Other story</a>'),
        ("", '<article id="post-12345">Text</article><article id="post-88999">Teaser</article>'),
        ("", '<script>{"articleId": 12345, "related": [{"articleId": 88999}]}</script>'),
        (' class="page-node-889990"', ""),
    ],
)
def test_an_id_of_a_template_is_not_believed(attributes: str, rest: str) -> None:
    body = f"<html><head>{link(NODE)}</head><body{attributes}><p>The council voted.</p>{rest}</body></html>"
    event = accepted(body, HEADLINE)
    assert event.canonical_url == HEADLINE
    assert [note.kind for note in event.ingest_notes] == [IngestNoteKind.CANONICAL_NOT_BELIEVED]


def test_the_id_of_the_header_link_is_that_of_the_page() -> None:
    headers = {"Link": "<https://news.example/?p=88999>; rel=shortlink"}
    assert accepted(page(link(NODE)), HEADLINE, http_headers=headers).canonical_url == NODE


@pytest.mark.parametrize(
    ("declared", "published", "believed"),
    [
        ("https://news.example/2024/05/07/pier-vote", "2024-05-07T08:00:00Z", 1),
        ("https://news.example/2024/05/pier-vote", "2024-05-07", 1),
        ("https://news.example/2024/05/07/pier-vote", "2024-05-08", 0),
        ("https://news.example/2024/pier-vote", "2024-05-07", 0),
        ("https://news.example/2024/05/07/pier-vote", "", 0),
    ],
)
def test_a_short_headline_below_a_date_is_that_of_the_day(declared: str, published: str, believed: int) -> None:
    fetched = "https://news.example/local/pier-vote"
    time = f'<meta property="article:published_time" content="{published}">'
    story = f'<script type="application/ld+json">{{"datePublished": "{published}"}}</script>'
    for head in (time, story):
        found = accepted(page(link(declared), head), fetched).canonical_url
        assert found == (declared if believed else fetched)


def test_a_translation_is_another_page() -> None:
    german, english = "https://news.example/de/2024/pier-vote", "https://news.example/2024/pier-vote"
    versions = (
        f'<link rel="alternate" hreflang="de" href="{german}">',
        f'<link rel="alternate" hreflang="en" href="{english}">',
        f'<link rel="alternate" hreflang="x-default" href="{english}">',
    )
    assert accepted(page(link(english)), german).canonical_url == english
    assert accepted(page(link(english), *versions), german).canonical_url == german
    twin = f'<link rel="alternate" hreflang="de-AT" href="{english}">'
    assert accepted(page(link(english), versions[0], twin), german).canonical_url == english
