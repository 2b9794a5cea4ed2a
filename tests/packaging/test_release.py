"""The release: versions agree everywhere, and the workflow publishes every stage."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT
from wiredesk.pipeline import STAGES

WORKFLOWS = ROOT / ".github" / "workflows"
VERSIONS = runpy.run_path(str(ROOT / ".ci" / "versions.py"))
NO_STAGES = {"cli", "archive", "web"}
"""Images without a stage."""


@pytest.fixture(scope="module")
def release() -> dict[str, Any]:
    return dict(yaml.safe_load((WORKFLOWS / "release.yml").read_text(encoding="utf-8")))


def test_versions_agree_everywhere() -> None:
    assert VERSIONS["problems"](None) == []


def test_a_tag_of_another_version_is_refused() -> None:
    version = VERSIONS["versions"]()["pyproject.toml"]
    assert VERSIONS["problems"](f"v{version}") == []
    assert len(VERSIONS["problems"]("v99.0.0")) == len(VERSIONS["versions"]()) + 1


def test_there_is_an_image_for_each_stage(release: dict[str, Any]) -> None:
    images = release["jobs"]["images"]["strategy"]["matrix"]["stage"]
    assert set(images) == {*STAGES, *NO_STAGES}
    assert all((ROOT / "requirements" / f"{image}.txt").exists() for image in images)


@pytest.mark.parametrize("workflow", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_actions_are_pinned_and_rights_are_the_least(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    uses = re.findall(r"uses: (\S+)", text)
    assert uses
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})", action) for action in uses)
    parsed = yaml.safe_load(text)
    assert parsed["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in parsed["jobs"].values())
    # What a tag or a branch is called must not become a part of a script.
    scripts = [step["run"] for job in parsed["jobs"].values() for step in job["steps"] if "run" in step]
    assert not [script for script in scripts if "${{" in script]
