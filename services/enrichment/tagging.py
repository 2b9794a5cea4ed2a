"""Tagging: names in texts. The interface, and spaCy behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import spacy

from schemas import EntityType, Model
from services.enrichment.settings import BUNDLED


@dataclass(frozen=True, slots=True)
class Span:
    """A name in a text: from `start` up to and without `end`, in code points."""

    start: int
    end: int
    type: EntityType


class Tagger(Protocol):
    """Finds names in texts of one language."""

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


class SpacyTagger:
    """Tags names with a spaCy pipeline, of which only what tagging needs is loaded.

    Args:
        name: an installed package, or a folder.

    Raises:
        OSError: there is no such pipeline.
    """

    def __init__(self, name: str) -> None:
        source = str(import_module(BUNDLED).model_path()) if name == BUNDLED else name
        needed = {"tok2vec", "transformer", "ner"}
        self._pipeline = spacy.load(source)
        for pipe in self._pipeline.pipe_names:
            if pipe not in needed:
                self._pipeline.remove_pipe(pipe)
        meta = self._pipeline.meta
        self.language = str(meta["lang"])
        self.model = Model(task="entities", name=f"{meta['lang']}_{meta['name']}", version=str(meta["version"]))

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each text."""
        return [
            [Span(e.start_char, e.end_char, TYPES[e.label_]) for e in document.ents if e.label_ in TYPES]
            for document in self._pipeline.pipe(texts, batch_size=64)
        ]
