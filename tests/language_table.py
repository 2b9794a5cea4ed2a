"""The tables of docs/enrichment.md: what the code supports for a language, what was measured for it, what is required.

`python -m tests.language_table` writes them again, after a measurement (`make enrichment STORE=1`, which writes
tests/stored/languages.json and enrichment.jsonl) or a change of `wiredesk.enrichment.languages`.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from wiredesk.enrichment.languages import SUPPORT, LanguageSupport, NamesFrom

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "enrichment.md"
FIGURES = ROOT / "tests" / "stored" / "languages.json"
SENTENCES = ROOT / "tests" / "articles" / "languages.tsv"

REQUIRED_ROWS = ROOT / "tests" / "stored" / "enrichment.jsonl"

FIGURES_BEGIN, FIGURES_END = "<!-- figures: written by tests.language_table -->", "<!-- end of figures -->"
BEGIN, END = "<!-- languages: written by tests.language_table -->", "<!-- end of languages -->"

HEAD = (
    "| language | topics | right on SIB-200 | names by | F1 alone | F1 in articles | learnt from | rules of |",
    "|---|---|---|---|---|---|---|---|",
)

type Figures = Mapping[str, float | str]


def stored_figures() -> dict[str, Figures]:
    """Return the measured figures by language: `topics`, `names`, `names_in_articles`, and what `data` was learnt."""
    figures: dict[str, Figures] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures


def sample_texts() -> dict[str, str]:
    """Return two sentences in each of many languages, by ISO 639-1 code."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return {code: text for code, _, text in (line.partition("\t") for line in lines)}


def table() -> str:
    """Return the table, from the code and the stored figures."""
    others = [f"{support.name} (`{code}`)" for code, support in _by_name() if not is_supported(support)]
    more = f"Word lists only, for a tagger of your own: {', '.join(others)}."
    return "\n".join([*HEAD, *_rows(stored_figures()), *(["", more] if others else [])])


def is_supported(support: LanguageSupport) -> bool:
    """Whether events have topics or names of a language."""
    return support.topics or support.names is not NamesFrom.NOTHING


def _by_name() -> list[tuple[str, LanguageSupport]]:
    return sorted(SUPPORT.items(), key=lambda item: item[1].name)


def _rows(figures: Mapping[str, Figures]) -> Iterator[str]:
    for code, support in _by_name():
        if is_supported(support):
            yield _row(code, support, figures.get(code, {}))


def _row(code: str, support: LanguageSupport, own: Figures) -> str:
    by_tagger = support.names is NamesFrom.TAGGER
    cells = (
        f"{support.name} (`{code}`)",
        "yes" if support.topics else "no",
        _number(own, "topics") if support.topics else "",
        {NamesFrom.TAGGER: "tagger", NamesFrom.GAZETTEER: "gazetteer", NamesFrom.NOTHING: "no"}[support.names],
        _number(own, "names") if by_tagger else "",
        _number(own, "names_in_articles") if support.names is not NamesFrom.NOTHING else "",
        str(own.get("data", "")) if by_tagger else "",
        f"`{support.rules}`" if support.rules else "",
    )
    return f"| {' | '.join(cells)} |"


def _number(own: Figures, key: str) -> str:
    return f"{own[key]:.2f}" if key in own else ""


def figures_table() -> str:
    """Return the table of the required figures, from the stored rows."""
    lines = ["| set | measure | required | measured | |", "|---|---|---|---|---|"]
    before = ""
    for row in map(json.loads, REQUIRED_ROWS.read_text(encoding="utf-8").splitlines()):
        digits = 1 if row["unit"] else 3
        interval = "" if row["low"] is None else f" ({row['low']:.{digits}f} to {row['high']:.{digits}f})"
        required = f"{'≤' if row['at_most'] else '≥'} {row['bound']:.{digits}f}"
        verdict = "" if row["holds"] else "**falls short**"
        cells = ("" if row["set"] == before else row["set"], row["measure"], required)
        lines.append(f"| {' | '.join(cells)} | **{row['value']:.{digits}f}**{interval} | {verdict} |")
        before = row["set"]
    return "\n".join(lines)


def documented(begin: str, end: str) -> str:
    """Return the table that the page has between two marks."""
    return PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip()


def main() -> None:
    """Write both tables into the page."""
    page = PAGE.read_text(encoding="utf-8")
    for begin, end, content in ((BEGIN, END, table()), (FIGURES_BEGIN, FIGURES_END, figures_table())):
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{content}\n{end}{rest.partition(end)[2]}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
