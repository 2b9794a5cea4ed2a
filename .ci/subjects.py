"""Check commit subjects: `subjects.py FILE` for the message that is being written, `subjects.py A..B` for commits.

Git's own tools cut a subject after about 72 characters. Merges, and what `git commit --fixup` writes, are left alone.
"""

import subprocess
import sys
from pathlib import Path

MAX_LENGTH = 72
"""Characters of a subject: the longest that `git log --oneline` and mail show whole."""

GENERATED = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")


def main(argument: str) -> int:
    """Print each subject that is too long, or empty; return 1 when there is one."""
    path = Path(argument)
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        subjects = [next((line for line in lines if line.strip() and not line.startswith("#")), "")]
    else:
        command = ["git", "log", "--no-merges", "--format=%s", argument]
        subjects = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()  # noqa: S603
    wrong = [s for s in subjects if not s.startswith(GENERATED) and not 0 < len(s) <= MAX_LENGTH]
    for subject in wrong:
        print(f"commit subject of {len(subject)} characters, of {MAX_LENGTH} at most: {subject}", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
