"""wiredesk: the open-source wire desk of a newsroom. Raw pages in on Kafka, enriched articles out, exactly once.

What other packages build on is exported here, and nothing else is public; `docs/extending.md` shows how it is used:

    Stage, Topic      what flows where: an entry point of the group `wiredesk.stages` is a Stage
    Service           what a stage does: a function from an event to events
    Envelope          makes a handler of a service
    Handler, Record, Output   a stage that reads bytes, and not events, is a handler itself
    RejectedError     raised by a service for an event that can never be processed: it is dead-lettered
    WiredeskError     the base of every error that wiredesk raises on purpose
    Settings          the base of a stage's own settings, read from the environment
    Tagger, TaggedSpan, Classifier   models that enrichment can use in place of ours

Events are in `wiredesk_schemas`, our topics in `wiredesk.pipeline`, and help for tests in `wiredesk.testing`. Each name
is imported when it is first used: `import wiredesk` imports nothing else.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wiredesk.enrichment.interfaces import Classifier, TaggedSpan, Tagger
    from wiredesk.envelope import Envelope, Service
    from wiredesk.runtime.errors import RejectedError, WiredeskError
    from wiredesk.runtime.records import Handler, Output, Record
    from wiredesk.runtime.settings import Settings
    from wiredesk.runtime.topology import Stage, Topic

__all__ = [
    "Classifier",
    "Envelope",
    "Handler",
    "Output",
    "Record",
    "RejectedError",
    "Service",
    "Settings",
    "Stage",
    "TaggedSpan",
    "Tagger",
    "Topic",
    "WiredeskError",
]

_MODULES = MappingProxyType(
    {
        "Classifier": "wiredesk.enrichment.interfaces",
        "Envelope": "wiredesk.envelope",
        "Handler": "wiredesk.runtime.records",
        "Output": "wiredesk.runtime.records",
        "Record": "wiredesk.runtime.records",
        "RejectedError": "wiredesk.runtime.errors",
        "Service": "wiredesk.envelope",
        "Settings": "wiredesk.runtime.settings",
        "Stage": "wiredesk.runtime.topology",
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
