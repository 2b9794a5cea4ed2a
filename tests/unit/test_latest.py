"""The newest article of each page: what a redrive or a replay processes again replaces nothing that is newer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from wiredesk.revisions.latest import Latest
from wiredesk.testing import example_event
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle, Tombstone

ARTICLE = example_event(EnrichedArticle)
WITHDRAWN = example_event(ArticleWithdrawn).model_copy(update={"page_id": ARTICLE.page_id})
START = datetime(2026, 3, 14, 8, tzinfo=UTC)
GONE = Tombstone(ARTICLE.page_id, EnrichedArticle)


class Page:
    def __init__(self) -> None:
        self.stage = Latest()
        self.state = self.stage.new_state()

    def read(self, event: EnrichedArticle | ArticleWithdrawn, number: int | None, minute: int) -> Any:
        numbered = event.model_copy(update={"revision_number": number})
        outcome, changes = self.stage(numbered, self.state, START + timedelta(minutes=minute))
        for change in changes:
            self.state.apply(change, 0)
        return outcome


def test_the_newest_revision_is_published_and_removed_with_its_page() -> None:
    page = Page()
    assert page.read(ARTICLE, 1, 0).revision_number == 1
    assert page.read(ARTICLE, 2, 1).revision_number == 2
    assert page.read(WITHDRAWN, 3, 2) == GONE
    assert page.read(ARTICLE, 4, 3).revision_number == 4


def test_an_older_revision_replaces_nothing() -> None:
    page = Page()
    page.read(ARTICLE, 3, 5)
    assert page.read(ARTICLE, 2, 4) is None
    assert page.read(WITHDRAWN, 2, 4) is None
    assert page.read(ARTICLE, 2, 5) is None
    assert page.read(WITHDRAWN, 4, 6) == GONE
    assert page.read(ARTICLE, 3, 5) is None


def test_the_same_revision_is_published_again() -> None:
    page = Page()
    page.read(ARTICLE, 3, 5)
    assert page.read(ARTICLE, 3, 5).revision_number == 3


def test_a_page_that_was_forgotten_for_its_age_begins_again() -> None:
    page = Page()
    page.read(ARTICLE, 9, 5)
    assert page.read(ARTICLE, 1, 6).revision_number == 1


def test_articles_of_older_versions_have_no_number() -> None:
    page = Page()
    assert page.read(ARTICLE, None, 0).revision_number is None
    assert page.read(ARTICLE, None, 1).revision_number is None


def test_a_forgotten_page_leaves_no_state() -> None:
    page = Page()
    page.read(ARTICLE, 1, 0)
    for change in page.stage.forgotten(ARTICLE.page_id, page.state)[1]:
        page.state.apply(change, 0)
    assert len(page.state) == 0
    assert page.stage.forgotten(ARTICLE.page_id, page.state) == (None, [])
