"""The models that the settings name: ours, any spaCy pipeline, or what another package plugs in."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from wiredesk.enrichment.entities.tagging import SpacyTagger, Tagger
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.enrichment.topics import Classifier, NewsClassifier
from wiredesk.runtime.errors import UsageError

TAGGERS = "wiredesk.taggers"
CLASSIFIERS = "wiredesk.classifiers"
"""Groups of entry points: each names a callable without arguments that returns a tagger, or a classifier."""

OURS: dict[str, Callable[[], Classifier]] = {
    "hybrid": NewsClassifier,
    "fast": lambda: NewsClassifier(fast=True),
}


def tagger(settings: EnrichmentSettings) -> Tagger:
    """Load the tagger.

    Raises:
        UsageError: there is no such model, or it cannot be loaded.
    """
    name = settings.ner_model
    try:
        plugged = _plugged(TAGGERS, name)
        loaded: Tagger = plugged() if plugged else SpacyTagger(name)
    except (OSError, ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"WIREDESK_NER_MODEL={name}: {_first_line(error)}; it takes an installed spaCy pipeline, a folder of one, "
            f"or an entry point of {TAGGERS}{_known(TAGGERS)}"
        ) from error
    return loaded


def classifier(settings: EnrichmentSettings) -> Classifier:
    """Load the classifier.

    Raises:
        UsageError: there is no such model, or it cannot be loaded.
    """
    name = settings.topic_model
    try:
        make = OURS.get(name) or _plugged(CLASSIFIERS, name)
        loaded: Classifier | None = make() if make else None
    except (OSError, ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"WIREDESK_TOPIC_MODEL={name}: {_first_line(error)}") from error
    if loaded is None:
        raise UsageError(
            f"WIREDESK_TOPIC_MODEL={name} is unknown; it takes {' or '.join(OURS)}, "
            f"or an entry point of {CLASSIFIERS}{_known(CLASSIFIERS)}"
        )
    return loaded


def _plugged(group: str, name: str) -> Callable[[], Any] | None:
    found = next(iter(entry_points(group=group, name=name)), None)
    if found is None:
        return None
    made: Callable[[], Any] = found.load()
    return made


def _known(group: str) -> str:
    names = sorted(point.name for point in entry_points(group=group))
    return f" ({', '.join(names)})" if names else ""


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
