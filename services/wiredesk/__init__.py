"""wiredesk: the open-source wire desk of a newsroom. Raw pages in on Kafka, enriched articles out, exactly once.

Other packages import the names that are exported here; `docs/extending.md` shows how:

- `Stage`, `Topic`: what flows where. An entry point of the group `wiredesk.stages` is a `Stage`.
- `Service`: what a stage does, a function from an event to events. `Envelope` wraps it into a `Handler`.
- `Store`, `StatefulService`, `StatefulEnvelope`, `StatefulHandler`, `State`, `KeyedState`, `Change`: for a stage that
  remembers what it has seen, exactly once, too.
- `Handler`, `Record`, `Output`: for a stage that reads bytes instead of events and implements a handler itself.
- `RejectedError`: raised by a service for an event that can never be processed. `WiredeskError` is the base of all
  errors that wiredesk raises on purpose.
- `Settings`: the base of a stage's own settings, read from the environment.
- `Ingest`: what our first stage does to a raw page, for entry stages of other packages.
- `Tagger`, `TaggedSpan`, `Classifier`: models that enrichment can use in place of ours.

Each name is imported when it is first used: `import wiredesk` imports nothing else. The events are in
`wiredesk_schemas`. Of the modules below, `pipeline` (our topics) and `testing` are public, too:

cli         the command line: parsing, tables, exit codes
operations  what commands do, without a terminal
archiving   articles as Parquet files
web         the wire in a browser, and as an API
intake      raw pages over HTTP, for clients without Kafka
http        what our HTTP servers share: bounded connections, tokens
local       the embedded broker, and workers on this machine
contracts   JSON Schema and AsyncAPI
pipeline    our topics and stages, and what flows between them
registry    all installed stages, ours and those of other packages
envelope    converts records to events, and events to records
ingest      the first stage: checks and decodes raw pages
extractor   the second stage: extracts the article of a page
enrichment  the third stage: language, topics, entities
revisions   the stage between both: what is new, changed, corrected or gone of a story
syndication  the side stages: copies of an article
languages   detection of languages and scripts, for the stages
agencies    news agencies: their names and their sites
json_ld     JSON-LD of pages, read in spite of its faults, for the stages
pages       pages from files, archives and streams, as raw-page records
encodings   transfer and content encodings of bodies
runtime     Kafka, processes, transactions, metrics; independent of news
testing     a pytest plug-in for stages
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wiredesk.enrichment.interfaces import Classifier, TaggedSpan, Tagger
    from wiredesk.envelope import Envelope, Service, StatefulEnvelope, StatefulService
    from wiredesk.ingest.accept import Ingest
    from wiredesk.runtime.errors import RejectedError, WiredeskError
    from wiredesk.runtime.records import Handler, Output, Record
    from wiredesk.runtime.settings import Settings
    from wiredesk.runtime.state import Change, KeyedState, State, StatefulHandler
    from wiredesk.runtime.topology import Stage, Store, Topic

__all__ = [
    "Change",
    "Classifier",
    "Envelope",
    "Handler",
    "Ingest",
    "KeyedState",
    "Output",
    "Record",
    "RejectedError",
    "Service",
    "Settings",
    "Stage",
    "State",
    "StatefulEnvelope",
    "StatefulHandler",
    "StatefulService",
    "Store",
    "TaggedSpan",
    "Tagger",
    "Topic",
    "WiredeskError",
]

_MODULES = MappingProxyType(
    {
        "Change": "wiredesk.runtime.state",
        "Classifier": "wiredesk.enrichment.interfaces",
        "Envelope": "wiredesk.envelope",
        "Handler": "wiredesk.runtime.records",
        "Ingest": "wiredesk.ingest.accept",
        "KeyedState": "wiredesk.runtime.state",
        "Output": "wiredesk.runtime.records",
        "Record": "wiredesk.runtime.records",
        "RejectedError": "wiredesk.runtime.errors",
        "Service": "wiredesk.envelope",
        "Settings": "wiredesk.runtime.settings",
        "Stage": "wiredesk.runtime.topology",
        "State": "wiredesk.runtime.state",
        "StatefulEnvelope": "wiredesk.envelope",
        "StatefulHandler": "wiredesk.runtime.state",
        "StatefulService": "wiredesk.envelope",
        "Store": "wiredesk.runtime.topology",
        "TaggedSpan": "wiredesk.enrichment.interfaces",
        "Tagger": "wiredesk.enrichment.interfaces",
        "Topic": "wiredesk.runtime.topology",
        "WiredeskError": "wiredesk.runtime.errors",
    }
)
"""The module that defines each exported name."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
