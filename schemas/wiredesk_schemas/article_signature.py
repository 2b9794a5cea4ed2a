"""The signature of an article: what is needed to find its copies, without its text."""

from typing import ClassVar

from pydantic import Field

from wiredesk_schemas.event import DerivedEvent
from wiredesk_schemas.timestamp import Timestamp
from wiredesk_schemas.withdrawal import WithdrawalReason

MAX_FINGERPRINT_CHARACTERS = 4272
"""Characters of the fingerprints of an article, at most: 400 of them."""

MAX_FACT_CHARACTERS = 344
"""Characters of the facts of an article, at most: 64 of them."""


class ArticleSignature(DerivedEvent):
    """The fingerprints of an article's text, and what identifies its original."""

    TYPE: ClassVar[str] = "wiredesk.article.signature.v1"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    article_event_id: str = Field(description="`event_id` of the article, as it came from the previous stage")
    is_withdrawn: bool = Field(default=False, description="the article is gone: it has no fingerprints")
    withdrawal_reason: WithdrawalReason | None = Field(default=None, description="what shows that it is gone")
    revision_number: int | None = Field(default=None, ge=1, description="of the story at this page, as of the article")
    fingerprints: str = Field(
        default="",
        max_length=MAX_FINGERPRINT_CHARACTERS,
        description="hashes of runs of words, of 8 bytes each in little-endian order, in the order of the text; base64",
        examples=["iX8mC2Wf4wM="],
    )
    facts: str = Field(
        default="",
        max_length=MAX_FACT_CHARACTERS,
        description="hashes of numbers and names of the text, of 4 bytes each in little-endian order; base64",
        examples=["iX8mCw=="],
    )
    thinning: int = Field(
        default=0,
        ge=0,
        le=63,
        description="of a long text, only the fingerprints are here that are divisible by two to this power",
    )
    is_live: bool = Field(default=False, description="the article is a live blog")
    word_count: int = Field(default=0, ge=0, description="as of the article")
    title: str | None = Field(default=None, description="the headline, cut where it is long")
    source: str | None = Field(default=None, description="the publication")
    language: str | None = Field(default=None, description="BCP 47, as of the article")
    agencies: tuple[str, ...] = Field(default=(), description="news agencies that the article credits")
    declared_original: str | None = Field(
        default=None, description="a URL on another host that the page declares as its canonical one"
    )
    published_at: Timestamp | None = None
    first_seen: Timestamp | None = Field(default=None, description="when the page was first seen")
