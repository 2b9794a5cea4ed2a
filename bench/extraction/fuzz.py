"""Feed the extractor broken and hostile pages: no exception escapes, no page takes long, all output is valid.

    python -m bench.extraction.fuzz [--pages 20000] [--seed 1] [--processes 2] [--minutes 20] [--data ../shared/data]
    python -m bench.extraction.fuzz --shapes [TEXT] [--sizes 0.5 2 8]

Each page is a real one, or a sample of this repository, after one to four mutations; the seed and the number of a page
reproduce it. Prints the slowest pages, and exits with 1 when one failed.

`--shapes` reads pathological pages instead, each at three sizes: those of `shapes.py` whose names contain the text. It
prints CPU time of ingest and extractor at each size, the power of the size with which the time grows at last, and the
peak of memory, and exits with 1 when one is beyond the bounds of `shape_costs.py`.
"""

import argparse
import functools
import multiprocessing
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import FrameType

from training.extraction import pages
from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor.extract import Extractor

from . import shape_costs
from .shapes import shapes

SAMPLES = Path(__file__).parents[2] / "samples" / "pages"
SETS = ("publisher-pages", "web-pages", "article-extraction-benchmark")
DEADLINE_SECONDS = 10
"""A page that takes longer fails the run; the stage's own deadline is 30 s."""

MAX_PAGE = 4_000_000
DIFFERENT = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one page: how long it took, and what went wrong."""

    number: int
    page: str
    size: int
    seconds: float
    problem: str = ""


def main() -> int:
    """Run until enough pages were read, or time is up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--shapes", nargs="?", const="", metavar="TEXT", help="read pathological pages")
    parser.add_argument("--sizes", type=float, nargs="+", default=[0.5, 2, 8], help="of these, in MB")
    args = parser.parse_args()
    if args.shapes is not None:
        return _read_shapes(args.shapes, [int(size * 1e6) for size in args.sizes])
    _material(args.data)  # loaded once, before the processes are forked
    until = time.monotonic() + 60 * args.minutes
    outcomes: list[Outcome] = []
    numbers = ((args.seed, number) for number in range(args.pages))
    with multiprocessing.get_context("fork").Pool(args.processes) as pool:
        for outcome in pool.imap_unordered(functools.partial(_read, args.data), numbers, chunksize=20):
            outcomes.append(outcome)
            if outcome.problem:
                print(f"{outcome.number} ({outcome.page}): {outcome.problem}", flush=True)
            if time.monotonic() > until:
                print("time is up")
                break
    slowest = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:5]
    failed = sum(bool(outcome.problem) for outcome in outcomes)
    print(f"fuzz: {len(outcomes)} pages, seed {args.seed}: {failed} failed; slowest:")
    for outcome in slowest:
        print(f"    {outcome.seconds:.2f} s  {outcome.number}  {outcome.page}  {outcome.size} characters")
    return 1 if failed else 0


def _read_shapes(text: str, sizes: Sequence[int]) -> int:
    """Print the costs of pathological pages."""
    shape_costs.extractor()
    chosen = [shape for shape in shapes() if text in shape.name]
    at_fault = 0
    print(f"{'shape':<44}" + "".join(f"{size / 1e6:>9.2f} MB  " for size in sizes) + "growth  peak MB")
    for shape in chosen:
        costs = list(shape_costs.cost_of(shape, sizes))
        faults = list(shape_costs.faults(costs))
        at_fault += bool(faults)
        print(shape_costs.table_row(shape, costs), *(f"\n    {fault}" for fault in faults), flush=True)
    print(f"{len(chosen)} shapes, {at_fault} beyond the bounds")
    return 1 if at_fault else 0


@functools.cache
def _material(data: Path) -> tuple[list[GoldPage], Extractor]:
    return list(islice(_real(data), DIFFERENT)), Extractor()


def _read(data: Path, task: tuple[int, int]) -> Outcome:
    seed, number = task
    originals, extractor = _material(data)
    generator = random.Random(f"{seed}/{number}")
    page = _mutated(generator.choice(originals), generator)
    signal.signal(signal.SIGALRM, _overrun)
    signal.alarm(DEADLINE_SECONDS)
    began = time.process_time()
    problem = ""
    try:
        result = extractor(accepted(page))
        if type(result).from_json(result.to_json()) != result:
            problem = "output is not the same after a round trip through JSON"
    except Exception as error:  # noqa: BLE001 - any of them is a finding
        problem = f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        signal.alarm(0)
    return Outcome(number, page.id, len(page.html), time.process_time() - began, problem)


