"""What commands do can be imported, and so tested and used, where there is no terminal library."""

import subprocess
import sys

import pytest

ROOMS = ("wiredesk.contracts", "wiredesk.local", "wiredesk.operations")
"""Packages whose functions the commands call."""

IMPORT_ALL = """
import importlib, pkgutil, sys
from importlib.abc import MetaPathFinder

class Refused(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in ("rich", "typer", "click"):
            raise ModuleNotFoundError(f"{name} is refused")
        return None

sys.meta_path.insert(0, Refused())
room = importlib.import_module(sys.argv[1])
modules = [found.name for found in pkgutil.walk_packages(room.__path__, room.__name__ + ".")]
for name in modules:
    importlib.import_module(name)
loaded = {name for name in sys.modules if name.startswith("wiredesk.cli")}
assert not loaded, loaded
print(len(modules))
"""


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_needs_no_terminal(room: str) -> None:
    imported = subprocess.run([sys.executable, "-c", IMPORT_ALL, room], capture_output=True, text=True, check=False)
    assert imported.returncode == 0, imported.stderr
    assert int(imported.stdout) > 2
