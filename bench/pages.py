"""Real pages of the public corpora; the samples of this repository where there are none."""

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples" / "pages"
SETS = ("article-extraction-benchmark", "publisher-pages", "web-pages")


def pages(data: Path, sets: Sequence[str] = SETS) -> Iterator[tuple[str, str]]:
    """Yield the address and the text of pages; a line on stderr says if they are the samples.

    Args:
        data: folder of the corpora.
        sets: folders in it.
    """
    folders = [data / name for name in sets if (data / name).is_dir()]
    if not folders:
        print(f"no public pages in {data} (--data): taking the samples of this repository", file=sys.stderr)
        for path in sorted(SAMPLES.glob("*.html")):
            yield f"https://bench.example/{path.stem}", path.read_text(encoding="utf-8", errors="replace")
    for folder in folders:
        for line in (folder / "gold.jsonl").read_bytes().splitlines():
            page = json.loads(line)
            html = gzip.decompress((folder / "html" / f"{page['id']}.html.gz").read_bytes())
            yield page.get("url") or f"https://bench.example/{page['id']}", html.decode("utf-8", "replace")
