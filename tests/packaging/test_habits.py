"""The hook that checks commit subjects."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Say why\n\nAnd how.\n", 0),
        (f"{'x' * 72}\n", 0),
        (f"{'x' * 73}\n", 1),
        (f"Merge {'x' * 73}\n", 0),
        ("# only a comment\n", 1),
        ("", 1),
    ],
)
def test_a_subject_has_72_characters_at_most(message: str, code: int, tmp_path: Path) -> None:
    path = tmp_path / "COMMIT_EDITMSG"
    path.write_text(message, encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "subjects.py"), str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == code
