"""Stages of other packages, for tests of the registry: some that can be used, and some that cannot."""

from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points

from wiredesk.pipeline import ARTICLES_CLEANED, ARTICLES_ENRICHED, PAGES_ACCEPTED, PAGES_RAW, PAGES_SKIPPED
from wiredesk.pipeline import INGEST as OUR_INGEST
from wiredesk.registry import GROUP, Registry, load
from wiredesk.runtime.topology import Stage, Topic
from wiredesk_schemas import DerivedEvent, Event

HANDLER = "tests.plugins:handler"


def with_plugins(*names: str) -> Registry:
    """Return the registry of our stages and those of some names in this module."""
    points = (EntryPoint(name, f"{__name__}:{name.upper()}", GROUP) for name in names)
    return load([*entry_points(group=GROUP), *points])


class Tone(DerivedEvent):
    """How an article sounds."""

    TYPE = "org.example.tone.v1"


class Feed(Event):
    """A feed of many pages."""

    TYPE = "org.example.feed.v1"


class Untyped(DerivedEvent):
    """An event without a type."""


class Unversioned(DerivedEvent):
    """An event whose type has no version."""

    TYPE = "org.example.unversioned"


WORDS = "no stage"
TONES = Topic("articles.tones", "Tones", events=(Tone,))
ALARMS = Topic("articles.alarms", "Alarms")
KEYWORDS_OF = Topic("articles.keywords", "Keywords")
FEEDS_RAW = Topic("feeds.raw", "Feeds", events=(Feed,))

TONE = Stage("tone", "After a terminal topic", ARTICLES_ENRICHED, (TONES,), HANDLER)
ALARM = Stage("alarm", "After another stage; publishes nothing", TONES, (), HANDLER, one_to_one=False)
KEYWORDS = Stage(
    "keywords", "Beside enrichment", ARTICLES_CLEANED, (KEYWORDS_OF,), HANDLER, dead_letters="keywords.dlq"
)
FACTS_OF = Topic("articles.facts", "Facts: several of an article", events=(Tone,))
FACTS = Stage(
    "facts", "Beside enrichment; several events", ARTICLES_CLEANED, (FACTS_OF,), HANDLER, one_to_one=False, dead_letters="facts.dlq"
)  # fmt: skip
CHECKED_OF = Topic("articles.checked", "Checked facts")
CHECKS = Stage("checks", "Exactly one event of each fact", FACTS_OF, (CHECKED_OF,), HANDLER)
PRIVATE = Stage("private", "An entry whose events stay beside the flow", Topic("private.raw", ""), (Topic("private.events", ""),), HANDLER, entry=True)  # fmt: skip
FEEDS = Stage("feeds", "Another entry", FEEDS_RAW, (PAGES_ACCEPTED,), HANDLER, entry=True, one_to_one=False)
MIRROR = Stage("mirror", "Beside ingest", PAGES_RAW, (Topic("mirror.pages", ""),), HANDLER, entry=True, dead_letters="mirror.dlq")  # fmt: skip

RENAMED = TONE
UPPER = replace(TONE, name="upper", consumes=replace(ARTICLES_ENRICHED, name="wiredesk.x"))
SHOWN = replace(TONE, name="show")
ORPHAN = replace(TONE, name="orphan", consumes=Topic("nowhere", ""))
IMPOSTOR = replace(TONE, name="impostor", consumes=Topic("articles.enriched", "Another"))
TWIN = replace(TONE, name="twin", consumes=ARTICLES_CLEANED)
SECOND = replace(TONE, name="second", produces=(PAGES_SKIPPED,))
FORK = replace(TONE, name="fork", consumes=ARTICLES_CLEANED, produces=(PAGES_SKIPPED,), dead_letters="fork.dlq")
LOOP = replace(TONE, name="loop", produces=(ARTICLES_ENRICHED,))
USURPER = replace(TONE, name="usurper", entry=True)
FEEDER = replace(TONE, name="feeder", produces=(PAGES_RAW,))
BARE = replace(TONE, name="bare", produces=TONES)  # type: ignore[arg-type]
LISTED = replace(TONE, name="listed", produces=(Topic("listed", "", events=[Tone]),))  # type: ignore[arg-type]
STRING = replace(TONE, name="string", consumes="articles.enriched")  # type: ignore[arg-type]
NUMBERED = replace(TONE, name="numbered", settings=7)  # type: ignore[arg-type]
TWICE = replace(TONE, name="twice", produces=(TONES, Topic("again", "", events=(Tone,))))
UNTYPED = replace(TONE, name="untyped", produces=(Topic("untyped", "", events=(Untyped,)),))
UNVERSIONED = replace(TONE, name="unversioned", produces=(Topic("unversioned", "", events=(Unversioned,)),))
TEXTUAL = replace(FEEDS, name="textual", consumes=Topic("textual", "", events=(str,)))
INGEST = replace(OUR_INGEST, description="Another")

RING_ONE, RING_TWO = Topic("ring.one", ""), Topic("ring.two", "")
RINGA = Stage("ringa", "Half of a ring", RING_ONE, (RING_TWO,), HANDLER)
RINGB = Stage("ringb", "The other half", RING_TWO, (RING_ONE,), HANDLER)
