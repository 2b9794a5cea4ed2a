"""A reading: what was read from a page, before anyone has judged whether it is an article."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from wiredesk.extractor.body.story import Judged
from wiredesk.extractor.models import Models
from wiredesk_schemas import AcceptedPage, Block, Caption, Evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found on a page. Fields are as in `CleanedArticle`.

    Attributes:
        method: of the reader.
        confidence: that `blocks` is the story, whole and alone; 0 to 1.
        evidence: where each field came from, by its name.
        judged: all texts of the page, those of the story among them.
        is_truncated: the page breaks the story off, or says that there is more.
        pictures: on the page, of those that have a caption.
        page_title: as the browser shows it: it names errors and consent walls where no headline does.
        signals: what tells an article from other pages, by name; empty where a page has no mark-up to tell it by.
    """

    method: str
    blocks: tuple[Block, ...] = ()
    confidence: float = 0.0
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    published_at: date | None = None
    modified_at: date | None = None
    source: str | None = None
    section: str | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()
    captions: tuple[Caption, ...] = ()
    lead_image: str | None = None
    is_paywalled: bool | None = None
    is_truncated: bool = False
    evidence: dict[str, Evidence] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    pictures: int = 0
    page_title: str | None = None
    signals: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as text, a block a line."""
        return "\n".join(block.text for block in self.blocks)


class Reader(Protocol):
    """Reads pages of one kind. To add a kind of page is to add a reader."""

    def __call__(self, page: AcceptedPage, models: Models, /) -> Reading:
        """Read a page. A page with nothing on it gives an empty reading, never an error."""
