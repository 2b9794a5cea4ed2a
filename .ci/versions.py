"""Check that the version is the same everywhere, and that of a tag: `python3 .ci/versions.py v1.2.0`. Print it.

Standard library only: it runs before anything is installed.
"""

import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def versions() -> Mapping[str, str]:
    """Return the version in each place that states it."""
    wiredesk, schemas = _project(ROOT / "pyproject.toml"), _project(ROOT / "schemas" / "pyproject.toml")
    pins = [one.partition("==")[2] for one in wiredesk["dependencies"] if one.startswith("wiredesk-schemas==")]
    chart = (ROOT / "deploy" / "helm" / "wiredesk" / "Chart.yaml").read_text(encoding="utf-8")
    return {
        "pyproject.toml": wiredesk["version"],
        "schemas/pyproject.toml": schemas["version"],
        "pyproject.toml: wiredesk-schemas": ", ".join(pins),
        "Chart.yaml: version": _field(chart, "version"),
        # The default of the images' tag.
        "Chart.yaml: appVersion": _field(chart, "appVersion"),
    }


def problems(tag: str | None) -> list[str]:
    """Return what disagrees, one line each.

    Args:
        tag: of a release; its section must be in CHANGELOG.md. None: of a checkout between releases.
    """
    stated = versions()
    version = stated["pyproject.toml"] if tag is None else tag.removeprefix("v")
    wrong = [f"{place} says {other or 'nothing'}, not {version}" for place, other in stated.items() if other != version]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE):
        wrong.append(f"CHANGELOG.md has no section of {version}")
    return wrong


def _project(path: Path) -> dict[str, Any]:
    return dict(tomllib.loads(path.read_text(encoding="utf-8"))["project"])


def _field(chart: str, name: str) -> str:
    match = re.search(rf'^{name}: "?([^"\n]*)"?$', chart, re.MULTILINE)
    return match[1] if match else ""


def main(arguments: list[str]) -> int:
    """Print the version, or what disagrees."""
    wrong = problems(arguments[0] if arguments else None)
    print("\n".join(wrong) if wrong else versions()["pyproject.toml"])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
