"""Loads the models that the settings name: our own, a spaCy pipeline, or a plug-in of another package."""

import re
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import ValidationError

from wiredesk.enrichment.entities.gazetteer_tagger import gazetteer_taggers
from wiredesk.enrichment.entities.multilingual_tagger import MultilingualTagger
from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger
from wiredesk.enrichment.interfaces import Classifier, TaggedSpan, Tagger
from wiredesk.enrichment.languages import SUPPORT, NamesFrom
from wiredesk.enrichment.settings import ANY_LANGUAGE, MANY_LANGUAGES, EnrichmentSettings
from wiredesk.enrichment.taggers import Taggers, reads
from wiredesk.enrichment.topics import NewsClassifier
from wiredesk.languages.codes import canonical
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import Block, CleanedArticle, Extraction, MediaTopic, Model

TAGGERS = "wiredesk.taggers"
"""Group of entry points. Each is a callable without arguments that returns a `Tagger`."""

CLASSIFIERS = "wiredesk.classifiers"
"""Group of entry points. Each is a callable without arguments that returns a `Classifier`."""

PROFILES = {"hybrid": False, "fast": True}
"""Names of our own classifier's profiles, and whether a profile uses words only."""

SAMPLE_TEXT = "Mayor Anna Keller opened the library of Riverton on Monday."
"""A plug-in is called with this text when it is loaded, so that an error is reported at start and not for every
article."""