def _overrun(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"not done after {DEADLINE_SECONDS} s")


def _real(data: Path) -> Iterator[GoldPage]:
    for path in sorted(SAMPLES.glob("*.html")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield GoldPage("samples", path.stem, f"https://fuzz.example/{path.stem}", text, "", "article", {})
    for name in SETS:
        if (data / name / "gold.jsonl").exists():
            yield from islice(pages.read(data / name), DIFFERENT // len(SETS))


def _mutated(page: GoldPage, generator: random.Random) -> GoldPage:
    text = page.html
    for _ in range(generator.randint(1, 4)):
        text = generator.choice(MUTATIONS)(text, generator)[:MAX_PAGE]
    return replace(page, html=text or " ", is_text=generator.random() < 0.2)  # noqa: PLR2004 - one in five as text


def _cut(text: str, generator: random.Random) -> str:
    return text[: generator.randint(0, len(text))]


def _without_piece(text: str, generator: random.Random) -> str:
    begin = generator.randint(0, len(text))
    return text[:begin] + text[begin + generator.randint(1, 5000) :]


def _repeated(text: str, generator: random.Random) -> str:
    begin = generator.randint(0, len(text))
    end = begin + generator.randint(1, 20_000)
    return text[:begin] + text[begin:end] * generator.randint(2, 50) + text[end:]


def _sprinkled(text: str, generator: random.Random) -> str:
    pieces = list(text)
    for _ in range(generator.randint(1, 200)):
        pieces.insert(generator.randint(0, len(pieces)), generator.choice("<>\"'&;=/\x00\u202e\ufeff\u00ad \n{}[]"))
    return "".join(pieces)


def _nested(text: str, generator: random.Random) -> str:
    tag = generator.choice(("div", "table", "ul", "b", "a", "blockquote", "span", "button", "svg", "p", "font"))
    at = generator.randint(0, len(text))
    return text[:at] + f"<{tag} class='x y-z'>" * generator.randint(10, 20_000) + text[at:]


def _attributes(text: str, generator: random.Random) -> str:
    at = generator.randint(0, len(text))
    value = generator.choice(("a-b_c ", "Aa", "\\", "<", "x" * 50)) * generator.randint(1, 20_000)
    return text[:at] + f'<div class="{value}" style="{value}" id="{value}">' + text[at:]


def _long_line(text: str, generator: random.Random) -> str:
    at = generator.randint(0, len(text))
    piece = generator.choice(("a", "1.", "by ", "| ", "、", "(Photo ", "… ", "2020-01-01 ", "\u0e01", "- ", "/ "))
    return text[:at] + piece * generator.randint(1000, 200_000) + text[at:]


def _without_tags(text: str, generator: random.Random) -> str:
    kind = generator.choice(("</p>", "</div>", "<p>", "</script>", "</a>", "</h1>", "</title>", "<body"))
    return text.replace(kind, "")


def _json(text: str, generator: random.Random) -> str:
    depth = generator.randint(1, 5000)
    bodies = (
        "[" * depth + "]" * depth,
        '{"@type":"NewsArticle","headline":' + "[" * depth + '"x"' + "]" * depth + "}",
        '{"@type":["NewsArticle",{}],"author":[{"@id":1},null,7,{"name":{"name":{"name":[]}}}],"articleBody":7}',
        '{"@type":"NewsArticle","datePublished":"99999-99-99T99:99","keywords":'
        + '["a",' * 500
        + "1"
        + "]" * 500
        + "}",
        '{"@type":"NewsArticle","articleBody":"' + "word " * 100_000 + '","wordCount":"999999999999"}',
    )
    return f'<script type="application/ld+json">{generator.choice(bodies)}</script>' + text


def _entities(text: str, generator: random.Random) -> str:
    piece = generator.choice(("&#0;", "&#x110000;", "&amp;" * 10, "&lt;p&gt;", "&#xd800;", "&nbsp;"))
    at = generator.randint(0, len(text))
    return text[:at] + piece * generator.randint(1, 5000) + text[at:]


MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    _cut, _without_piece, _repeated, _sprinkled, _nested, _attributes, _long_line, _without_tags, _json, _entities,
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
