"""Error pages and consent walls are set aside, and short stories with their words are published, in twenty languages."""

import tomllib
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.notices import ErrorTitle, asks_consent, error_title, is_apology, is_consent_button
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, CleanedArticle, PageType, RawPage, SkippedPage, SkipReason, WithdrawnPage

PAGES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("notices_and_stories.toml").read_text(encoding="utf-8")
)


BANNER = (
    '<div class="banner"><p>We and our partners use cookies to show you personalised ads. You can withdraw your consent '
    "at any time.</p><button>Accept all</button><button>Reject all</button></div>"
)


def read(
    page: dict[str, Any], *, with_lang: bool = True, links: int = 3, banner: str = ""
) -> CleanedArticle | SkippedPage:
    """Extract a page in the mark-up of a small site: a line of links, one heading, paragraphs, and buttons."""
    texts = "".join(f"<p>{escape(text)}</p>" for text in page["texts"])
    buttons = "".join(f"<button>{escape(label)}</button>" for label in page.get("buttons", ()))
    navigation = " ".join(f'<a href="/{number}">{number}</a>' for number in range(links))
    language = f' lang="{page["language"]}"' if with_lang else ""
    body = (
        f"<!doctype html><html{language}><head><meta charset=utf-8><title>{escape(page['title'])}</title></head><body>"
        f"<nav>{navigation}</nav><main><h1>{escape(page['title'])}</h1>{texts}{buttons}</main>{banner}</body></html>"
    )
    accepted = Ingest()(RawPage(url="https://paper.example/a/1", body=body, content_type="text/html"))
    assert isinstance(accepted, AcceptedPage)
    result = Extractor()(accepted)
    return result.skipped_page() if isinstance(result, WithdrawnPage) else result


def name(page: dict[str, Any]) -> str:
    return f"{page['language']}: {page['title']}"


@pytest.mark.parametrize("page", PAGES["error"], ids=name)
def test_an_error_page_is_one_with_and_without_its_language(page: dict[str, Any]) -> None:
    for result in (read(page), read(page, with_lang=False), read(page, links=60)):
        assert isinstance(result, SkippedPage)
        assert (result.reason, result.page_type) == (SkipReason.ERROR_PAGE, PageType.ERROR)


@pytest.mark.parametrize("page", PAGES["consent"], ids=name)
def test_a_consent_wall_is_one_with_and_without_its_language(page: dict[str, Any]) -> None:
    for result in (read(page), read(page, with_lang=False)):
        assert isinstance(result, SkippedPage)
        assert (result.reason, result.page_type) == (SkipReason.CONSENT_WALL, PageType.CONSENT_WALL)


@pytest.mark.parametrize("page", PAGES["story"], ids=name)
def test_a_short_story_with_their_words_is_a_story(page: dict[str, Any]) -> None:
    for result in (read(page), read(page, with_lang=False), read(page, banner=BANNER)):
        assert isinstance(result, CleanedArticle), result
        assert [block.text for block in result.paragraphs] == page["texts"]
        assert result.page_type is PageType.ARTICLE


@pytest.mark.parametrize("page", PAGES["story"], ids=name)
def test_a_short_story_is_published_beside_many_links_too(page: dict[str, Any]) -> None:
    result = read(page, links=120)
    assert isinstance(result, CleanedArticle), result
    assert [block.text for block in result.paragraphs] == page["texts"]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("404", ErrorTitle.ALL),
        ("Error 404: Page not found", ErrorTitle.ALL),
        ("Page not found | The Harbour Courier", ErrorTitle.BESIDE_SITE),
        ("Courier – Seite nicht gefunden", ErrorTitle.BESIDE_SITE),
        ("找不到页面_新闻网", ErrorTitle.BESIDE_SITE),
        ("Page 404 of the inquiry's report is missing", ErrorTitle.NONE),
        ("The site", ErrorTitle.NONE),
        ("", ErrorTitle.NONE),
        ("Not found | " + "what the divers of Selby brought up from the wreck", ErrorTitle.NONE),
    ],
)
def test_a_title_names_an_error_if_it_has_no_other_word(title: str, names: ErrorTitle) -> None:
    assert error_title(title) is names


def test_a_notice_speaks_to_its_reader_and_not_in_a_quotation() -> None:
    assert asks_consent("We use cookies.")
    assert not asks_consent("They use cookies.")
    assert not asks_consent("The banner says “We use cookies”, and nobody reads it.")
    assert is_apology("Sorry, the page has moved.")
    assert not is_apology("The page of the charter has moved to the museum.")


@pytest.mark.parametrize(
    ("label", "is_one"), [("Alle akzeptieren", True), ("同意する", True), ("Search", False), ("I agree " * 20, False)]
)
def test_buttons_of_consent_are_known_by_their_label(label: str, *, is_one: bool) -> None:
    assert is_consent_button(label) is is_one


@given(st.text(max_size=300))
def test_any_text_can_be_asked(text: str) -> None:
    assert error_title(text) in ErrorTitle
    assert isinstance(is_apology(text), bool)
    assert isinstance(asks_consent(text), bool)
    assert isinstance(is_consent_button(text), bool)
