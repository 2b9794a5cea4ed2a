"""Stage functions for fault tests that cost almost nothing, and load as fast: hundreds of processes do.

A light page is `light:<number>:<stage>:<order>:<padding>`: every stage passes it on, and the named stage follows the
order. A stage with a store remembers each light page, and refuses one that it has seen: then its state, its outputs and
its offset were not one. Any other page goes to the real stage, if FAULTS_REAL=1 has it loaded; FAULTS_MODELS=0 has
enrichment loaded without models.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.handlers import Obedient
from wiredesk import pipeline
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.envelope import Envelope
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Handler, Output, Record
from wiredesk.runtime.state import Change, KeyedState, StatefulHandler
from wiredesk.runtime.topology import Topic
from wiredesk_schemas import CleanedArticle, MediaTopic, Model

PREFIX = b"light:"


class Light:
    """A stage that passes light pages on, and gives real ones to the real stage."""

    version = "light"

    def __init__(self, stage: str, target: Topic, real: Callable[[], Handler] | None) -> None:
        self._stage = stage.encode()
        self._target = target.name
        self._obey = Obedient()
        self._real = real() if real is not None and os.environ.get("FAULTS_REAL") == "1" else None

    def __call__(self, record: Record) -> Sequence[Output]:
        value = record.value or b""
        if not value.startswith(PREFIX):
            if self._real is None:
                raise RejectedError("unloaded", "this worker has no real stage")
            return self._real(record)
        _, number, stage, order, _ = value.split(b":", 4)
        if stage == self._stage:
            if order == b"skip":
                return (Output(pipeline.PAGES_SKIPPED.name, number, value),)
            self._obey(replace(record, value=order))
        return (Output(self._target, number, value),)


def ingest() -> Light:
    return Light("ingest", pipeline.PAGES_ACCEPTED, pipeline.ingest)


def extractor() -> Light:
    return Light("extractor", pipeline.ARTICLES_CLEANED, pipeline.extractor)


def enrichment() -> Light:
    has_models = os.environ.get("FAULTS_MODELS") != "0"
    return Light("enrichment", pipeline.ARTICLES_ENRICHED, pipeline.enrichment if has_models else without_models)


class Nothing:
    """A tagger that finds no names, and a classifier that finds no topics, at no cost."""

    languages = frozenset({"*"})
    model = Model(task="none", name="nothing", version="1")

    def tag(self, texts: Sequence[str]) -> Sequence[Sequence[TaggedSpan]]:
        return [()] * len(texts)

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:  # noqa: ARG002
        return ()


def without_models() -> Handler:
    """Load enrichment with the detection of languages as its only model."""
    from wiredesk.enrichment.enrich import Enricher  # noqa: PLC0415 - it takes longer to load than all other stages here

    return Envelope(Enricher(tagger=Nothing(), classifier=Nothing()), pipeline.ENRICHMENT)


class Remembering:
    """A stage with a store that passes light pages on, each once; without a real stage it passes over real pages."""

    version = "light"

    def __init__(self, stage: str, target: Topic, real: Callable[[], StatefulHandler[KeyedState]] | None) -> None:
        self._light = Light(stage, target, None)
        self._ignores_real = real is None
        self._real = real() if real is not None and os.environ.get("FAULTS_REAL") == "1" else None

    def new_state(self) -> KeyedState:
        return KeyedState() if self._real is None else self._real.new_state()

    def __call__(self, record: Record, state: KeyedState) -> tuple[Sequence[Output], Sequence[Change]]:
        value = record.value or b""
        if not value.startswith(PREFIX):
            if self._ignores_real:
                return (), []
            if self._real is None:
                raise RejectedError("unloaded", "this worker has no real stage")
            return self._real(record, state)
        outputs = self._light(record)
        number = b":".join(value.split(b":", 2)[:2])
        if number in state:
            raise RejectedError("seen", "the state has a page whose offset was not committed")
        return outputs, [Change(number, b"1")]


def revisions() -> Remembering:
    return Remembering("revisions", pipeline.ARTICLES_REVISED, pipeline.revisions)


def latest() -> Remembering:
    return Remembering("latest", pipeline.ARTICLES_LATEST, pipeline.latest)


def signatures() -> Light:
    return Light("signatures", pipeline.ARTICLES_SIGNATURES, pipeline.signatures)


def syndication() -> Remembering:
    return Remembering("syndication", pipeline.ARTICLES_COPIES, None)
