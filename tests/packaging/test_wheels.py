"""The wheels of both distributions, installed into a virtual environment and used from an empty folder.

Third-party libraries are those of the environment that runs the tests: nothing is downloaded.
"""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from tests.support import ROOT, SAMPLES
from wiredesk.testing.patience import scaled

PAGE = SAMPLES / "pages" / "ferry-strike.html"
IMPOSTORS = ("services", "schemas", "samples", "runtime", "cli")
"""A user's folder may contain packages of these names."""

NEEDED = {
    "wiredesk": {
        "wiredesk/py.typed",
        "wiredesk/samples/events.jsonl",
        "wiredesk/samples/pages/ferry-strike.html",
        "wiredesk/enrichment/data/gazetteer.xz",
        "wiredesk/enrichment/trained/topics.npz",
        "wiredesk/extractor/body/vocabulary.toml",
        "wiredesk/extractor/trained/html.npz",
        "wiredesk/local/broker/locks/kafka-4.3.1.toml",
    },
    "wiredesk_schemas": {
        "wiredesk_schemas/py.typed",
        "wiredesk_schemas/examples/1.0/raw_page.v1.json",
        "wiredesk_schemas/generated/asyncapi.json",
        "wiredesk_schemas/released/1.1/enriched_article.v1.schema.json",
    },
}


