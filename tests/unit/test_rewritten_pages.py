"""A page in another script, at another address, or without its language has the same type and the same body."""

import functools
from pathlib import Path

import pytest

from tests.rewritten_pages import ADDRESSES, REWRITINGS, SCRIPTS, agreement, rewritten
from tests.support import SAMPLES
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.page_type import classify_page
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, PageType, RawPage

URL = "https://paper.example/news/2026/story-of-the-day"

PAGES = sorted(path for path in (SAMPLES / "pages").glob("*.html"))

MIN_AGREEMENT = 0.9
"""Overlap of the bodies of a page and its rewriting."""


@functools.cache
def decoded(path: Path) -> str:
    page = Ingest()(RawPage(url=URL, body_base64=path.read_bytes(), content_type="text/html"))
    assert isinstance(page, AcceptedPage)
    return page.body


def read(body: str, url: str = URL) -> tuple[ExtractedPage, PageType, bool]:
    """Return what is read from a page, its type, and whether it is set aside."""
    page = Ingest()(RawPage(url=url, body=body, content_type="text/html"))
    assert isinstance(page, AcceptedPage)
    extractor = Extractor()
    extracted = extractor.extract(page)
    verdict = classify_page(extracted, extractor.models.page)
    return extracted, verdict.page_type, verdict.reason is not None


@functools.cache
def read_own(path: Path) -> tuple[ExtractedPage, PageType, bool]:
    return read(decoded(path))


@pytest.mark.parametrize("name", REWRITINGS)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_sample_has_its_type_and_its_body_however_it_is_written(path: Path, name: str) -> None:
    rewriting = REWRITINGS[name]
    own, own_type, own_aside = read_own(path)
    url = ADDRESSES[rewriting.address] if rewriting.address else URL
    again, again_type, again_aside = read(rewritten(decoded(path), rewriting), url)
    assert (again_type, again_aside) == (own_type, own_aside)
    assert own_aside or agreement(own, again) >= MIN_AGREEMENT


def test_a_text_in_another_script_has_no_latin_letter_and_nearly_the_same_length() -> None:
    text = "The pier reopens, the council said. It's the first in ten years."
    for mapped in SCRIPTS.values():
        assert not any("a" <= letter <= "z" for letter in mapped(text).lower())
    assert len(SCRIPTS["Cyrillic"](text)) == len(text)
    assert 0.3 < len(SCRIPTS["Chinese"](text)) / len(text) < 0.5
    assert SCRIPTS["Chinese"]("the pier") == SCRIPTS["Chinese"]("the pier")
