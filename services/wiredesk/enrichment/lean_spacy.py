"""spaCy without its command line, whose libraries take nearly half of the time of its import."""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

COMMAND = "spacy.cli.info"
"""The module for which spaCy imports its command line: one function of it is a part of spaCy's interface."""


def import_spacy() -> Any:
    """Return spaCy, imported now unless it is already.

    In place of `spacy.info`, and of nothing else, stands a function that imports the command line when it is called.
    """
    if "spacy" in sys.modules:
        return sys.modules["spacy"]
    stand_in = ModuleType(COMMAND)
    stand_in.__dict__["info"] = _info
    sys.modules[COMMAND] = stand_in
    try:
        return import_module("spacy")
    finally:
        del sys.modules[COMMAND]


def _info(*args: object, **options: object) -> object:
    return import_module(COMMAND).info(*args, **options)