@dataclasses.dataclass(frozen=True)
class Installation:
    """A virtual environment that holds the wheels, beside an empty folder to work in."""

    home: Path
    folder: Path

    @property
    def packages(self) -> Path:
        """The folder of what is installed."""
        return next(self.home.glob("lib/*/site-packages"))

    def run(self, *command: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the empty folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WIREDESK_"))}
        kept |= {name: os.environ[name] for name in ("WIREDESK_CACHE_DIR",) if name in os.environ}
        return subprocess.run(
            [str(self.home / "bin" / command[0]), *command[1:]],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=scaled(120),
            check=False,
            # Nothing may change in an installation, except byte code, which Python itself writes.
            env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        )

    def contents(self) -> Mapping[str, str]:
        """Return the files of both packages with their digests."""
        files = [p for name in NEEDED for p in (self.packages / name).rglob("*") if p.is_file()]
        return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Build both wheels, as `make dist` does."""
    folder = tmp_path_factory.mktemp("dist")
    for project in (ROOT / "schemas", ROOT):
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
        subprocess.run(build, cwd=project, check=True, capture_output=True)
    return {path.name.partition("-")[0]: path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def installed(wheels: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install the wheels into an environment that can read the libraries of this one, and then write-protect it."""
    installation = Installation(tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("empty"))
    venv.create(installation.home)
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    pip = [sys.executable, "-m", "pip", "--python", str(installation.home / "bin" / "python"), "install", *options]
    subprocess.run([*pip, *map(str, wheels.values())], check=True, capture_output=True)
    # A folder that a .pth file names is read for modules, but not for .pth files of its own: our sources stay away.
    (installation.packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    for path in (p for name in NEEDED for p in (installation.packages / name).rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return installation


@pytest.fixture
def impostors(tmp_path: Path) -> Path:
    """A folder of packages with the names of our folders, which must not be imported."""
    for name in IMPOSTORS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise ImportError('imported {name}')\n", encoding="utf-8")
    return tmp_path


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


@pytest.mark.parametrize("name", NEEDED)
def test_a_wheel_holds_its_package_with_its_data_and_no_more(name: str, wheels: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(wheels[name]) as archive:
        files = set(archive.namelist())
    assert NEEDED[name] <= files
    assert {file.partition("/")[0].partition("-")[0] for file in files} == {name}
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", f"s*/{name}"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    assert {file.partition("/")[2] for file in tracked if (ROOT / file).is_file()} <= files


@pytest.mark.parametrize("name", NEEDED)
def test_a_wheel_says_all_that_an_index_shows(name: str, wheels: Mapping[str, Path]) -> None:
    said = metadata(wheels[name])
    assert said["License-Expression"] == "Apache-2.0"
    assert said.get_all("License-File") == ["LICENSE"]
    assert said["Requires-Python"] == ">=3.12"
    assert all(said[field] for field in ("Summary", "Author", "Keywords", "Description-Content-Type"))
    assert "Typing :: Typed" in (said.get_all("Classifier") or [])
    labels = {url.partition(",")[0] for url in said.get_all("Project-URL") or []}
    assert labels == {"Documentation", "Source", "Issues", "Changelog"}


def test_the_license_is_the_same_in_both_distributions() -> None:
    assert (ROOT / "schemas" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_all_joins_the_extras_of_the_stages(wheels: Mapping[str, Path]) -> None:
    extras = set(metadata(wheels["wiredesk"]).get_all("Provides-Extra") or [])
    assert extras >= {"ingest", "extractor", "enrichment", "broker", "web", "tracing", "all", "dev"}
    required = metadata(wheels["wiredesk"]).get_all("Requires-Dist") or []
    by_extra = {extra: {r.partition(";")[0] for r in required if f"extra == '{extra}'" in r} for extra in extras}
    joined = ("ingest", "extractor", "enrichment", "signatures", "broker", "web", "tracing")
    assert by_extra["all"] == set().union(*(by_extra[extra] for extra in joined))
    assert by_extra["dev"] > by_extra["all"]


@pytest.mark.parametrize("command", [("python", "-m", "wiredesk.cli"), ("wiredesk",)], ids=["module", "script"])
def test_packages_of_a_user_change_nothing(command: tuple[str, ...], installed: Installation, impostors: Path) -> None:
    """`python -m` puts the folder first on the path; a script does so by PYTHONPATH, even where that is said to be safe."""
    paths = {} if command[0] == "python" else {"PYTHONPATH": str(impostors), "PYTHONSAFEPATH": "1"}
    shown = dataclasses.replace(installed, folder=impostors).run(*command, "extract", str(PAGE), "--json", **paths)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["title"] == "Ferry crews end strike after night of talks"


def test_commands_without_kafka_work_from_an_empty_folder(installed: Installation) -> None:
    before = installed.contents()
    version = installed.run("wiredesk", "--version")
    assert version.stdout.startswith("wiredesk 0.1.0\nwiredesk-schemas 0.1.0\n"), version.stderr
    checked = installed.run("wiredesk", "schemas", "--check")
    assert (checked.returncode, checked.stdout) == (0, "all schemas are up to date\n"), checked.stderr
    text = "Elena Marin, the mayor of Lisbon, met fishermen in Porto on Monday over the price of sardines."
    enriched = installed.run("wiredesk", "enrich", "-", "--json", stdin=text)
    assert enriched.returncode == 0, enriched.stderr
    assert "Lisbon" in {entity["name"] for entity in json.loads(enriched.stdout)["entities"]}
    assert installed.contents() == before
    assert not list(installed.folder.iterdir())


def test_schemas_are_written_to_a_folder_that_is_named_and_never_into_the_installation(
    installed: Installation, tmp_path: Path
) -> None:
    before = installed.contents()
    refused = installed.run("wiredesk", "schemas")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--out" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    written = installed.run("wiredesk", "schemas", "--out", str(tmp_path / "new"))
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "new" / "asyncapi.json").is_file()
    assert installed.contents() == before


@pytest.mark.kafka
def test_the_demo_runs_from_an_installation(installed: Installation) -> None:
    before = installed.contents()
    demo = installed.run("wiredesk", "demo")
    assert demo.returncode == 0, demo.stderr
    assert (
        demo.stdout.splitlines()[-1]
        == "demo: 32 pages in, 32 accounted for: 26 enriched, 1 withdrawn, 4 skipped, 1 dead-lettered"
    )
    assert installed.contents() == before
    assert not list(installed.folder.iterdir())
