import gzip
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from tests.support import SAMPLES
from wiredesk.cli import console
from wiredesk.cli.app import run
from wiredesk.extractor import html

FERRY = str(SAMPLES / "pages" / "ferry-strike.html")


def test_an_article_is_shown_for_readers(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", FERRY]) == 0
    output = capfd.readouterr().out
    assert "title: Ferry crews end strike after night of talks" in output
    assert "by: Maeve Dunmore, Tom Ashby" in output
    assert "Ferry crews on the southern routes" in output


def test_json_is_the_event_that_the_stage_publishes(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(Path(FERRY).read_bytes()))
    assert run(["extract", str(packed), "--json", "--url", "https://paper.example/a"]) == 0
    event = orjson.loads(capfd.readouterr().out)
    assert event["canonical_url"] == "https://paper.example/a"


def test_an_event_brings_its_own_address(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    event = tmp_path / "page.jsonl"
    event.write_bytes(orjson.dumps({"url": "https://paper.example/b", "body": Path(FERRY).read_text(encoding="utf-8")}))
    assert run(["extract", str(event), "--json"]) == 0
    assert orjson.loads(capfd.readouterr().out)["url"] == "https://paper.example/b"


def test_an_explanation_names_what_was_dropped_and_why(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", FERRY, "--explain"]) == 0
    output = capfd.readouterr().out
    assert "title: from " in output
    assert output.splitlines()[0] == "8 texts kept"
    marks = [line.split(maxsplit=1)[0] for line in output.splitlines() if line.startswith(("kept ", "dropped "))]
    assert marks == sorted(marks, reverse=True), "the kept texts come first"
    assert set(marks) == {"kept", "dropped"}
    assert run(["extract", FERRY, "--explain", "--json"]) == 0
    explained = orjson.loads(capfd.readouterr().out)
    assert {text["kept"] for text in explained["texts"]} == {True, False}


def test_an_explained_page_is_parsed_and_segmented_once(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted[**P, T](function: Callable[P, T]) -> Callable[P, T]:
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            calls.append(function.__name__)
            return function(*args, **kwargs)

        return call

    for name in ("parse_html", "segment_page"):
        monkeypatch.setattr(html, name, counted(getattr(html, name)))
    assert run(["extract", FERRY, "--explain"]) == 0
    assert "texts kept" in capfd.readouterr().out
    assert calls == ["parse_html", "segment_page"]


def test_a_rule_of_the_operators_file_is_used_and_named(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[site]]\nhosts = "paper.example"\nbody = "article > p"\ntitle = "h9"\n', encoding="utf-8")
    command = ["extract", FERRY, "--url", "https://paper.example/a", "--site-rules", str(rules)]
    assert run([*command, "--json"]) == 0
    event = orjson.loads(capfd.readouterr().out)
    assert "+rule." in event["extraction"]["version"]
    assert event["extraction"]["evidence"]["site_rule.title"] == "dom"
    assert run([*command, "--explain"]) == 0
    explanation = capfd.readouterr().out
    assert "the site's rule selects it" in explanation
    assert "of the site gave body; no match for title" in explanation
    assert run([*command, "--explain", "--json"]) == 0
    assert orjson.loads(capfd.readouterr().out)["site_rule"]["unmatched"] == ["title"]


def test_a_page_that_is_no_article_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", str(SAMPLES / "pages" / "index.html")]) == 1
    assert capfd.readouterr().err.startswith("no article: index_page")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["extract", "nowhere.html"], "no such file"),
        (["extract", str(SAMPLES / "pages")], "21 files; give one"),
        (["extract"], "Missing argument"),
        (["extract", FERRY, "--site-rules", "nowhere.toml"], "nowhere.toml: No such file or directory"),
    ],
)
def test_a_wrong_call_is_reported_in_one_line(
    arguments: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1
    assert message in lines[0]


@pytest.mark.parametrize("terminal", [False, True])
def test_a_hostile_page_is_json_and_text_that_is_safe(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    if terminal:
        monkeypatch.setattr(console, "out", Console(highlight=False, soft_wrap=True, force_terminal=True))
    page = tmp_path / "page.html"
    hostile = "\x9b31m\u202eevil\u2066\x1b]0;owned\x07"
    page.write_text(
        Path(FERRY).read_text(encoding="utf-8").replace("Ferry crews end strike", f"Ferry {hostile} crews end strike"),
        encoding="utf-8",
    )
    for option in ("--json", "--explain"):
        assert run(["extract", str(page), option, *(["--json"] if option == "--explain" else [])]) == 0
        output = capfd.readouterr().out
        assert "evil" in output
        assert not {"\x9b", "\x1b", "\u202e", "\u2066"} & set(orjson.dumps(orjson.loads(output)).decode())
    for options in ([], ["--explain"]):
        assert run(["extract", str(page), *options]) == 0
        output = capfd.readouterr().out
        assert "evil" in output
        assert not {"\x9b", "\x07", "\u202e", "\u2066"} & set(output)
