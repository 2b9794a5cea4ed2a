"""What a page and its publisher state about the page's rights, and what the statements mean together."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wiredesk_schemas.event import Part

MAX_STATEMENTS = 64
"""Statements of one page that its events quote, at most. What is not quoted still counts in the other fields."""

MAX_STATEMENT_CHARACTERS = 500
"""Characters of a statement that are quoted, and of every other text in `Rights`, at most."""

MAX_VALUES = 16
"""Values of one field of `Rights`, at most."""

Text = Annotated[str, Field(max_length=MAX_STATEMENT_CHARACTERS)]
"""A text as it was stated, perhaps cut."""


STATED_RIGHTS = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": ["string", "object"]}},
        {
            "type": "object",
            "description": "Names are read in any case, with or without separators; a statement under another name "
            "counts as terms of use. Values may be lists.",
            "properties": {
                "tdm_reservation": {"description": "1 or 0, as in the TDM Reservation Protocol"},
                "tdm_policy": {"description": "address of the terms of text and data mining"},
                "tdmrep": {"description": "the site's file /.well-known/tdmrep.json, as text or parsed"},
                "robots_txt": {"description": "the site's robots.txt, of which rules about rights are read"},
                "robots": {"description": "directives: noai, noarchive, max-snippet:160"},
                "content_usage": {"description": "preferences of AIPREF, or content signals: train-ai=n"},
                "no_ai": {"type": ["boolean", "string", "integer", "null"]},
                "unavailable_after": {"description": "a date or time"},
                "license": {"description": "address or name of a licence"},
                "acquire_license": {"description": "address at which a licence is to be had"},
                "copyright_holder": {},
                "copyright_notice": {},
                "copyright_year": {},
                "credit_text": {},
                "usage_terms": {"description": "terms of use, as a text or an address"},
            },
        },
        {"type": "null"},
    ]
}
"""What a publisher may state, for validators of JSON Schema."""


class RightsKind(StrEnum):
    """What a statement is about."""

    ROBOTS = "robots"  # directives for robots: noindex, noarchive, noai, max-snippet, ...
    TDM_RESERVATION = "tdm_reservation"  # the TDM Reservation Protocol of the W3C
    TDM_POLICY = "tdm_policy"  # the terms under which text and data mining is allowed
    CONTENT_USAGE = "content_usage"  # preferences of IETF's AIPREF, and content signals
    DATA_MINING = "data_mining"  # the Data Mining property of PLUS and IPTC
    LICENSE = "license"
    RSL = "rsl"  # a licence in Really Simple Licensing
    ACQUIRE_LICENSE = "acquire_license"  # where a licence is to be had
    COPYRIGHT_HOLDER = "copyright_holder"
    COPYRIGHT_NOTICE = "copyright_notice"
    COPYRIGHT_YEAR = "copyright_year"
    CREDIT_TEXT = "credit_text"  # how the work is to be credited
    USAGE_TERMS = "usage_terms"  # any other statement about use, as a text or an address
    UNAVAILABLE_AFTER = "unavailable_after"  # stated by the publisher, not among directives for robots


class RightsStatement(Part):
    """One statement, as it was made."""

    kind: RightsKind
    value: Text = Field(description="as stated; cut after 500 characters", examples=["noarchive, max-snippet:160"])
    source: str = Field(
        max_length=100,
        description="where it stands: `header:`, `meta:`, `link:` or `a:` and a name, `json_ld:` or `microdata:` and a "
        "property, `rsl:inline`, `well_known:tdmrep.json`, `robots_txt:` and a rule, `publisher:` and a field of the "
        "raw page",
        examples=["header:x-robots-tag", "meta:robots", "link:license", "json_ld:license", "publisher:usage_terms"],
    )
    agent: str | None = Field(
        default=None,
        max_length=100,
        description="the robot to which it is addressed; null: all of them. A statement to another robot than those of "
        "the setting WIREDESK_RIGHTS_AGENTS is quoted and has no influence on the other fields",
        examples=["googlebot"],
    )


def _restriction(what: str) -> bool | None:
    restriction: bool | None = Field(
        default=None, description=f"{what}. true: stated; false: the opposite is stated; null: nothing is stated"
    )
    return restriction


class Rights(Part):
    """What is stated about a page's rights. No legal advice: statements may be wrong, and rights exist without them.

    Of statements that contradict each other the most restrictive one counts; `conflicts` names the fields.
    """

    tdm_reserved: bool | None = _restriction("rights to text and data mining are reserved")
    tdm_policy: Text | None = Field(
        default=None, description="address of the terms under which text and data mining is allowed"
    )
    no_ai: bool | None = _restriction("not for artificial intelligence: neither to train models nor as their input")
    no_ai_training: bool | None = _restriction("not to train models")
    no_ai_input: bool | None = _restriction("not as input of models: for their answers and summaries")
    no_image_ai: bool | None = _restriction("pictures not for artificial intelligence")
    no_index: bool | None = _restriction("not to be found by searches")
    no_archive: bool | None = _restriction("no copy is to be shown")
    no_snippet: bool | None = _restriction("no excerpt is to be shown")
    no_image_index: bool | None = _restriction("pictures not to be found by searches")
    no_translate: bool | None = _restriction("no translation is to be offered")
    max_snippet: int | None = Field(
        default=None, ge=0, description="characters of an excerpt, at most; null: no limit is stated"
    )
    unavailable_after: datetime | None = Field(
        default=None, description="the page is not to be shown after this instant (UTC); the earliest that is stated"
    )
    licenses: tuple[Text, ...] = Field(
        default=(),
        max_length=MAX_VALUES,
        description="addresses or names of the licences of the page, or of something on it",
        examples=[["https://creativecommons.org/licenses/by/4.0/"]],
    )
    rsl: tuple[Text, ...] = Field(
        default=(), max_length=MAX_VALUES, description="addresses of licences in Really Simple Licensing"
    )
    acquire_license: Text | None = Field(default=None, description="address at which a licence is to be had")
    copyright_holders: tuple[Text, ...] = Field(default=(), max_length=MAX_VALUES, examples=[["La Vanguardia"]])
    copyright_notice: Text | None = Field(default=None, examples=["© 2026 Aller Media AS, all rights reserved."])
    copyright_year: int | None = Field(default=None, ge=1000, le=9999)
    credit_text: Text | None = Field(default=None, description="how the work is to be credited")
    usage_terms: tuple[Text, ...] = Field(
        default=(), max_length=MAX_VALUES, description="other statements about use, as texts or addresses"
    )
    conflicts: tuple[str, ...] = Field(
        default=(), description="fields about which statements contradict each other", examples=[["no_index"]]
    )
    statements: tuple[RightsStatement, ...] = Field(
        default=(), max_length=MAX_STATEMENTS, description="each statement, as it was made"
    )
