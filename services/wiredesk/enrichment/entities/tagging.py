"""Tagging: names in texts. The interface, and spaCy behind it."""

import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Protocol

import spacy

from wiredesk.enrichment.settings import BASE, BUNDLED
from wiredesk_schemas import EntityType, Model


@dataclass(frozen=True, slots=True)
class Span:
    """A name in a text: from `start` up to and without `end`, in code points."""

    start: int
    end: int
    type: EntityType


class Tagger(Protocol):
    """Finds names in texts of one language.

    Another one is plugged in as an entry point of the group `wiredesk.taggers` that makes it: see docs/enrichment.md.

    Attributes:
        language: ISO 639 code of the one that it reads.
        model: what it is; name and version go into every event, and into the events' ids.
    """

    language: str
    model: Model

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each text, in order, none overlapping another."""


TYPES = {
    "PERSON": EntityType.PERSON,
    "PER": EntityType.PERSON,
    "ORG": EntityType.ORGANISATION,
    "GPE": EntityType.PLACE,
    "LOC": EntityType.PLACE,
    "FAC": EntityType.PLACE,
    "EVENT": EntityType.EVENT,
    "WORK_OF_ART": EntityType.WORK,
    "LAW": EntityType.WORK,
    "NORP": EntityType.NATIONALITY,
    "DATE": EntityType.DATE,
    "MONEY": EntityType.AMOUNT,
    "PERCENT": EntityType.AMOUNT,
    "QUANTITY": EntityType.AMOUNT,
}
"""Labels of OntoNotes 5, and of models that know the classic ones only, in our terms; others are not taken."""

FEEDING = frozenset({"tok2vec", "transformer"})
"""Pipes that others may listen to; one to which nothing listens costs as much as the tagging itself, for nothing."""


VERSION = "1"
"""Of our tagger's training."""


def trained() -> Traversable:
    """Return the file of our tagger's weights, as `training.enrichment.tagger` wrote it."""
    return files("wiredesk.enrichment").joinpath("trained", "tagger.xz")


class SpacyTagger:
    """Tags names with a spaCy pipeline, of which only what tagging needs is kept.

    Args:
        name: ours, an installed package, or a folder.

    Raises:
        OSError: there is no such pipeline.
    """

    def __init__(self, name: str) -> None:
        source = str(import_module(BASE).model_path()) if name in (BASE, BUNDLED) else name
        self._pipeline = spacy.load(source)
        meta = self._pipeline.meta
        self.language = str(meta["lang"])
        self.model = Model(task="entities", name=f"{meta['lang']}_{meta['name']}", version=str(meta["version"]))
        if name == BUNDLED:
            ner: Any = self._pipeline.get_pipe("ner")
            ner.from_bytes(lzma.decompress(trained().read_bytes()), exclude=["vocab"])
            self.model = Model(task="entities", name=BUNDLED, version=f"{VERSION}+{meta['version']}")
        for pipe in self._pipeline.pipe_names:
            if pipe != "ner" and not self._feeds_ner(pipe):
                self._pipeline.remove_pipe(pipe)

    def _feeds_ner(self, name: str) -> bool:
        return name in FEEDING and "ner" in getattr(self._pipeline.get_pipe(name), "listening_components", ())

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each text."""
        return [
            [Span(e.start_char, e.end_char, TYPES[e.label_]) for e in document.ents if e.label_ in TYPES]
            for document in self._pipeline.pipe(texts, batch_size=64)
        ]
