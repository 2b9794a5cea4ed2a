"""Taggers and classifiers of other packages, installed as a distribution with entry points."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories import article
from wiredesk.cli.app import run
from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.models import load_classifier, load_taggers
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import EntityType

PACKAGE = """
from wiredesk import TaggedSpan
from wiredesk_schemas import EntityType, MediaTopic, Model

class Tagger:
    languages = frozenset({"de", "lb"})
    model = Model(task="entities", name="acme-names", version="7")

    def tag(self, texts):
        return [[TaggedSpan(t.index("Keller"), t.index("Keller") + 6, EntityType.PERSON)] if "Keller" in t else [] for t in texts]

class Classifier:
    languages = frozenset({"de"})
    model = Model(task="topics", name="acme-topics", version="8")

    def topics(self, article, language):
        return (MediaTopic(code="medtop:15000000", name="Sport", path=("medtop:15000000",), score=0.9),)
"""
GERMAN = "Die Torhüterin Keller hielt im Endspiel zwei Elfmeter, und die Mannschaft gewann den Pokal."

type Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a distribution, for this test: one module, one entry point in each group."""

    def install(code: str = PACKAGE, package: str = "acme", module: str = "acme_models") -> None:
        folder = tmp_path / package
        metadata = folder / f"{package}-1.2.dist-info"
        metadata.mkdir(parents=True)
        (folder / f"{module}.py").write_text(code, encoding="utf-8")
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
        (metadata / "entry_points.txt").write_text(
            f"[wiredesk.taggers]\nacme = {module}:Tagger\n[wiredesk.classifiers]\nacme = {module}:Classifier\n"
        )
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, module, raising=False)

    return install


def test_an_installed_tagger_and_classifier_enrich_an_article(install: Install) -> None:
    install()
    enricher = Enricher(EnrichmentSettings(ner_models="de=acme", topic_model="acme"))
    enriched = enricher(article(GERMAN))
    assert [(entity.name, entity.type) for entity in enriched.entities] == [("Keller", "person")]
    assert [topic.name for topic in enriched.topics] == ["Sport"]
    assert [(m.name, m.version) for m in enriched.enrichment.models[1:]] == [("acme-names", "7"), ("acme-topics", "8")]
    assert not enriched.enrichment.notes


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("from wiredesk", "import no_such_library\nfrom wiredesk"), "ModuleNotFoundError: No module named 'no_such_"),
        (("class Tagger:", "class Other:"), "AttributeError: module 'acme_models' has no attribute 'Tagger'"),
        (("class Tagger:", "class Tagger:\n    def __init__(self): raise RuntimeError('no GPU\\nhere')"), "RuntimeError: no GPU"),
        (("    def tag(self, texts):", "    def mark(self, texts):"), "it lacks tag of the protocol Tagger"),
        (('languages = frozenset({"de", "lb"})', "language = None"), "language is None, not a string"),
        (('languages = frozenset({"de", "lb"})', "languages = 'de'"), "languages is a str, not a set of strings"),
        (('    languages = frozenset({"de", "lb"})\n', ""), "it lacks languages of the protocol Tagger"),
        (('Model(task="entities", name="acme-names", version="7")', "'7'"), "model is a str, not wiredesk_schemas.Model"),
        (("return [[TaggedSpan", "return 3 or [[TaggedSpan"), "tag() does not return one sequence per text"),
        (('t.index("Keller"), t', '"", t'), "TypeError: '<=' not supported"),
        (('.index("Keller") + 6', '.index("Keller") + 600'), "tag() returns a span outside the text: 11 to 611"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_tagger_is_one_line_with_its_package(
    install: Install, change: tuple[str, str], problem: str
) -> None:
    install(PACKAGE.replace(*change))
    with pytest.raises(UsageError) as refused:
        load_taggers(EnrichmentSettings(ner_models="de=acme"))
    message = str(refused.value)
    assert message.startswith("WIREDESK_NER_MODELS=de=acme: acme_models:Tagger of acme 1.2: ")
    assert problem in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('frozenset({"de"})', '"de"'), "languages is a str, not a set of strings"),
        (("    def topics(", "    def subjects("), "it lacks topics of the protocol Classifier"),
        (("return (MediaTopic(", "return ('sport',) or (MediaTopic("), "does not return a tuple of MediaTopic"),
        (
            ("    def topics(", "    vocabulary = 2026\n\n    def topics("),
            "vocabulary is 2026, not a date such as 2026-07-02",
        ),
        (("score=0.9", "score=9"), "Topic: score: Input should be"),
    ],
)
def test_what_is_wrong_with_a_classifier_is_one_line_with_its_package(
    install: Install, change: tuple[str, str], problem: str
) -> None:
    install(PACKAGE.replace(*change))
    with pytest.raises(UsageError) as refused:
        load_classifier(EnrichmentSettings(topic_model="acme"))
    assert str(refused.value).startswith("WIREDESK_TOPIC_MODEL=acme: acme_models:Classifier of acme 1.2: ")
    assert problem in str(refused.value)


