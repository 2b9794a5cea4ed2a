"""Further pages to learn from: those that other extractors are tested with, labelled for this project.

    python -m training.extraction.further [--into .cache/further-pages]

fetches them: they come in three packages of the Go ecosystem, and none of them is in this repository. `further.jsonl`,
beside this file, has digests of the texts of each page that are its story. Models trained on publisher-pages and
web-pages labelled them first. One annotator then read the texts of news pages of which the models were not sure, or on
which trafilatura and readability both disagreed. On other pages the majority of the three counts for such texts, and
pages on which they hardly agree were left out. See docs/models/extraction.md.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rapidfuzz.distance import LCSseq

from training.extraction.pages import GoldPage, decoded
from wiredesk.extractor.body.segments import segment_page
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.words import fold

FOLDER = Path(".cache/further-pages")
"""Where the packages are unpacked."""

LABELS = Path(__file__).parent / "further.jsonl"
"""A line for each page: `package`, `file` in it, `url`, and `story`, the digests of its texts, in order."""

PACKAGES: Mapping[str, str] = {
    "go-htmldate": "github.com/markusmobius/go-htmldate@v1.10.1",
    "go-readability": "codeberg.org/readeck/go-readability/v2@v2.1.3",
    "go-trafilatura": "github.com/markusmobius/go-trafilatura@v1.12.2",
}
"""Modules with their versions: Apache-2.0 and MIT. Their test pages belong to their publishers, as fundus' do."""

DIGEST_BYTES = 3
"""Bytes of a digest: enough to distinguish the few hundred texts of one page."""


def main() -> int:
    """Fetch the packages, as Go's own client does, which checks what it gets against the public checksums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=FOLDER)
    args = parser.parse_args()
    go = shutil.which("go")
    if go is None:
        print("further-pages: no `go` here; its client fetches the packages that hold the pages", file=sys.stderr)
        return 1
    cache = {"GOMODCACHE": str(args.into.resolve()), "GOFLAGS": "-modcacherw"}
    command = [go, "mod", "download", *PACKAGES.values()]
    return subprocess.run(command, env=os.environ | cache, check=False).returncode  # noqa: S603 - names of our own


def missing(folder: Path) -> list[Path]:
    """Return the packages that are not there.

    Args:
        folder: where modules are unpacked, Go's module cache.
    """
    return [folder / name for name in PACKAGES.values() if not (folder / name).is_dir()]


def read(folder: Path) -> Iterator[GoldPage]:
    """Read the pages, each with its story as body."""
    for row in map(json.loads, LABELS.read_text(encoding="utf-8").splitlines()):
        page = decoded((folder / PACKAGES[row["package"]] / row["file"]).read_bytes())
        body = "\n".join(story(_texts(page), row["story"].split()))
        yield GoldPage("further-pages", f"{row['package']}/{row['file']}", row["url"], page, body, "article", {})


def story(texts: Sequence[str], digests: Sequence[str]) -> list[str]:
    """Return the texts with these digests, in their order. A text may occur twice on a page, and once in its story."""
    steps = LCSseq.opcodes([digest(text) for text in texts], digests)
    return [texts[at] for step in steps if step.tag == "equal" for at in range(step.src_start, step.src_end)]


def digest(text: str) -> str:
    """Return the digest of a text in the labels. Spaces and letter case do not count."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[: 2 * DIGEST_BYTES]


def _texts(page: str) -> list[str]:
    root = parse_html(page)
    return [segment.text for segment in segment_page(root).segments] if root is not None else []


if __name__ == "__main__":
    sys.exit(main())
