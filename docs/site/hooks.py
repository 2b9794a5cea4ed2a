"""Adds pages of the repository's root to the site, and adapts links so that they work in both places.

mkdocs calls `on_files` with all pages, and `on_page_markdown` for each. A link to a file that the site does not have,
such as a module or a folder, becomes plain text; a link to a page is written relative to the page that it is in. The
rest is checked by mkdocs.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]

PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "examples/README.md": "examples.md",
}
"""Pages of the site that lie outside docs/ in the repository."""

LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\((?![a-z]+:|#)(?P<target>[^()#\s]+)(?P<anchor>#[^()\s]*)?\)")
"""A link to another file. `text` may contain code, but no other link."""


def on_files(files: Files, config: Any) -> Files:
    """Add the pages from outside docs/, and list whole folders of the navigation."""
    for source, destination in PAGES.items():
        files.append(File.generated(config, destination, content=(ROOT / source).read_text(encoding="utf-8")))
    names = sorted(file.src_uri for file in files.documentation_pages())
    config["nav"] = _listed(config["nav"], names)
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Write the links of a page as the site needs them."""
    here = page.file.src_uri
    outside = {destination: source for source, destination in PAGES.items()}
    source = outside.get(here, f"docs/{here}")

    def rewritten(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), link["target"]))
        there = PAGES.get(target) or (target.removeprefix("docs/") if target.startswith("docs/") else None)
        if there is None or not (ROOT / target).is_file():
            return link["text"]
        relative = posixpath.relpath(there, posixpath.dirname(here) or ".")
        return f"[{link['text']}]({relative}{link['anchor'] or ''})"

    return LINK.sub(rewritten, markdown)


def _listed(navigation: list[Any], names: list[str]) -> list[Any]:
    """Put the pages of a folder in place of its name."""
    listed: list[Any] = []
    for item in navigation:
        title, value = next(iter(item.items())) if isinstance(item, dict) else (None, item)
        if isinstance(value, list):
            listed.append({title: _listed(value, names)})
        elif value.endswith("/"):
            listed.append({title: [name for name in names if name.startswith(value)]})
        else:
            listed.append(item)
    return listed
