"""Our own static files, read once: a style sheet, scripts, an icon."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "static"
"""The folder of the files."""

TYPES = MappingProxyType({".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"})
"""The media type of each kind of file."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file.

    Attributes:
        tag: changes with its content, for the header ETag.
    """

    content: bytes
    media_type: str
    tag: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Return the files by name."""
    files = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            content = path.read_bytes()
            files[path.name] = StaticFile(content, TYPES[path.suffix], f'"{hashlib.sha256(content).hexdigest()[:16]}"')
    return files
