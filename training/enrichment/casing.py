"""Count in which case words are written within sentences: services/wiredesk/enrichment/trained/casing.tsv.

    python -m training.enrichment.casing [--data ../shared/data]

Headlines capitalise every word, others are in capitals or in lower case throughout. There a word's usual case has to be
known. The counts are of the English texts that the tagger learns from: open sentences (CC BY 4.0, CC BY-SA 4.0 and
looser), publisher-pages (MIT), web-pages and HuffPost's descriptions (CC BY 4.0). Words that occur once are left out,
and first words of sentences are not counted. It reads neither CoNLL++ nor Wikinews, and takes a few seconds.
"""

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from wiredesk.enrichment.entities.casing import CONTINUES, SUFFIX_CHARACTERS, WORD, Case

TARGET = Path("services/wiredesk/enrichment/trained/casing.tsv")
"""The file that is written."""

MIN_COUNT = 2
"""Minimum number of a word's occurrences; those that occur less often teach how unknown words are written."""

MAX_CAPITAL_SHARE = 0.5
"""Share of words with a capital up to which a line counts as text in ordinary case."""

MIN_LINE_WORDS = 6
"""Minimum words of a line that is counted."""

ENGLISH_WORDS = frozenset({"the", "of", "and", "to", "in", "a", "is", "for"})


def main() -> int:
    """Count, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    args = parser.parse_args()
    if not (args.data / "entities" / "train-open.jsonl").exists():
        print(f"casing: no {args.data}/entities/train-open.jsonl; docs/enrichment.md names its source", file=sys.stderr)
        return 1
    lines = write_table(read_lines(args.data))
    print(f"{TARGET}: {lines} lines, {TARGET.stat().st_size / 1e6:.2f} MB")
    return 0


def read_lines(data: Path) -> Iterator[str]:
    """Yield the lines of the texts that are counted."""
    with (data / "entities" / "train-open.jsonl").open(encoding="utf-8") as rows:
        for row in rows:
            yield json.loads(row)["text"]
    for name in ("publisher-pages", "web-pages"):
        with (data / name / "gold.jsonl").open(encoding="utf-8") as pages:
            for page in pages:
                body = (json.loads(page).get("body") or "").split("\n")
                if _is_english(" ".join(body)):
                    yield from body
    with gzip.open(data / "topics" / "huffpost.jsonl.gz", "rt", encoding="utf-8") as headlines:
        for row in headlines:
            yield json.loads(row)["text"].partition(". ")[2]


def _is_english(text: str) -> bool:
    words = text.lower().split()[:150]
    return sum(word in ENGLISH_WORDS for word in words) > len(words) / 6


def write_table(lines: Iterable[str]) -> int:
    """Write the counts, and return the number of lines."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    transitions: Counter[tuple[Case, Case]] = Counter()
    for line in lines:
        _count_line(line, forms, transitions)
    rows = [f"\t{before}\t{after}\t{count}" for (before, after), count in sorted(transitions.items())]
    suffixes: defaultdict[str, Counter[Case]] = defaultdict(Counter)
    for word, of_word in sorted(forms.items()):
        lower = of_word[word]
        capital = of_word.total() - lower
        if lower + capital >= MIN_COUNT:
            form = max((f for f in of_word if f != word), key=lambda f: (of_word[f], f), default="")
            rows.append(f"{word}\t{lower}\t{capital}\t{'' if form == word.capitalize() else form}".rstrip("\t"))
        elif len(word) > SUFFIX_CHARACTERS:
            suffixes["-" + word[-SUFFIX_CHARACTERS:]][Case.LOWER if lower else Case.CAPITAL] += 1
            suffixes["-"][Case.LOWER if lower else Case.CAPITAL] += 1
    rows += [
        f"{suffix}\t{counts[Case.LOWER]}\t{counts[Case.CAPITAL]}"
        for suffix, counts in sorted(suffixes.items())
        if counts.total() >= MIN_COUNT
    ]
    TARGET.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows)


def _count_line(line: str, forms: defaultdict[str, Counter[str]], transitions: Counter[tuple[Case, Case]]) -> None:
    words = list(WORD.finditer(line))
    capitals = sum(word[0] != word[0].lower() for word in words)
    if len(words) < MIN_LINE_WORDS or capitals > MAX_CAPITAL_SHARE * len(words):
        return
    before, end = Case.LOWER, 0
    for word in words:
        is_first = CONTINUES.fullmatch(line, end, word.start()) is None or end == 0
        case = Case.LOWER if word[0] == word[0].lower() else Case.CAPITAL
        if not is_first:
            forms[word[0].lower()][word[0]] += 1
            transitions[before, case] += 1
        before, end = (Case.LOWER if is_first else case), word.end()


if __name__ == "__main__":
    sys.exit(main())
