"""The release: versions agree everywhere, and the workflow publishes every stage."""

import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT
from wiredesk.pipeline import STAGES

WORKFLOWS = ROOT / ".github" / "workflows"
VERSIONS = runpy.run_path(str(ROOT / ".ci" / "versions.py"))
ACTIONLINT = shutil.which("actionlint")
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


def scripts(workflow: Path) -> str:
    """Return every command of a workflow."""
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    return "\n".join(step["run"] for job in jobs for step in job["steps"] if "run" in step)


@pytest.mark.parametrize("workflow", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_commands_name_targets_and_files_that_exist(workflow: Path) -> None:
    commands = scripts(workflow)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", commands)) <= targets
    named = re.findall(r"(?:^|\s)((?:\.ci|deploy|docs|tests|requirements)/[\w./-]+)", commands, re.MULTILINE)
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("workflow", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_jobs_name_jobs_and_outputs_that_exist(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    for name, job in jobs.items():
        needs = [job["needs"]] if isinstance(job.get("needs", []), str) else job.get("needs", [])
        assert set(needs) <= set(jobs), name
        used = re.findall(r"needs\.(\w+)\.outputs\.(\w+)", json.dumps(job))
        assert all(other in needs and output in jobs[other]["outputs"] for other, output in used), name


def test_a_pipe_in_a_command_fails_with_its_first_part() -> None:
    for workflow in WORKFLOWS.glob("*.yml"):
        for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values():
            for step in job["steps"]:
                assert " | " not in step.get("run", "") or step.get("shell") == "bash", step


def test_what_one_job_uploads_another_downloads(release: dict[str, Any]) -> None:
    def names(action: str) -> set[str]:
        steps = [step for job in release["jobs"].values() for step in job["steps"]]
        return {
            step["with"]["name"] for step in steps if step.get("uses", "").startswith(f"actions/{action}-artifact@")
        }

    assert names("download") == names("upload") != set()


@pytest.mark.parametrize("workflow", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
@pytest.mark.skipif(ACTIONLINT is None, reason="actionlint is not installed: it is a Go program")
def test_actionlint_finds_nothing(workflow: Path) -> None:
    assert ACTIONLINT is not None
    ran = subprocess.run([ACTIONLINT, workflow], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
