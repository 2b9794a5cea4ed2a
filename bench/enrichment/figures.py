"""The figures that docs/enrichment.md states (`tests/language_table.py`): by language, and those that are required."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from .rows import Row

type Figures = dict[str, dict[str, float | str]]
"""By language: figures by key, and `data`, which says what was learnt from."""

FIGURES = {"sib": "topics", "taggers": "names", "names": "names_in_articles"}
"""The key of a group's figures, by group."""

STORED = Path(__file__).parents[2] / "tests" / "stored" / "languages.json"
"""The figures of languages that the repository keeps."""

REQUIRED_ROWS = STORED.with_name("enrichment.jsonl")
"""The rows with a bound that the repository keeps, by group."""


def merge_figures(
    stored: Mapping[str, Mapping[str, float | str]], rows: Sequence[Row]
) -> dict[str, dict[str, float | str]]:
    """Return the stored figures with those of the rows: by language, then by key."""
    merged = {language: dict(figures) for language, figures in stored.items()}
    for line in rows:
        if line.language and line.group in FIGURES:
            merged.setdefault(line.language, {})[FIGURES[line.group]] = round(line.value, 3)
    return {language: dict(sorted(figures.items())) for language, figures in sorted(merged.items())}


def write_figures(rows: Sequence[Row], path: Path = STORED) -> None:
    """Put the figures of the rows into the stored file; those of other groups stay."""
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    lines = (
        f"{json.dumps(code)}: {json.dumps(own, ensure_ascii=False)}"
        for code, own in merge_figures(stored, rows).items()
    )
    path.write_text("{\n  " + ",\n  ".join(lines) + "\n}\n", encoding="utf-8")


def write_rows(group: str, title: str, rows: Sequence[Row], path: Path = REQUIRED_ROWS) -> None:
    """Put a group's rows that have a bound into the stored file, in place of those that it has; other groups stay."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    others = [line for line in lines if json.loads(line)["group"] != group]
    shown = [one for one in rows if one.bound is not None and (not one.language or group == "names")]
    own = [json.dumps({"set": title, **_rounded(one)}, ensure_ascii=False) for one in shown]
    path.write_text("\n".join([*others, *own]) + "\n", encoding="utf-8")


def _rounded(one: Row) -> dict[str, object]:
    digits, members = 1 if one.unit else 3, one.as_object()
    return {name: round(value, digits) if isinstance(value, float) else value for name, value in members.items()}
