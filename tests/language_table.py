"""The table of languages in docs/enrichment.md: what the code supports for a language, and what was measured for it.

`python -m tests.language_table` writes it again, after a measurement (`make enrichment STORE=1`, which writes
tests/stored/languages.json) or a change of `wiredesk.enrichment.languages`.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from wiredesk.enrichment.languages import SUPPORT, LanguageSupport, NamesFrom

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "enrichment.md"
FIGURES = ROOT / "tests" / "stored" / "languages.json"
SENTENCES = ROOT / "tests" / "articles" / "languages.tsv"

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


def documented_table() -> str:
    """Return the table that the page has."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def main() -> None:
    """Write the table into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
