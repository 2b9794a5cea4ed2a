"""The release of the Media Topics that ships, and the command that takes the next one."""

import contextlib
import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stories import article
from tests.support import ROOT
from wiredesk.enrichment.topics import taxonomy
from wiredesk.enrichment.topics.model_arrays import Arrays, load_arrays, text_lines, unit_rows
from wiredesk.enrichment.topics.narrower_topics import NarrowerTopics
from wiredesk.enrichment.topics.release import InvalidReleaseError, read_release, shipped_release
from wiredesk.enrichment.topics.taxonomy import VERSION, naming_language, replacement, retired_topics, successors
from wiredesk.enrichment.topics.topic_names import NAMED_LANGUAGES
from wiredesk.enrichment.topics.vocabulary import CHANGES_FILE, TOPICS_FILE, main

DATA = ROOT / "services" / "wiredesk" / "enrichment" / "data"
ADDRESS = "http://cv.iptc.org/newscodes/mediatopic/"
CAMPAIGNS, ELECTION, POLITICS = "medtop:20000580", "medtop:20000574", "medtop:11000000"


def published(code: str, name: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a concept as IPTC publishes it."""
    return {
        "uri": ADDRESS + code,
        "qcode": f"medtop:{code}",
        "type": ["http://www.w3.org/2004/02/skos/core#Concept"],
        "inScheme": [ADDRESS],
        "modified": "2026-07-02T12:00:00+00:00",
        "prefLabel": {"en-GB": name},
        "definition": {"en-GB": f"All about {name}", "de": "Alles"},
        **({"broader": [ADDRESS + parent]} if parent else {"narrower": []}),
        **more,
    }


def document(*concepts: dict[str, Any], date: str = "2027-01-15T12:00:00+00:00") -> bytes:
    """Return a release as IPTC publishes it."""
    return orjson.dumps(
        {"@context": "https://www.iptc.org/std/IKOS/IKOS.jsonld", "dateReleased": date, "conceptSet": concepts}
    )


BEFORE = document(
    published("01000000", "arts"),
    published("02000000", "crime"),
    published("20000001", "film", "01000000"),
    published("20000002", "bonds", "01000000"),
    published("20000003", "genocide", "20000002"),
    published("20000004", "old thing", "01000000", retired="2020-01-01T12:00:00+00:00"),
    published("20000005", "lost thing", "01000000"),
    date="2026-07-02T12:00:00+00:00",
)
AFTER = document(
    published("01000000", "arts", prefLabel={"en-GB": "arts and culture", "de": "Kunst"}),
    published("02000000", "crime"),
    published("20000001", "film", "01000000", definition={"en-GB": "Moving pictures"}),
    published(
        "20000002",
        "bonds",
        "01000000",
        retired="2026-12-01T12:00:00+00:00",
        changeNote={
            "en-GB": "Retired. Use medtop:medtop:20000006 new thing or film (medtop:20000001), not medtop:29999999, for 12000000000 films."
        },
    ),
    published("20000003", "genocide", "02000000"),
    published("20000004", "old thing", "01000000"),
    published("20000006", "new thing", "20000001"),
)


def run(tmp_path: Path, *options: str, before: bytes = BEFORE, after: bytes = AFTER) -> int:
    (tmp_path / "before.json").write_bytes(before)
    (tmp_path / "after.json").write_bytes(after)
    return main([str(tmp_path / "after.json"), "--former", str(tmp_path / "before.json"), *options])


def test_what_ships_is_a_tree_of_topics_in_use() -> None:
    release = shipped_release()
    assert release.date == VERSION
    assert len(taxonomy()) == 1085
    assert len(retired_topics()) == 1393 - 1085
    for code, term in taxonomy().items():
        assert term.path[-1] == code
        assert set(term.path) <= taxonomy().keys()
        assert release.concepts[code].parent == (term.path[-2] if len(term.path) > 1 else None)
        assert term.name().strip() == term.name() != ""


def test_the_tree_is_that_of_the_release() -> None:
    assert taxonomy()["medtop:20000587"].path == ("medtop:14000000", "medtop:20000587"), (
        "moved from politics to society"
    )
    assert taxonomy()["medtop:20000581"].path == (POLITICS, ELECTION, "medtop:20000581"), "was below a retired topic"
    assert taxonomy()[POLITICS].name() == "politics and government"
    assert taxonomy()["medtop:20001396"].name() == "physical security"


def test_every_retired_topic_leads_to_topics_in_use() -> None:
    for code in retired_topics():
        assert code not in taxonomy()
        assert successors(code)
        assert set(successors(code)) <= taxonomy().keys()
        assert replacement(code) in taxonomy()
    for code in taxonomy():
        assert successors(code) == (code,) == (replacement(code),)
    with pytest.raises(KeyError):
        successors("medtop:99999999")


def test_the_mapping_from_the_former_release_says_what_iptc_says() -> None:
    since = {code: concept for code, concept in retired_topics().items() if str(concept.retired) > "2023-10-24"}
    assert len(since) == 35, "34, and one that was created and retired between the two releases"
    assert len([concept for concept in since.values() if concept.successors]) == 30
    assert successors(CAMPAIGNS) == (ELECTION,), "none is named: the topic above it"
    assert successors("medtop:20000347") == ("medtop:20001376", "medtop:20000368")
    assert replacement("medtop:20000347") == "medtop:04000000", "bonds of companies or of states"
    assert replacement("medtop:20000419") == "medtop:20000418", "global warming: climate change"
    assert replacement("medtop:20000651") == "medtop:20000593", "parties or movements: government, which is above both"
    changes = json.loads((DATA / CHANGES_FILE).read_text(encoding="utf-8"))
    assert (changes["release"], changes["former_release"]) == (VERSION, "2023-10-24")
    assert {name: len(changes[name]) for name in ("new", "moved", "renamed")} == {"new": 20, "moved": 44, "renamed": 43}
    for code, (old, new) in changes["moved"].items():
        assert shipped_release().concepts[code].parent == new != old


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    return load_arrays()


def test_every_code_of_the_trained_arrays_leads_to_a_topic_in_use(arrays: Arrays) -> None:
    assert set(text_lines(arrays["roots"])) == {term.root for term in taxonomy().values()}
    for code in text_lines(arrays["definitions_code"]):
        assert replacement(code) in taxonomy()


ENCODER = "universal"
"""An encoder that the trained arrays are for."""


def stale_arrays(codes: list[str]) -> Arrays:
    """Return arrays in which the definition of each topic is a vector of its own."""
    return {
        "universal_definitions": (np.eye(len(codes)) * 100).astype(np.int8),
        "definitions_code": np.frombuffer("\n".join(codes).encode(), dtype=np.uint8),
    }


def test_arrays_of_a_former_release_give_no_retired_code() -> None:
    codes = ["medtop:20000579", CAMPAIGNS, "medtop:20000419", "medtop:20000418", "medtop:20000347", *retired_topics()]
    codes = list(dict.fromkeys(codes))
    narrower = NarrowerTopics(stale_arrays(codes), [ENCODER])
    found = {}
    for row, code in enumerate(codes):
        vector = np.zeros(len(codes), dtype=np.float32)
        vector[row] = 1
        candidates = narrower.candidates(ENCODER, vector, "", "", "en")
        assert {candidate.code for candidate in candidates} <= taxonomy().keys()
        best = max(candidates, key=lambda candidate: candidate.similarity)
        found[code] = best.code if best.similarity > 0.9 else None
    assert found[CAMPAIGNS] == ELECTION
    assert found["medtop:20000418"] == "medtop:20000418"
    assert found["medtop:20000419"] is None, "climate change has a definition of its own"
    assert found["medtop:20000347"] is None, "a topic of the top level is no narrower one"


def test_no_name_leads_to_a_retired_code(arrays: Arrays) -> None:
    narrower = NarrowerTopics(arrays, [ENCODER])
    vectors = unit_rows(arrays[f"{ENCODER}_definitions"])
    named = [name for concept in retired_topics().values() for name in concept.names.values()]
    texts = [*named, " and ".join(named), "Political campaigns began"]
    for text, language in product(texts, NAMED_LANGUAGES):
        assert {one.code for one in narrower.candidates("", None, text, text, language)} <= taxonomy().keys()
    for vector in vectors:
        assert {one.code for one in narrower.candidates(ENCODER, vector, "", "", "en")} <= taxonomy().keys()


@pytest.mark.parametrize(
    ("language", "name"),
    [
        (None, "sport"),
        ("en", "sport"),
        ("xx", "sport"),
        ("it", "sport"),
        ("de", "Sport"),
        ("de-CH", "Sport"),
        ("es", "Deporte"),
        ("es-419", "Deporte"),
        ("ar", "رياضة"),
        ("zh", "体育"),
        ("zh-Hans", "体育"),
        ("zh-Hant-TW", "体育"),
        ("zh_CN", "体育"),
        ("pt", "desporto"),
        ("pt-PT", "desporto"),
        ("pt-BR", "esporte"),
        ("PT-br", "esporte"),
        ("", "sport"),
    ],
)
def test_a_topic_has_a_name_in_the_language_of_the_article(language: str | None, name: str) -> None:
    assert taxonomy()["medtop:15000000"].name(language) == name


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("no", "vitenskap og teknologi"),
        ("nb", "vitenskap og teknologi"),
        ("nn", "vitskap og teknologi"),
        ("nn-NO", "vitskap og teknologi"),
        ("da", "videnskab og teknologi"),
        ("sv", "Teknik och vetenskap"),
        ("se", "science and technology"),  # Northern Sami, and not Sweden
        ("dk", "science and technology"),
    ],
)
def test_languages_of_the_north_have_their_own_names(language: str, name: str) -> None:
    assert taxonomy()["medtop:13000000"].name(language) == name


def test_a_topic_without_a_name_in_a_language_has_one_in_english() -> None:
    assert taxonomy()["medtop:09000000"].name("en-US") == "labor"
    assert taxonomy()["medtop:20001396"].name("en-US") == "physical security"
    assert taxonomy()["medtop:20001393"].name("de") == "futsal"
    assert taxonomy()["medtop:20001376"].name("de") == "Unternehmensanleihe"


@given(st.text(max_size=20))
def test_any_language_has_a_name(language: str) -> None:
    assert all(term.name(language) for term in taxonomy().values())


def test_the_region_that_a_page_states_counts_if_the_language_is_right() -> None:
    assert naming_language("pt-BR", "pt") == "pt-BR"
    assert naming_language("en-US", "de") == "de"
    assert naming_language(None, "de") == "de"


def test_the_difference_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        "Media Topics 2026-07-02 -> 2027-01-15: 6 -> 6 topics in use",
        "new: 1",
        "  medtop:20000006 new thing, below medtop:20000001 film",
        "reinstated: 1",
        "  medtop:20000004 old thing, below medtop:01000000 arts and culture",
        "retired: 1",
        "  medtop:20000002 bonds (2026-12-01): medtop:20000006 new thing; medtop:20000001 film",
        "missing: 1",
        "  medtop:20000005 lost thing, below medtop:01000000 arts",
        "moved: 1",
        "  medtop:20000003 genocide: medtop:20000002 bonds -> medtop:02000000 crime",
        "renamed: 1",
        "  medtop:01000000 arts -> arts and culture",
        "English definition changed: 1",
        "  medtop:20000001 film",
        "other names changed: 1",
        "  de: 1",
    ]


def test_the_difference_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--json") == 1
    changes = json.loads(capsys.readouterr().out)
    assert changes["retired"] == {"medtop:20000002": ["medtop:20000006", "medtop:20000001"]}
    assert changes["moved"] == {"medtop:20000003": ["medtop:20000002", "medtop:02000000"]}
    assert changes["release"] == "2027-01-15"


def test_the_files_that_ship_are_written(tmp_path: Path) -> None:
    run(tmp_path, "--write", str(tmp_path))
    lines = (tmp_path / TOPICS_FILE).read_bytes()
    assert sorted(read_release(lines, "2027-01-15").in_use()) == [
        f"medtop:{code}" for code in ("01000000", "02000000", "20000001", "20000003", "20000004", "20000006")
    ]
    changes = json.loads((tmp_path / CHANGES_FILE).read_text(encoding="utf-8"))
    assert changes["retired"]["medtop:20000002"]["successors"] == ["medtop:20000006", "medtop:20000001"]
    assert changes["retired"]["medtop:20000005"]["parent"] == "medtop:01000000", "missing codes are kept, as retired"
    assert "medtop:20000004" not in changes["retired"]


def test_what_ships_differs_in_nothing_from_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    concepts = shipped_release().concepts
    rows = [
        {"code": code, "parent": c.parent, "name": dict(c.names), "definition": c.definition, "retired": c.retired,
         "successors": c.successors}
        for code, c in concepts.items()
    ]  # fmt: skip
    lines = b"\n".join(map(orjson.dumps, rows))
    (tmp_path / "same.jsonl").write_bytes(lines)
    assert main([str(tmp_path / "same.jsonl"), "--release", VERSION, "--write", str(tmp_path)]) == 0
    assert "1085 -> 1085 topics in use" in capsys.readouterr().out
    assert (tmp_path / TOPICS_FILE).read_bytes() == (DATA / TOPICS_FILE).read_bytes()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no topic is in use"),
        (b"not JSON", "line 1 is not JSON"),
        (b"[]", "a topic is not an object"),
        (document(), "conceptSet is not a list of concepts"),
        (document(published("01000000", "arts"), date="soon"), "the file does not state the date"),
        (document(published("0100000", "arts")), "not a code of the Media Topics: 'medtop:0100000'"),
        (document(published("01000000", "arts", prefLabel={"de": "Kunst"})), "medtop:01000000 has no name in en-GB"),
        (document(published("01000000", "a"), published("01000000", "b")), "medtop:01000000 is in the file twice"),
        (document(published("20000001", "film", "01000000")), "medtop:20000001 is below medtop:01000000, which is not"),
        (
            document(published("20000001", "a", "20000002"), published("20000002", "b", "20000001")),
            "more than 32 topics",
        ),
        (
            document(published("01000000", "arts", retired="2027-01-01"), published("20000001", "film", "01000000")),
            "medtop:20000001 is in use below medtop:01000000, which is retired",
        ),
        (document(published("01000000", "arts", definition="x", changeNote=["y"], broader={"z": 1})), "not a code"),
        (b"[" * 100_000, "line 1 is not JSON"),
    ],
)
def test_what_is_no_release_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, problem: str
) -> None:
    options = () if b'"soon"' in content else ("--release", "2027-01-15")
    assert run(tmp_path, *options, after=content) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("vocabulary: ")
    assert problem in line


def test_what_is_wrong_with_a_file_is_said_before_its_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, after=b"# A text about media topics") == 2
    assert "line 1 is not JSON" in capsys.readouterr().err
    assert run(tmp_path, "--release", "2026-13-45", after=AFTER) == 2
    assert "not a date such as 2026-07-02: '2026-13-45'" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


@given(st.binary(max_size=200))
def test_any_bytes_are_a_release_or_refused(content: bytes) -> None:
    with contextlib.suppress(InvalidReleaseError):
        read_release(content, "2027-01-15")


def test_control_characters_of_a_file_are_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, after=document(published("01000000", "a\x1b]0;x\x07\nb"), *json.loads(AFTER)["conceptSet"][1:]))
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "a\\x1b]0;x\\x07\\nb" in printed


def test_topics_are_named_for_the_region_of_the_page() -> None:
    from wiredesk.enrichment.topics import NewsClassifier  # noqa: PLC0415 - loads a model

    classifier = NewsClassifier(fast=True)
    text = "The team won the cup final in the stadium"
    story = article(text).model_copy(update={"language": "pt-BR"})
    assert classifier.topics(story, "pt")[0].name == "esporte"
    assert classifier.vocabulary == VERSION
