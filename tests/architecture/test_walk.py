"""The walk of a page in docs/architecture.md names functions that exist, and few of them."""

import importlib
import inspect
import re

from tests.support import ROOT
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.html import _read_story, extract_html

MAX_FUNCTIONS = 38
"""Maximum number of functions that a reader must know to follow a page."""

_FUNCTION = re.compile(r"`((?:ingest|extractor|revisions|enrichment|languages)/[\w/]+)\.py:([\w.]+)`")


def functions() -> list[tuple[str, str]]:
    document = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = document.partition("## The functions that a page passes through")[2].partition("\n## ")[0]
    return list(dict.fromkeys(_FUNCTION.findall(section)))


def test_the_functions_on_the_way_of_a_page_are_there() -> None:
    for module, name in functions():
        value: object = importlib.import_module(f"wiredesk.{module.replace('/', '.')}")
        for part in name.split("."):
            value = getattr(value, part)
        assert callable(value), f"{module}.py:{name}"


def test_the_functions_on_the_way_of_a_page_are_few() -> None:
    assert 20 < len(functions()) <= MAX_FUNCTIONS


def test_the_steps_of_the_extractor_stand_in_their_order() -> None:
    steps = [name.rpartition(".")[2] for module, name in functions() if module.startswith("extractor/")]
    start = steps.index("parse_html")
    source = inspect.getsource(extract_html).replace("_read_story(", inspect.getsource(_read_story), 1)
    places = [source.index(f"{step}(") for step in steps[start : steps.index("classify_page")]]
    assert places == sorted(places)
    assert "extract_html(" in inspect.getsource(Extractor.extract)
