"""Pages with more tags than any page needs: repeated ones are left out, the rest is cut, and the story says so."""

import pytest

from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.surplus_tags import MAX_TAGS, drop_surplus_tags
from wiredesk_schemas import CleanedArticle, SkippedPage, WithdrawnPage

STORY = "<h1>The bridge is open</h1>" + "".join(
    f"<p>The old bridge over the harbour was opened again on day {day}, nine years after a barge had struck it.</p>"
    for day in range(8)
)


def event(body: str) -> CleanedArticle | SkippedPage:
    page = GoldPage(
        "tests", "a", "https://n.example/2024/bridge", f"<html><body>{body}</body></html>", "", "article", {}
    )
    result = Extractor()(accepted(page))
    return result.skipped_page() if isinstance(result, WithdrawnPage) else result


def article(body: str) -> CleanedArticle:
    extracted = event(body)
    assert isinstance(extracted, CleanedArticle)
    return extracted


@pytest.mark.parametrize("junk", ["<div><span>", "<div></div>", "<br>\n", "<p>", "<i></i><b></b>"])
def test_a_story_after_empty_elements_is_read(junk: str) -> None:
    found = article(junk * MAX_TAGS + STORY)
    assert "on day 7" in found.paragraphs[-1].text
    assert not found.is_truncated


def test_a_story_before_too_many_elements_is_read_and_counts_as_truncated() -> None:
    found = article(STORY + "".join(f"<i>{number}</i>" for number in range(MAX_TAGS)))
    assert "on day 0" in " ".join(block.text for block in found.paragraphs)
    assert found.is_truncated


def test_a_page_without_a_story_says_that_a_part_was_not_read() -> None:
    skipped = event("".join(f"<i title={number}></i>" for number in range(MAX_TAGS)) + STORY)
    assert isinstance(skipped, SkippedPage)
    assert skipped.detail.endswith("; only its first 100000 tags were read")


def test_a_tree_has_no_more_elements_than_allowed() -> None:
    root = parse_html("".join(f"<i>{number}" for number in range(2 * MAX_TAGS)))
    assert root is not None
    assert sum(1 for _ in root.iter()) <= MAX_TAGS + 2


def test_a_page_with_fewer_tags_is_the_page_itself() -> None:
    page = b"<br>" * MAX_TAGS
    assert drop_surplus_tags(page) is page