def test_a_name_that_two_packages_provide_is_refused(install: Install) -> None:
    install()
    install(package="other", module="other_models")
    with pytest.raises(UsageError, match=r"acme 1\.2 and other 1\.2 both provide a plug-in of this name"):
        load_taggers(EnrichmentSettings(ner_models="de=acme"))


def test_a_tagger_of_0_1_0_with_one_language_still_loads(install: Install) -> None:
    install(
        PACKAGE.replace(
            'languages = frozenset({"de", "lb"})\n    model = Model(task="entities',
            'language = "de"\n    model = Model(task="entities',
        )
    )
    taggers = load_taggers(EnrichmentSettings(ner_model="acme"))
    german = taggers.of("de")
    assert german is not None
    assert german.tag([GERMAN]) == [[TaggedSpan(15, 21, EntityType.PERSON)]]
    assert taggers.of("lb") is None


def test_a_tagger_is_not_used_for_a_language_that_it_does_not_read(install: Install) -> None:
    install()
    with pytest.raises(UsageError, match=r"^WIREDESK_NER_MODELS=fr=acme: this tagger reads de, lb, not fr$"):
        load_taggers(EnrichmentSettings(ner_models="fr=acme"))


def test_a_tagger_of_several_languages_is_loaded_once(install: Install) -> None:
    fails_twice = "class Tagger:\n    def __init__(self, loads=[]): loads.append(1); assert len(loads) == 1\n"
    install(PACKAGE.replace("class Tagger:", fails_twice))
    taggers = load_taggers(EnrichmentSettings(ner_models="de=acme,*=acme,fr="))
    assert taggers.of("de") is taggers.of("lb") is not None
    assert taggers.of("fr") is None


def test_a_command_with_a_broken_plug_in_ends_with_one_line(
    install: Install, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    install("raise RuntimeError('the licence has expired')")
    (tmp_path / "story.txt").write_text("A story.", encoding="utf-8")
    assert run(["enrich", str(tmp_path / "story.txt"), "--ner-model", "acme"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.endswith("acme_models:Tagger of acme 1.2: RuntimeError: the licence has expired")


def test_a_plug_in_that_is_not_installed_is_listed_beside_those_that_are(install: Install) -> None:
    install()
    with pytest.raises(UsageError, match=r"WIREDESK_TOPIC_MODEL=acne is unknown; .* wiredesk\.classifiers \(acme\)"):
        load_classifier(EnrichmentSettings(topic_model="acne"))


@pytest.mark.parametrize("named", ["nb", "nn", "no"])
@pytest.mark.parametrize("read", ["nb", "no"])
def test_a_tagger_of_written_norwegian_reads_norwegian(install: Install, named: str, read: str) -> None:
    install(PACKAGE.replace('{"de", "lb"}', f'{{"{read}"}}'))
    taggers = load_taggers(EnrichmentSettings(ner_models=f"{named}=acme"))
    norwegian = taggers.of("no")
    assert norwegian is not None
    assert norwegian.model.name == "acme-names"
