import gzip
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest

from tests.support import ROOT, SAMPLES
from wiredesk.cli.app import run
from wiredesk.enrichment import enrich, models
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.operations.enrich_one import read_article
from wiredesk_schemas import CleanedArticle

STORY = """Storm closes ports of Wales
Snow and gales are forecast until Friday. First Minister Eluned Morgan said on Monday that Cardiff would stay closed. <b>Morgan</b> flew to London.
"""
ARTICLE = ROOT / "schemas" / "wiredesk_schemas" / "examples" / "1.1" / "cleaned_article.v1.json"
PAGE = SAMPLES / "pages" / "ferry-strike.html"
FAST = ["--topic-model", "fast"]


@pytest.fixture(scope="module", autouse=True)
def _models_are_loaded_once() -> Iterator[None]:
    """A run of the command loads models for seconds, and each test runs it several times.

    Whether settings name the models that are loaded is tested in test_plug_ins.py.
    """
    with pytest.MonkeyPatch.context() as patched:
        for load in (models.load_taggers, models.load_classifier):
            patched.setattr(enrich, load.__name__, _once_for_each_setting(load))
        yield


def _once_for_each_setting[Loaded](
    load: Callable[[EnrichmentSettings], Loaded],
) -> Callable[[EnrichmentSettings], Loaded]:
    loaded: dict[str, Loaded] = {}

    def remembered(settings: EnrichmentSettings) -> Loaded:
        key = settings.model_dump_json()
        if key not in loaded:
            loaded[key] = load(settings)
        return loaded[key]

    return remembered


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return str(path)


def test_a_text_is_shown_with_topics_and_entities(story: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["enrich", story, *FAST]) == 0
    printed = capfd.readouterr().out
    assert "First Minister Eluned Morgan said" in printed
    assert "language: en" in printed
    assert "medtop:17000000" in printed
    assert "Eluned Morgan\tperson\t2\tFirst Minister" in printed
    assert "London\tplace\t1\t\tQ84" in printed


def test_json_is_the_event_that_the_stage_publishes(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["enrich", str(ARTICLE), "--json", *FAST]) == 0
    event = orjson.loads(capfd.readouterr().out)
    assert event["canonical_url"] == orjson.loads(ARTICLE.read_bytes())["canonical_url"]
    assert event["topics"][0]["code"] == "medtop:09000000"


def test_stdin_is_read(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(STORY.encode())))
    assert run(["enrich", "-", "--json", *FAST]) == 0
    assert orjson.loads(capfd.readouterr().out)["title"] == "Storm closes ports of Wales"


def test_html_marks_mentions_and_nothing_of_the_page_gets_through(
    story: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["enrich", story, "--html", *FAST]) == 0
    page = capfd.readouterr().out
    assert page.startswith("<!doctype html>")
    assert '<mark class="person" title="Eluned Morgan · First Minister">Eluned Morgan</mark>' in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "<script" not in page


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_extract_prints_can_be_piped_into_enrich(
    form: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["extract", str(PAGE), *form]) == 0
    printed = capfd.readouterr().out
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(printed.encode())))
    assert run(["enrich", "-", "--json", *FAST]) == 0
    piped = orjson.loads(capfd.readouterr().out)
    assert run(["enrich", str(PAGE), "--json", *FAST]) == 0
    direct = orjson.loads(capfd.readouterr().out)
    shared = ("title", "subtitle", "authors", "published_at", "source", "language", "paragraphs", "captions")
    for field in (*shared, "topics", "entities", "word_count"):
        assert piped[field] == direct[field], field
    assert direct["entities"]


def test_a_page_is_read_in_any_encoding() -> None:
    html = PAGE.read_text(encoding="utf-8")
    encoded = (html.encode(), b"\n " + html.encode("utf-8-sig"), html.encode("utf-16"), gzip.compress(html.encode()))
    articles = [read_article(content, url="https://paper.example/a") for content in encoded]
    assert all(isinstance(one, CleanedArticle) for one in articles)
    assert len({one.title for one in articles if isinstance(one, CleanedArticle)}) == 1
    assert {a.canonical_url for a in articles} == {"https://paper.example/a"}


def test_a_page_without_an_article_ends_with_exit_code_1(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><body><p>Page not found</p></body></html>", encoding="utf-8")
    assert run(["enrich", str(path)]) == 1
    printed = capfd.readouterr()
    assert not printed.out
    assert printed.err.startswith("no article: ")
    assert run(["enrich", str(path), "--json"]) == 1
    skipped = capfd.readouterr().out
    assert orjson.loads(skipped)["stage"] == "extractor"
    path.write_text(skipped, encoding="utf-8")
    assert run(["enrich", str(path)]) == 1


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"", [], "there is no text in it"),
        (b"\xff\xfe\xff", [], "not UTF-8"),
        (b'{"a": 1}', [], "not a valid CleanedArticle"),
        (b'{"url": "https://a.example/", "body": "\\u0001\\u0002\\u0003"}', [], "binary"),
        (b"{[", [], "unexpected character"),
        (b"page type: article\n\n", [], "there is no text in it"),
        (b"<p>" + b"x" * (9 << 20), [], "too_large"),
        (b"text", ["--json", "--html"], "choose one"),
        (b"text", ["--topic-model", "nix"], "WIREDESK_TOPIC_MODEL=nix is unknown"),
    ],
)
def test_a_wrong_call_is_reported_in_one_line(
    content: bytes, options: list[str], message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "input"
    path.write_bytes(content)
    assert run(["enrich", str(path), *options]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert message in line


def test_a_missing_file_is_reported(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["enrich", "nowhere.txt"]) == 2
    assert capfd.readouterr().err.splitlines() == ["wiredesk: nowhere.txt: No such file or directory"]


def test_a_hostile_text_is_safe_in_every_form(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hostile.txt"
    path.write_text(f"Storm \x9b31m\u202e closes ports\n{STORY}", encoding="utf-8")
    assert run(["enrich", str(path), "--json", *FAST]) == 0
    printed = capfd.readouterr().out
    assert orjson.loads(printed)["title"] == "Storm \x9b31m\u202e closes ports"
    for form in ([], ["--html"]):
        assert run(["enrich", str(path), *form, *FAST]) == 0
        printed += capfd.readouterr().out
    assert not {"\x9b", "\x1b", "\u202e"} & set(printed)