MAX_PROBLEM_CHARACTERS = 300
"""Characters of another package's error that a message quotes."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def load_taggers(settings: EnrichmentSettings) -> Taggers:
    """Load each tagger that the settings name, once, and the gazetteer for languages without a good one.

    Raises:
        UsageError: there is no such model, it cannot be loaded, it does not implement `Tagger`, or it does not read the
            language that it is named for.
    """
    loaded: dict[str, Tagger] = {}
    by_language: dict[str, Tagger | None] = {}
    for language, name in settings.tagger_names.items():
        older = settings.ner_model is not None
        setting = f"WIREDESK_NER_MODEL={name}" if older else f"WIREDESK_NER_MODELS={language}={name}"
        if name and name not in loaded:
            loaded[name] = _load_tagger(name, setting)
        tagger = loaded.get(name)
        if tagger is not None and language != ANY_LANGUAGE and not reads(tagger, language):
            raise UsageError(f"{setting}: this tagger reads {', '.join(sorted(tagger.languages))}, not {language}")
        by_language[canonical(language)] = tagger  # articles in `nb` and `nn` arrive as `no`
    by_gazetteer = [code for code, support in SUPPORT.items() if support.names is NamesFrom.GAZETTEER]
    return Taggers(by_language, gazetteer_taggers(by_gazetteer))


def _load_tagger(name: str, setting: str) -> Tagger:
    plug_in = _find_plug_in(TAGGERS, name, setting)
    if plug_in is not None:
        return _load_plug_in(plug_in, setting, _check_tagger)
    try:
        return MultilingualTagger() if name == MANY_LANGUAGES else SpacyTagger(name)
    except Exception as error:
        raise UsageError(
            f"{setting}: {_first_line(error)}; the setting takes an installed spaCy pipeline, a folder of one, "
            f"or an entry point of {TAGGERS}{_names_of_plug_ins(TAGGERS)}"
        ) from error


def load_classifier(settings: EnrichmentSettings) -> Classifier:
    """Load the classifier.

    Raises:
        UsageError: there is no such model, it cannot be loaded, or it does not implement `Classifier`.
    """
    name = settings.topic_model
    setting = f"WIREDESK_TOPIC_MODEL={name}"
    if name in PROFILES:
        try:
            return NewsClassifier(fast=PROFILES[name])
        except (OSError, ImportError, ValueError) as error:
            raise UsageError(f"{setting}: {_first_line(error)}") from error
    plug_in = _find_plug_in(CLASSIFIERS, name, setting)
    if plug_in is None:
        raise UsageError(
            f"{setting} is unknown; the setting takes {' or '.join(PROFILES)}, "
            f"or an entry point of {CLASSIFIERS}{_names_of_plug_ins(CLASSIFIERS)}"
        )
    return _load_plug_in(plug_in, setting, _check_classifier)


def _find_plug_in(group: str, name: str, setting: str) -> EntryPoint | None:
    """Return the entry point of a name; None where no installed package has one.

    Raises:
        UsageError: several packages have one.
    """
    points = list(entry_points(group=group, name=name))
    if len(points) > 1:
        packages = " and ".join(sorted(_distribution(point) for point in points))
        raise UsageError(f"{setting}: {packages} both provide a plug-in of this name; uninstall one")
    return points[0] if points else None


def _load_plug_in[P](point: EntryPoint, setting: str, check: Callable[[Any], P]) -> P:
    """Create the model of an entry point and call it with a test text.

    Raises:
        UsageError: its code raises an error, or the result does not implement the protocol. The message names the
            distribution.
    """
    try:
        return check(point.load()())
    except _ProtocolError as error:
        problem = str(error)
    except ValidationError as error:  # one of our classes was created with wrong values; its own text is ten lines
        fields = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False))
        problem = f"{error.title}: {fields[:MAX_PROBLEM_CHARACTERS]}"
    except Exception as error:  # noqa: BLE001 - another package's code may raise anything
        problem = f"{type(error).__name__}: {' '.join(str(error).split())[:MAX_PROBLEM_CHARACTERS]}"
    raise UsageError(f"{setting}: {point.value} of {_distribution(point)}: {problem}")


class _ProtocolError(Exception):
    """An object does not implement a protocol; the message says what is wrong."""


def _check_tagger(model: Any) -> Tagger:
    if not hasattr(model, "languages") and hasattr(model, "language"):
        _check_members(model, "Tagger", ("model", "tag"))
        model = _OlderTagger(model)
    _check_members(model, "Tagger", ("languages", "model", "tag"))
    _check_languages(model.languages)
    tagged = model.tag([SAMPLE_TEXT])
    if not isinstance(tagged, Sequence) or len(tagged) != 1:
        raise _ProtocolError("tag() does not return one sequence per text")
    for span in tagged[0]:
        if not isinstance(span, TaggedSpan):
            raise _ProtocolError(f"tag() returns {_kind_of(span)}, not TaggedSpan")
        if not 0 <= span.start < span.end <= len(SAMPLE_TEXT):
            raise _ProtocolError(f"tag() returns a span outside the text: {span.start} to {span.end}")
    checked: Tagger = model
    return checked


def _check_classifier(model: Any) -> Classifier:
    _check_members(model, "Classifier", ("languages", "model", "topics"))
    _check_languages(model.languages)
    vocabulary = getattr(model, "vocabulary", None)
    if vocabulary is not None and not (isinstance(vocabulary, str) and _DAY.fullmatch(vocabulary)):
        raise _ProtocolError(f"vocabulary is {vocabulary!r:.40}, not a date such as 2026-07-02")
    for language in sorted(model.languages)[:1]:
        topics = model.topics(_sample_article(), language)
        if not isinstance(topics, tuple) or not all(isinstance(topic, MediaTopic) for topic in topics):
            raise _ProtocolError("topics() does not return a tuple of MediaTopic")
    checked: Classifier = model
    return checked


class _OlderTagger:
    """A tagger of the protocol of 0.1.0, which has one `language` in place of `languages`."""

    def __init__(self, tagger: Any) -> None:
        if not isinstance(tagger.language, str):
            raise _ProtocolError(f"language is {_kind_of(tagger.language)}, not a string")
        self.languages = frozenset({tagger.language})
        self.model = tagger.model
        self.tag = tagger.tag


def _check_languages(languages: Any) -> None:
    if (
        not isinstance(languages, Collection)
        or isinstance(languages, str)
        or not all(isinstance(code, str) for code in languages)
    ):
        raise _ProtocolError(f"languages is {_kind_of(languages)}, not a set of strings")


def _check_members(model: Any, protocol: str, members: Sequence[str]) -> None:
    missing = [name for name in members if not hasattr(model, name)]
    if missing:
        raise _ProtocolError(f"it lacks {', '.join(missing)} of the protocol {protocol}")
    if not isinstance(model.model, Model):
        raise _ProtocolError(f"model is {_kind_of(model.model)}, not wiredesk_schemas.Model")


def _sample_article() -> CleanedArticle:
    return CleanedArticle(
        event_id="00000000-0000-5000-8000-000000000000",
        page_id="00000000-0000-5000-8000-000000000000",
        revision="0",
        url="https://page.invalid/",
        canonical_url="https://page.invalid/",
        title=SAMPLE_TEXT,
        paragraphs=(Block(text=SAMPLE_TEXT),),
        word_count=len(SAMPLE_TEXT.split()),
        extraction=Extraction(method="sample", version="0", confidence=1),
    )


def _kind_of(value: object) -> str:
    return f"a {type(value).__name__}" if value is not None else "None"


def _distribution(point: EntryPoint) -> str:
    """Return name and version of the package that an entry point belongs to."""
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "an unknown package"


def _names_of_plug_ins(group: str) -> str:
    names = sorted({point.name for point in entry_points(group=group)})
    return f" ({', '.join(names)})" if names else ""


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
