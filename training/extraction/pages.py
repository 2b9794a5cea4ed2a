"""Page sets: pages whose story is known."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wiredesk_schemas import AcceptedPage, Charset, CharsetEvidence

_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)")
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page and its gold standard.

    Attributes:
        set: name of its set, which is that of its folder.
        id: in the set.
        url: of the page.
        html: of the page.
        body: the story, as text.
        kind: `article`, or another type of page.
        fields: its line of `gold.jsonl`.
        is_text: whether the tags are removed, and `html` is text.
    """

    set: str
    id: str
    url: str
    html: str
    body: str
    kind: str
    fields: dict[str, Any]
    is_text: bool = False

    @property
    def site(self) -> str:
        """The domain of its publisher, roughly. No site is on both sides of a split."""
        parts = (urlsplit(self.url).hostname or self.id).removeprefix("www.").split(".")
        long = len(parts) > 2 and len(parts[-2]) <= 3  # noqa: PLR2004 - co.uk, com.au
        return ".".join(parts[-3:] if long else parts[-2:])


def read(folder: Path) -> Iterator[GoldPage]:
    """Read a set: `gold.jsonl` (id, url, body, and more) and `html/<id>.html.gz`."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        for fields in map(json.loads, lines):
            html = gzip.decompress((folder / "html" / f"{fields['id']}.html.gz").read_bytes())
            yield GoldPage(
                set=folder.name,
                id=fields["id"],
                url=fields["url"] or f"https://unknown.example/{fields['id']}",
                html=decoded(html),
                body=fields["body"],
                kind=fields.get("page_type") or "article",
                fields=fields,
            )


def accepted(page: GoldPage) -> AcceptedPage:
    """Return a page as ingest accepts it."""
    return AcceptedPage(
        event_id="0" * 32,
        page_id="0" * 32,
        revision="0" * 32,
        url=page.url,
        canonical_url=page.url,
        media_type="text/plain" if page.is_text else "text/html",
        body=page.html,
        charset=Charset(name="utf-8", evidence=CharsetEvidence.TEXT),
    )


def decoded(html: bytes) -> str:
    """Return a page as text: decoded as UTF-8, or else in the charset that it states."""
    try:
        return html.decode("utf-8")
    except UnicodeDecodeError:
        named = _CHARSET.search(html[:_HEAD])
        try:
            return html.decode(named[1].decode() if named else "windows-1252", "replace")
        except LookupError:
            return html.decode("windows-1252", "replace")
