"""The generated schemas as other teams use them: types in TypeScript and Python, and AsyncAPI's own parser."""

import base64
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from datamodel_code_generator import InputFileType, PythonVersion, generate
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import Formatter

from tests.support import ROOT
from tests.toolchains import npm, output
from wiredesk.contracts.generation import GENERATED
from wiredesk.contracts.json_schema import example_of, file_name
from wiredesk_schemas import EVENTS, DeadLetterHeaders, EnrichedArticle, RawPage
from wiredesk_schemas.event import Part

MODELS: tuple[type[Part], ...] = (*EVENTS, DeadLetterHeaders)
FERRY = (ROOT / "samples" / "pages" / "ferry-strike.html").read_bytes()

ROUND_TRIP = """
import type { RawPage } from "./raw_page";
import type { EnrichedArticle } from "./enriched_article";

declare const console: { log(text: string): void };

const page: RawPage = %(page)s;
const article: EnrichedArticle = %(article)s;
const bytesOf = (page: RawPage): string => (typeof page.body_base64 === "string" ? page.body_base64 : page.body);
const names: string[] = article.topics.map((topic) => topic.name);
const country: string | null | undefined = article.entities[0].country;
// @ts-expect-error a page with neither body
const neither: RawPage = { url: "https://a.example/" };
// @ts-expect-error a page with both bodies
const both: RawPage = { url: "https://a.example/", body: "x", body_base64: "eA==" };
// @ts-expect-error every article says how many words it has
const uncounted: EnrichedArticle = { ...article, word_count: undefined };
console.log(JSON.stringify({ page, article, body: bytesOf(page), names, country }));
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "asyncapi.js"):
        shutil.copy(Path(__file__).parent / "node" / name, folder)
    npm(folder)
    return folder


def invented(source: str) -> list[str]:
    """Return names of types that a generator had to number: `Text1`, `Code1`."""
    return re.findall(r"^(?:class|export (?:type|interface)) (\w*\d)\b", source, re.MULTILINE)


@pytest.mark.timeout(240)
def test_typescript_types_are_named_and_round_trip(node: Path) -> None:
    (node / "schemas").mkdir()
    for model in MODELS:
        shutil.copy(GENERATED / file_name(model), node / "schemas" / f"{file_name(model).partition('.')[0]}.json")
    output([node / "node_modules" / ".bin" / "json2ts", "-i", "schemas", "-o", "."], node)
    for model in MODELS:
        source = (node / f"{file_name(model).partition('.')[0]}.d.ts").read_text(encoding="utf-8")
        assert re.search(rf"^export (type|interface) {model.__name__}\b", source, re.MULTILINE)
        assert invented(source) == []
    page, article = example_of(RawPage), example_of(EnrichedArticle)
    program = ROUND_TRIP % {"page": json.dumps(page), "article": json.dumps(article)}
    (node / "round.ts").write_text(program, encoding="utf-8")
    compiler = node / "node_modules" / ".bin" / "tsc"
    options = ["--strict", "--skipDefaultLibCheck", "--module", "commonjs", "--target", "es2022", "--types", ""]
    output([compiler, *options, "round.ts"], node)
    again = json.loads(output(["node", "round.js"], node))
    assert (again["page"], again["article"]) == (page, article)
    assert base64.b64decode(again["body"]) == FERRY
    assert RawPage.from_object(again["page"]) == RawPage.from_object(page)
    assert EnrichedArticle.from_object(again["article"]) == EnrichedArticle.from_object(article)


def generated_module(model: type[Part], folder: Path) -> tuple[ModuleType, str]:
    path = folder / f"generated_{file_name(model).partition('.')[0]}.py"
    generate(
        GENERATED / file_name(model),
        input_file_type=InputFileType.JsonSchema,
        output=path,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_312,
        formatters=[Formatter.BUILTIN],
    )
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # where its models look their annotations up
    spec.loader.exec_module(module)
    return module, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_python_types_are_named_and_round_trip(model: type[Part], tmp_path: Path) -> None:
    module, source = generated_module(model, tmp_path)
    assert invented(source) == []
    theirs: Any = getattr(module, model.__name__)
    if model is DeadLetterHeaders:
        return
    stored = example_of(model)
    event = theirs.model_validate_json(json.dumps(stored))
    assert json.loads(event.model_dump_json(exclude_unset=True)) == stored
    needed = "url" if "url" in stored else "request"  # an entry of the list of the forgotten has no URL
    for broken in ({**stored, needed: None}, {name: stored[name] for name in stored if name != needed}):
        with pytest.raises(ValueError, match=needed):
            theirs.model_validate(broken)


def test_a_page_made_with_python_types_is_read_as_it_was(tmp_path: Path) -> None:
    module, _ = generated_module(RawPage, tmp_path)
    body = base64.b64encode(FERRY).decode()
    page = module.PageAsBytes(url="https://a.example/", body_base64=body, content_type="text/html")
    assert RawPage.from_json(page.model_dump_json().encode()).body_base64 == FERRY
    assert (
        RawPage.from_json(module.PageAsText(url="https://a.example/", body="x").model_dump_json().encode()).body == "x"
    )
    for both_or_neither in ({}, {"body": "x", "body_base64": "eA=="}):
        with pytest.raises(ValueError, match="body"):
            module.RawPage.model_validate({"url": "https://a.example/", **both_or_neither})


@pytest.mark.timeout(240)
def test_the_parser_of_asyncapi_finds_nothing_wrong(node: Path, tmp_path: Path) -> None:
    assert json.loads(output(["node", "asyncapi.js", GENERATED / "asyncapi.json"], node)) == []
    for path in GENERATED.iterdir():
        shutil.copy(path, tmp_path)
    document = json.loads((tmp_path / "asyncapi.json").read_bytes())
    document["channels"]["articles.enriched"]["messages"]["EnrichedArticle"]["$ref"] = "#/components/messages/Missing"
    document["components"]["messages"]["SkippedPage"]["payload"]["$ref"] = "./missing.json"
    (tmp_path / "asyncapi.json").write_text(json.dumps(document), encoding="utf-8")
    wrong = json.loads(output(["node", "asyncapi.js", tmp_path / "asyncapi.json"], node))
    for missing in ("Missing", "missing.json"):
        assert any(missing in message for message in wrong), wrong
