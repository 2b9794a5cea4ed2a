"""Each archive: its pages through ingest and the extractor, as a reader of the archive expects them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.expectations import differences
from tests.cases.test_cases import extractor
from wiredesk.ingest.accept import Ingest
from wiredesk.pages.files import PageUrls, read_pages
from wiredesk.pages.report import ReadReport
from wiredesk_schemas import AcceptedPage, RawPage, SkippedPage, WithdrawnPage

CASES = Path(__file__).parent


def cases() -> Iterator[Any]:
    for line in (CASES / "archives.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        yield pytest.param(case, id=case["id"])


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("case", list(cases()))
def test_pages_of_an_archive_are_those_that_its_reader_expects(case: dict[str, Any], *, binary: bool) -> None:
    path, report = CASES / case["input"], ReadReport()
    raw = list(read_pages(path, path.name, PageUrls(), binary=binary, report=report))
    expected = dict(case["expected"])
    assert len(raw) == expected.pop("pages")
    problem = expected.pop("problem", None)
    assert report.problems == ([f"{path}: {problem}"] if problem else [])
    accepted = [Ingest()(RawPage.from_record(*record)) for record in raw]
    if (reason := expected.pop("skipped", None)) is not None:
        skipped = [page.skipped_page() if isinstance(page, WithdrawnPage) else page for page in accepted]
        assert [page.reason for page in skipped if isinstance(page, SkippedPage)] == [reason]
        return
    for page in accepted:
        assert isinstance(page, AcceptedPage)
        assert page.is_truncated == expected.get("is_truncated", False)
        assert differences(json.loads(extractor()(page).to_json()), expected) == []
