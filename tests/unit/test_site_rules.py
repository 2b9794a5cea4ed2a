"""Rules for sites: an operator's file of selectors, and the rules that are built in."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ROOT, SAMPLES
from wiredesk.extractor.document import parse_html, text_of
from wiredesk.extractor.explain import RULE_REASON, explain
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.settings import ExtractorSettings
from wiredesk.extractor.site_rules import MAX_FILE, MAX_SELECTOR, SiteRule, SiteRules, load_site_rules
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, CleanedArticle, Evidence, RawPage, SkippedPage, WithdrawnPage

SENTENCE = "The council voted on Tuesday to keep the old library open, and to repair its roof before the winter. "
STORY = "".join(f"<p>{SENTENCE * 2}{n}.</p>" for n in range(5))
ASIDE = "".join(
    f"<p>The harbour closes early in the summer, say its owners, and nobody minds that {n}.</p>" for n in range(5)
)
PAGE = f"""<html><head><title>Wrong | Site</title><meta property="og:title" content="Wrong"></head><body>
<div class="headline">Library stays open</div><div class="who">Ida Lund, Reuters</div>
<time class="when" datetime="2026-03-14T07:40:00Z">today</time>
<div id="story">{STORY}<p class="promo">{SENTENCE}Subscribe.</p></div><div id="other">{ASIDE}</div></body></html>"""

RULE = """
[[site]]
hosts = ["paper.example", "*.paper.example"]
body = "#story"
title = "div.headline"
authors = ".who"
published_at = ["time.when"]
drop = [".promo"]
"""


def accepted(url: str = "https://paper.example/a", body: str = PAGE, **fields: Any) -> AcceptedPage:
    page = Ingest()(RawPage(url=url, body=body, **fields))
    assert isinstance(page, AcceptedPage)
    return page


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(RULE, encoding="utf-8")
    return path


def read(path: Path | None, page: AcceptedPage) -> CleanedArticle | SkippedPage:
    result = Extractor(settings=ExtractorSettings(site_rules=path))(page)
    return result.skipped_page() if isinstance(result, WithdrawnPage) else result


def article(path: Path | None, page: AcceptedPage) -> CleanedArticle:
    event = read(path, page)
    assert isinstance(event, CleanedArticle), event
    return event


def test_a_rule_gives_the_fields_that_it_selects(rules: Path) -> None:
    event = article(rules, accepted())
    assert [block.text for block in event.paragraphs] == [f"{SENTENCE * 2}{n}." for n in range(5)]
    assert event.title == "Library stays open"
    assert (event.authors, event.agencies) == (("Ida Lund",), ("Reuters",))
    assert event.published_at is not None
    assert event.published_at.isoformat() == "2026-03-14T07:40:00+00:00"
    assert event.extraction.confidence == 1.0
    fields = ("paragraphs", "title", "authors", "agencies", "published_at")
    assert {event.extraction.evidence[name] for name in fields} == {Evidence.DOM}


def test_a_selector_without_a_match_leaves_the_field_to_the_models_and_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[site]]\nhosts = "paper.example"\nbody = "main"\ntitle = ["h7", "h8"]\n', encoding="utf-8")
    event, without = article(path, accepted()), article(None, accepted())
    assert (event.title, event.paragraphs) == (without.title, without.paragraphs)
    noted = {name for name in event.extraction.evidence if name not in without.extraction.evidence}
    assert noted == {"site_rule.body", "site_rule.title"}
    assert event.extraction.evidence["title"] == without.extraction.evidence["title"]


@pytest.mark.parametrize(
    ("host", "applies"),
    [
        ("paper.example", True),
        ("www.paper.example", True),
        ("sport.paper.example", True),
        ("a.b.paper.example", True),
        ("otherpaper.example", False),
        ("paper.example.com", False),
        ("example", False),
    ],
)
def test_a_rule_is_for_its_hosts(host: str, rules: Path, *, applies: bool) -> None:
    event = read(rules, accepted(f"https://{host}/a"))
    assert isinstance(event, CleanedArticle)
    assert (event.title == "Library stays open") is applies


def test_the_rule_of_the_host_comes_before_a_pattern_and_a_long_pattern_before_a_short_one() -> None:
    hosts = ("*.paper.example", "a.paper.example", "*.a.paper.example")
    rules = SiteRules(SiteRule(hosts=(host,), title=(f"#n{number}",)) for number, host in enumerate(hosts))
    body = "".join(f"<h1 id='n{number}'>Title {number}</h1>" for number in range(3))
    for url, title in (("b.paper.example", "0"), ("www.a.paper.example", "1"), ("x.y.a.paper.example", "2")):
        root = parse_html(body)
        assert root is not None
        assert rules.apply(f"https://{url}/", root).title == f"Title {title}"


def test_event_ids_follow_the_rule_that_applies_and_no_other(tmp_path: Path, rules: Path) -> None:
    elsewhere, here = accepted("https://elsewhere.example/a"), accepted()
    assert read(rules, elsewhere) == read(None, elsewhere)
    other = tmp_path / "other.toml"
    other.write_text(RULE + '[[site]]\nhosts = "more.example"\ntitle = "h1"\n', encoding="utf-8")
    changed = tmp_path / "changed.toml"
    changed.write_text(RULE.replace(".promo", ".advert"), encoding="utf-8")
    ids = [read(path, here).event_id for path in (None, rules, other, changed)]
    assert ids[1] == ids[2]
    assert len(set(ids)) == 3
    assert article(rules, here).extraction.version.startswith(f"{Extractor.version}+rule.")
    assert article(None, here).extraction.version == Extractor.version


def test_a_skipped_page_follows_its_rule_too(rules: Path) -> None:
    page = accepted(body="<h1>Library</h1><p>Soon more.</p>")
    skipped = [read(path, page) for path in (None, rules)]
    assert all(isinstance(event, SkippedPage) for event in skipped)
    assert skipped[0].event_id != skipped[1].event_id


def test_text_has_no_selectors(rules: Path) -> None:
    page = accepted(body=f"Library stays open\n\n{SENTENCE * 8}", content_type="text/plain")
    assert read(rules, page) == read(None, page)


def test_an_explanation_says_that_a_rule_was_used(rules: Path) -> None:
    extractor = Extractor(settings=ExtractorSettings(site_rules=rules))
    extracted = extractor.extract(accepted())
    reasons = {one.reason for one in explain(extracted, extractor.models) if one.text.kept}
    assert reasons == {RULE_REASON}
    assert extracted.rule.matched == ("body", "title", "authors", "published_at")


def test_a_built_in_rule_has_the_same_form_and_changes_no_id() -> None:
    body = "<p>Story</p><div data-quirk='next-story'><p>Another</p></div><p>End</p>"
    for url, text in (
        ("https://www.wiredesk.example/a", "Story End"),
        ("https://sport.wiredesk.example/a", "Story End"),
        ("https://paper.example/a", "Story Another End"),
    ):
        root = parse_html(body)
        assert root is not None
        assert SiteRules().apply(url, root).digest is None
        assert text_of(root) == text


SITE = '[[site]]\nhosts = "example.com"\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("site = ", "Invalid value (at "),
        ("x = 1", "site: Field required"),
        ("site = []", "site: "),
        (SITE, "site 1 (example.com): the rule has no selector: give one of body, title, authors, published_at, drop"),
        (f'{SITE}body = "div["', "site 1 (example.com): body: 'div[' is not a CSS selector: "),
        (f'{SITE}bdy = "p"', "site 1 (example.com): bdy: no such field; there are: hosts, body, title, authors, published_at, drop"),
        (f'{SITE}title = ["h1", 3]', "site 1 (example.com): title: Input should be a valid string"),
        (f'{SITE}title = "p::before"', "site 1 (example.com): title: 'p::before' is not a CSS selector: "),
        (f'{SITE}title = "{"a" * (MAX_SELECTOR + 1)}"', f"site 1 (example.com): title: String should have at most {MAX_SELECTOR} characters"),
        (f'{SITE}title = "h1"\n[[site]]\nhosts = ["https://x.example/"]\ntitle = "h1"', "site 2 (https://x.example/): hosts: 'https://x.example/' is not a host: write example.com, or *.example.com for the hosts below it"),
        (f'{SITE}title = "h1"\n[[site]]\nhosts = ["www.example.com"]\ntitle = "h1"', "example.com: two rules are for this host"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_site_field_and_problem(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"rules\.toml") as error:
        load_site_rules(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MAX_FILE + 1))
    bytes_file = tmp_path / "bytes.toml"
    bytes_file.write_bytes(b"\xff")
    for path in (tmp_path / "missing.toml", tmp_path, large, bytes_file):
        with pytest.raises(ValueError, match=str(path)):
            load_site_rules(path)


@given(st.text(max_size=80), st.text(max_size=30))
def test_any_selector_and_host_are_a_rule_or_an_error(selector: str, host: str) -> None:
    root = parse_html(PAGE)
    assert root is not None
    try:
        rules = SiteRules([SiteRule(hosts=("paper.example", host), body=(selector,))])
    except ValueError:
        return
    rules.apply("https://paper.example/", root)


def test_the_example_file_reads_a_sample() -> None:
    path = ROOT / "examples" / "site-rules" / "site-rules.toml"
    sample = (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")
    event = article(path, accepted("https://www.courier.example/ferry", sample, content_type="text/html"))
    assert event.paragraphs[0].text.startswith("Ferry crews on the southern routes")
    assert event.title == "Ferry crews end strike after night of talks"
    assert event.authors == ("Maeve Dunmore", "Tom Ashby")
    assert not [name for name in event.extraction.evidence if name.startswith("site_rule.")]
