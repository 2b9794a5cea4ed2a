"""The map of packages in docs/architecture.md agrees with the imports."""

import subprocess
import sys

from tests.support import ROOT


def test_the_map_of_packages_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "site" / "package_map.py"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
