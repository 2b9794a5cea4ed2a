"""Which stages are accepted beside ours, in which order, and why others are left out."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from tests import plugins
from wiredesk import registry
from wiredesk.cli import app
from wiredesk.cli.options import load
from wiredesk.operations.dead_letters.reading import select
from wiredesk.operations.dead_letters.redrive import redrivable
from wiredesk.pipeline import ARTICLES_ENRICHED, STAGES, TERMINAL_TOPICS, TOPICS
from wiredesk.registry import Registry
from wiredesk.runtime import logs
from wiredesk.runtime.errors import HandlerError, UsageError
from wiredesk.runtime.settings import Settings

OURS = tuple(entry_points(group=registry.GROUP))
BROKEN = """
[wiredesk.stages]
torn = no_such_module:STAGE
"""


def loaded(*names: str, reverse: bool = False) -> Registry:
    points = [*OURS, *(EntryPoint(name, f"tests.plugins:{name.upper()}", registry.GROUP) for name in names)]
    return registry.load(reversed(points) if reverse else points)


def test_ours_are_found_like_any_other_in_the_order_of_the_flow() -> None:
    loaded_registry = registry.load(OURS)
    assert list(loaded_registry.stages.items()) == list(STAGES.items())
    assert (loaded_registry.topics, set(loaded_registry.terminal_topics)) == (TOPICS, set(TERMINAL_TOPICS))
    assert [stage.name for stage in loaded_registry.flow] == ["ingest", "extractor", "revisions", "enrichment"]
    assert {stage.name for stage in loaded_registry.side_stages} == {"latest", "signatures", "syndication"}
    assert loaded_registry.rejections == ()
    assert list(registry.names()) == sorted(STAGES)


def test_a_stage_comes_after_those_whose_topics_it_reads() -> None:
    for reverse in (False, True):
        loaded_registry = loaded("tone", "alarm", "keywords", "feeds", reverse=reverse)
        assert loaded_registry.rejections == ()
        order = list(loaded_registry.stages)
        for stage in loaded_registry.stages.values():
            writers = [one.name for one in loaded_registry.stages.values() if stage.consumes in one.produces]
            assert all(order.index(writer) < order.index(stage.name) for writer in writers)
        assert [stage.name for stage in loaded_registry.side_stages] == [
            "signatures",
            "syndication",
            "latest",
            "keywords",
            "tone",
            "alarm",
        ] or reverse
        assert {stage.name for stage in loaded_registry.flow} == {*STAGES, "feeds"} - {
            "latest",
            "signatures",
            "syndication",
        }
        assert {topic.name for topic in loaded_registry.entry_topics} == {"pages.raw", "feeds.raw"}


def test_a_stage_after_a_terminal_topic_gives_no_page_an_outcome() -> None:
    loaded_registry = loaded("tone")
    assert set(loaded_registry.terminal_topics) == set(TERMINAL_TOPICS)
    assert [stage.name for stage in loaded_registry.readers(ARTICLES_ENRICHED)] == ["latest", "tone"]
    assert plugins.TONES in loaded_registry.topics


def test_a_branch_has_a_rival_in_the_flow_only_at_the_entry() -> None:
    loaded_registry = loaded("tone", "keywords", "mirror")
    rivals = {name: loaded_registry.rivals(loaded_registry.stage(name)) for name in loaded_registry.stages}
    assert {name: [one.name for one in beside] for name, beside in rivals.items() if beside} == {"mirror": ["ingest"]}


def test_dead_letters_of_a_branch_at_the_entry_do_not_go_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded_registry = loaded("mirror")
    monkeypatch.setattr(registry, "registry", lambda: loaded_registry)
    assert app.run(["dlq", "redrive", "--topic", "mirror", "--bootstrap-servers", "127.0.0.1:1"]) == 2
    assert "ingest reads pages.raw, too" in capsys.readouterr().err


def test_what_can_be_redriven_is_selected_and_the_rest_is_named() -> None:
    found = loaded("tone", "keywords", "mirror")
    selected, lines = redrivable(found, select(found.stages))
    assert {stage.name for stage in selected.stages} == {*found.stages} - {"mirror"}
    assert [line.partition(":")[0] for line in lines] == ["dead letters of mirror cannot be sent back"]
    assert redrivable(found, select(found.stages, topics=["tone"]))[1] == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing", "tests.plugins:MISSING cannot be imported: AttributeError"),
        ("words", "tests.plugins:WORDS is a str, not a wiredesk.Stage"),
        ("renamed", "the entry point is named 'renamed' and the stage 'tone'"),
        ("upper", "wiredesk.x: topics whose names begin with 'wiredesk.' are the runtime's own"),
        ("shown", "the entry point is named 'shown' and the stage 'show'"),
        ("orphan", "it reads nowhere, which no stage writes"),
        ("impostor", "it defines the topic articles.enriched otherwise than enrichment does"),
        ("twin", "articles.cleaned.dlq holds the dead letters of revisions"),
        ("second", "with it, a page would reach a second terminal topic after the first"),
        ("fork", "with it, a page would reach terminal topics by two paths"),
        ("bare", "produces is not a tuple of topics: write (TOPIC,)"),
        ("listed", "events of the topic listed is not a tuple of classes: write (Event,)"),
        ("string", "consumes is of the type str, not Topic"),
        ("numbered", "settings is of the type int, not str"),
        ("twice", "Tone is in several topics that it writes"),
        ("untyped", "Untyped.TYPE must be a name that ends in a version"),
        ("unversioned", "Unversioned.TYPE must be a name that ends in a version"),
        ("textual", "textual carries <class 'str'>, which is not a subclass of Event"),
        ("loop", "it reads and writes articles.enriched"),
        ("usurper", "it is an entry stage, and another stage writes articles.enriched"),
        (
            "feeder",
            "pages.raw carries <class 'wiredesk_schemas.raw_page.RawPage'>, which is not a subclass of DerivedEvent",
        ),
    ],
)
def test_a_stage_that_cannot_be_used_is_left_out_and_named(name: str, reason: str) -> None:
    loaded_registry = loaded(name)
    assert list(loaded_registry.stages) == list(STAGES)
    (rejection,) = loaded_registry.rejections
    assert (rejection.name, reason in rejection.reason) == (name, True), rejection.reason
    assert "\n" not in str(rejection)
    with pytest.raises(UsageError, match=f"stage '{name}' of the package"):
        loaded_registry.stage(name)


def test_nothing_takes_the_place_of_ours() -> None:
    loaded_registry = registry.load([*OURS, EntryPoint("ingest", "tests.plugins:INGEST", registry.GROUP)])
    assert dict(loaded_registry.stages) == dict(STAGES)
    assert loaded_registry.rejections[0].reason == "the package 'wiredesk' has a stage of this name"


def test_stages_that_read_each_other_in_a_ring_are_left_out() -> None:
    loaded_registry = loaded("ringa", "ringb")
    assert list(loaded_registry.stages) == list(STAGES)
    assert len(loaded_registry.rejections) == 2


@given(st.permutations(["tone", "alarm", "keywords", "feeds", "orphan", "twin", "missing"]))
def test_the_order_of_installation_does_not_matter(names: Sequence[str]) -> None:
    loaded_registry = loaded(*names)
    assert set(loaded_registry.stages) == {*STAGES, "tone", "alarm", "keywords", "feeds"}
    assert len(loaded_registry.rejections) == 3


def test_settings_that_are_none_are_named() -> None:
    loaded_registry = loaded("tone")
    for settings in ("no_such_module:Settings", "tests.plugins:WORDS", "tests.plugins:Tone"):
        wrong = replace(loaded_registry.stages["tone"], settings=settings)
        with pytest.raises(UsageError, match="settings of stage 'tone'"):
            loaded_registry.settings_of(wrong)


def test_a_handler_that_cannot_be_loaded_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run(*_: object) -> None:
        raise HandlerError("tests.plugins:handler cannot be loaded: no GPU")

    found = loaded("tone")
    monkeypatch.setattr(registry, "registry", lambda: found)
    monkeypatch.setattr(logs, "configure", lambda _: None)
    monkeypatch.setattr(import_module("wiredesk.cli.worker"), "_run", run)
    assert app.run(["worker", "tone"]) == 1
    assert "stage 'tone' of the package '?': tests.plugins:handler" in " ".join(capsys.readouterr().err.split())
    assert app.run(["worker", "ingest"]) == 1
    assert "package" not in capsys.readouterr().err


def test_wrong_settings_are_named_with_their_package() -> None:
    class Wrong(Settings):
        limit: int = Field(0, ge=1)

    with pytest.raises(UsageError, match=r"WIREDESK_LIMIT: Input should be .* \(settings of the package 'tests'\)"):
        load(Wrong)


def test_a_broken_stage_stops_only_what_needs_it(tmp_path: Path) -> None:
    folder = tmp_path / "torn-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: torn\nVersion: 1.0\n", encoding="utf-8")
    (folder / "entry_points.txt").write_text(BROKEN, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "wiredesk.cli", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    line = "wiredesk: stage 'torn' of the package 'torn' is left out: no_such_module:STAGE cannot be imported"
    for arguments in (["config"], ["acls", "--principal", "p", "--stage", "ingest"]):
        done = run(*arguments)
        assert (done.returncode, done.stderr.count(line), done.stderr.count("\n")) == (0, 1, 1)
    done = run("worker", "torn")
    assert (done.returncode, done.stderr.count(line), done.stderr.count("\n")) == (2, 1, 1)
