"""Stage functions for fault tests that cost almost nothing, and load as fast: hundreds of processes do.

A light page is `light:<number>:<stage>:<order>:<padding>`: every stage passes it on, and the named stage follows the
order. A stage with a store remembers each light page, and refuses one that it has seen: then its state, its outputs and
its offset were not one. Any other page goes to the real stage, if FAULTS_REAL=1 has it loaded; FAULTS_MODELS=0 has
enrichment loaded without models.

The pipeline and its events are imported only where a real stage is loaded: they take as long as all the rest.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tests.handlers import Obedient
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Handler, Output, Record
from wiredesk.runtime.state import Change, KeyedState, StatefulHandler

if TYPE_CHECKING:
    from wiredesk.enrichment.interfaces import TaggedSpan
    from wiredesk_schemas import CleanedArticle, MediaTopic

PREFIX = b"light:"


def real_stage(stage: str) -> Any:
    """Return the handler of a real stage, if this run has them loaded."""
    if os.environ.get("FAULTS_REAL") != "1":
        return None
    if stage == "enrichment" and os.environ.get("FAULTS_MODELS") == "0":
        return without_models()
    return getattr(import_module("wiredesk.pipeline"), stage)()


class Light:
    """A stage that passes light pages on to a topic, and gives real ones to the real stage, if it has one."""

    version = "light"

    def __init__(self, stage: str, target: str, real: Handler | None = None) -> None:
        self._stage = stage.encode()
        self._target = target
        self._obey = Obedient()
        self._real = real

    def __call__(self, record: Record) -> Sequence[Output]:
        value = record.value or b""
        if not value.startswith(PREFIX):
            if self._real is None:
                raise RejectedError("unloaded", "this worker has no real stage")
            return self._real(record)
        _, number, stage, order, _ = value.split(b":", 4)
        if stage == self._stage:
            if order == b"skip":
                return (Output("pages.skipped", number, value),)
            self._obey(replace(record, value=order))
        return (Output(self._target, number, value),)


def ingest() -> Light:
    return Light("ingest", "pages.accepted", real_stage("ingest"))


def extractor() -> Light:
    return Light("extractor", "articles.cleaned", real_stage("extractor"))


def enrichment() -> Light:
    return Light("enrichment", "articles.enriched", real_stage("enrichment"))


class Nothing:
    """A tagger that finds no names, and a classifier that finds no topics, at no cost."""

    languages = frozenset({"*"})

    def __init__(self) -> None:
        from wiredesk_schemas import Model  # noqa: PLC0415 - see above

        self.model = Model(task="none", name="nothing", version="1")

    def tag(self, texts: Sequence[str]) -> "Sequence[Sequence[TaggedSpan]]":
        return [()] * len(texts)

    def topics(self, article: "CleanedArticle", language: str) -> "tuple[MediaTopic, ...]":  # noqa: ARG002
        return ()


def without_models() -> Handler:
    """Load enrichment with the detection of languages as its only model."""
    from wiredesk import pipeline  # noqa: PLC0415 - see above
    from wiredesk.enrichment.enrich import Enricher  # noqa: PLC0415 - it takes longer to load than all other stages here
    from wiredesk.envelope import Envelope  # noqa: PLC0415

    return Envelope(Enricher(tagger=Nothing(), classifier=Nothing()), pipeline.ENRICHMENT)


class Remembering:
    """A stage with a store that passes light pages on, each once; without a real stage it passes over real pages."""

    version = "light"

    def __init__(self, stage: str, target: str, *, is_real: bool = True) -> None:
        self._light = Light(stage, target)
        self._ignores_real = not is_real
        self._real: StatefulHandler[KeyedState] | None = real_stage(stage) if is_real else None

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
    return Remembering("revisions", "articles.revised")


def latest() -> Remembering:
    return Remembering("latest", "articles.latest")


def signatures() -> Light:
    return Light("signatures", "articles.signatures", real_stage("signatures"))


def syndication() -> Remembering:
    return Remembering("syndication", "articles.copies", is_real=False)
