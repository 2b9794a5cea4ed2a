"""`wiredesk publish` before it asks a broker, and what it says at its end."""

import io
import json
from pathlib import Path

import pytest

from tests.archives import PAGES, records, response, warc, warcinfo
from wiredesk.cli import publish
from wiredesk.cli.app import run
from wiredesk.operations.publishing import Published
from wiredesk.pages.archive import read_archive
from wiredesk.pages.report import MAX_KINDS, MAX_PROBLEMS, OTHER_KIND, ReadReport
from wiredesk.runtime.errors import DamagedInputError, UnavailableError

IMAGE = warc(response(b"x", "Content-Type: image/png"))


def complaint(arguments: list[str], code: int, capfd: pytest.CaptureFixture[str]) -> str:
    assert run(["publish", *arguments]) == code
    output = capfd.readouterr()
    assert not output.out
    return output.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (warcinfo() + IMAGE + IMAGE, "there is no page to publish (passed over: 2 images, 1 warcinfo record)"),
        (b"", "there is no page to publish (passed over: 1 empty file)"),
        (records()[1][:-60], "record 1 (https://n.example/1) is cut off: 36 of 92 bytes"),
    ],
)
def test_an_archive_without_a_page_is_an_error(
    content: bytes, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(content)
    assert complaint([str(path)], 1, capfd) == f"wiredesk: {path}: {message}\n"


def test_an_address_for_an_archive_is_wrong_usage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(records()))
    for command in (["publish"], ["extract"], ["enrich"]):
        assert run([*command, str(path), "--url", "https://n.example/"]) == 2
        assert "is an archive, which contains the URL of each page" in capfd.readouterr().err


def test_what_was_passed_over_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    report = ReadReport()
    cut = warc(response(b"<p>x"), "https://n.example/c", "WARC-Truncated: time")
    pages = list(read_archive(io.BytesIO(b"".join([*records(), IMAGE, IMAGE, cut])), report, name="a"))
    done = Published("pages.raw", len(pages), len(pages), None)
    publish._show(done, report)
    assert capfd.readouterr().out.splitlines() == [
        f"published {len(PAGES) + 1} of {len(PAGES) + 1} pages to pages.raw",
        "truncated by the crawler, and marked so: 1",
        "passed over: 2 images, 1 warcinfo record",
    ]
    publish._check(done, report)
    assert json.loads(json.dumps(publish.as_object(done, report))) == {
        "topic": "pages.raw",
        "pages": 5,
        "acknowledged": 5,
        "truncated": 1,
        "passed_over": {"image": 2, "warcinfo record": 1},
        "problems": [],
    }


def test_problems_are_listed_and_fail_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    report = ReadReport()
    for number in range(MAX_PROBLEMS + 5):
        report.add_problem(f"a: record {number}")
    with pytest.raises(DamagedInputError, match=f"{MAX_PROBLEMS + 5} parts"):
        publish._check(Published("pages.raw", 3, 3, None), report)
    assert capfd.readouterr().err.splitlines()[0] == "a: record 0"
    with pytest.raises(UnavailableError, match="1 pages were not acknowledged: full"):
        publish._check(Published("pages.raw", 3, 2, "full"), report)


def test_kinds_are_counted_up_to_a_number() -> None:
    report = ReadReport()
    for number in range(2 * MAX_KINDS):
        report.pass_over(f"kind {number}")
    assert report.passed_over[OTHER_KIND] == MAX_KINDS


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("image", "2 images"),
        ("DNS record", "2 DNS records"),
        ("robots.txt", "2 robots.txt"),
        ("file without a suffix", "2 files without a suffix"),
        ("part of another kind", "2 parts of another kind"),
    ],
)
def test_kinds_have_a_plural(kind: str, text: str) -> None:
    report = ReadReport()
    report.pass_over(kind)
    assert report.passed_over_text() == f"1 {kind}"
    report.pass_over(kind)
    assert report.passed_over_text() == text


def test_the_first_page_of_an_archive_is_extracted_and_enriched(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    article = (Path(__file__).parents[1] / "cases/archives/454-warc-perrecord.warc.gz").read_bytes()
    path = tmp_path / "pages.bin"
    path.write_bytes(article)
    for command in ("extract", "enrich"):
        assert run([command, str(path), "--json"]) == 0
        output = capfd.readouterr()
        assert json.loads(output.out)["title"] == "Port Selby votes to reopen its ferry pier"
        assert output.err == f"{path}: the first of several pages\n"


def test_damage_near_the_first_page_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes((Path(__file__).parents[1] / "cases/archives/469-warc-truncated-plain.warc").read_bytes())
    for command in ("extract", "enrich"):
        assert run([command, str(path)]) == 0
        assert "record 3 (https://news.example/p/2) is cut off" in capfd.readouterr().err
