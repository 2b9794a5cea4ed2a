"""A tagger alone on sentences of many languages: F1 of people, organisations and places, exact span and type.

    python -m bench.enrichment.taggers [--data ../shared/data] [--sentences 300] [--all] [--languages de,fr]
        [--tagger package.module:name]

`name` is a tagger, or a callable without arguments that returns one; without `--tagger` it is the one that the settings
name for each language. A language's F1 is the mean of its counted sets. Counted are the sets of the folder `test` whose
labels were made by people on news or general text. Those of a language that has none there come from `measure-only`
(marked `*`: research only or non-commercial, never trained on). Not counted, and shown with `--all`: labels that were
projected or derived from links, texts of courts and parliaments (but for Lithuanian, which has no other), newspapers
before 1950 as OCR, sets of fewer than 200 names where there is a larger one, and a second set of a language that may
not be used commercially.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from wiredesk.enrichment.interfaces import Tagger

from .conll import LABELS
from .datasets import evenly, json_lines
from .languages import REQUIRED, SAME_LANGUAGE
from .progress import with_progress
from .rows import Estimate, Row, estimate, f1, mean_estimate, row, table_lines
from .sources import SENTENCES, missing_source

GROUP = "taggers"

TEST, MEASURE_ONLY = "test", "measure-only"

COUNTED: Mapping[str, tuple[str, ...]] = {
    "ar": ("test/ar-aqmar", "test/ar-newsfane"),
    "bg": ("test/bg-bsnlp-uselection",),
    "bn": ("test/bn-banglakit",),
    "ca": ("test/ca-ancora",),
    "cs": ("test/cs-bsnlp-uselection",),
    "da": ("test/da-ddt",),
    "de": ("test/de-pud", "test/de-germeval14"),
    "el": ("measure-only/el-elner",),
    "en": ("test/en-pud", "test/en-ewt"),
    "es": ("test/es-ancora",),
    "et": ("test/et-estner",),
    "fa": ("measure-only/fa-arman",),
    "fi": ("test/fi-turku",),
    "fr": ("test/fr-fenec",),
    "he": ("measure-only/he-nemo",),
    "hi": ("test/hi-hiner",),
    "hr": ("test/hr-set",),
    "hu": ("test/hu-nerkor-news", "test/hu-nerkor-webwiki"),
    "id": ("test/id-yusufs",),
    "it": ("measure-only/it-kind-wikinews",),
    "ja": ("test/ja-gsd", "test/ja-stockmark"),
    "kk": ("test/kk-kaznerd",),
    "ko": ("test/ko-klue",),
    "lt": ("test/lt-multileg",),
    "lv": ("test/lv-fullstack",),
    "nl": ("measure-only/nl-conll02",),
    "no": ("test/nb-norne", "test/nn-norne"),
    "pl": ("test/pl-bsnlp-uselection",),
    "pt": ("test/pt-pud", "test/pt-bosque"),
    "ro": ("test/ro-ronec",),
    "ru": ("test/ru-pud", "test/ru-factrueval", "test/ru-bsnlp-uselection"),
    "sk": ("test/sk-snk",),
    "sl": ("test/sl-bsnlp-uselection",),
    "sr": ("test/sr-set",),
    "sv": ("test/sv-pud", "test/sv-webbnyheter"),
    "th": ("test/th-thainer",),
    "tr": ("test/tr-wikiner",),
    "uk": ("test/uk-bsnlp-uselection",),
    "zh": ("test/zh-Hant-pud", "test/zh-gsdsimp", "test/zh-Hant-gsd"),
}
"""The sets that are counted, by language."""

READ_AS_LATIN1 = frozenset({"measure-only/nl-conll02"})
"""Sets whose UTF-8 was read as Latin-1 before they were stored: `ItaliÃ«`."""

SENTENCES_PER_SET = 300
"""Sentences of each set that are measured, evenly spaced, so that all sets take a minute or two."""

MIN_MEAN, MIN_LANGUAGE = 0.75, 0.65
"""The mean of the languages' F1 that is required, and the least F1 of a supported language."""

BATCH = 32
"""Sentences that are given to a tagger together, like the paragraphs of an article."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """A set of sentences with their names.

    Attributes:
        name: folder and name of the file, `test/de-pud`.
        language: ISO 639-1 code.
        texts: the sentences.
        gold: start, end and label of the names in each.
    """

    name: str
    language: str
    texts: tuple[str, ...]
    gold: tuple[frozenset[tuple[int, int, str]], ...]

    @property
    def is_counted(self) -> bool:
        """Whether the set is part of its language's F1."""
        return self.name in COUNTED.get(self.language, ())


def language_of(name: str) -> str:
    """Return the ISO 639-1 code of a set's language: `no` of `test/nb-norne`."""
    code = name.rpartition("/")[2].partition("-")[0]
    return SAME_LANGUAGE.get(code, code)


def read_set(data: Path, name: str, limit: int | None) -> Sentences:
    """Return a set, or at most `limit` evenly spaced sentences of it."""
    rows = evenly(list(json_lines(data / SENTENCES / f"{name}.jsonl.gz")), limit)
    decode: Callable[[str], str] = decoded_again if name in READ_AS_LATIN1 else str
    gold = tuple(
        frozenset(
            (len(decode(one["text"][: e["start"]])), len(decode(one["text"][: e["end"]])), e["type"])
            for e in one["entities"]
        )
        for one in rows
    )
    return Sentences(name, language_of(name), tuple(decode(one["text"]) for one in rows), gold)


def decoded_again(text: str) -> str:
    """Return a text whose UTF-8 was read as Latin-1, as it was written; any other text as it is."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def set_names(data: Path, *, counted: bool) -> list[str]:
    """Return the names of the sets, by language."""
    if counted:
        return [name for language in sorted(COUNTED) for name in COUNTED[language]]
    files = [path for folder in (TEST, MEASURE_ONLY) for path in (data / SENTENCES / folder).glob("*.jsonl.gz")]
    names = [f"{path.parent.name}/{path.name.removesuffix('.jsonl.gz')}" for path in files]
    return sorted(names, key=lambda name: (language_of(name), name))


def measure_tagger(tagger: Tagger, sentences: Sentences) -> Estimate:
    """Return the F1 of a tagger on a set: exact span and type of people, organisations and places."""
    statistics = []
    for first in range(0, len(sentences.texts), BATCH):
        tagged = tagger.tag(list(sentences.texts[first : first + BATCH]))
        for gold, spans in zip(sentences.gold[first : first + BATCH], tagged, strict=True):
            marked = {(span.start, span.end, LABELS[span.type]) for span in spans if span.type in LABELS}
            statistics.append((len(marked & gold), len(marked - gold), len(gold - marked)))
    return estimate(statistics, f1)


def measure_sets(
    tagger_of: Callable[[str], Tagger | None], data: Path, names: Sequence[str], limit: int | None = SENTENCES_PER_SET
) -> dict[str, Estimate]:
    """Return the F1 on each set whose language has a tagger.

    Args:
        tagger_of: returns the tagger of a language, or None.
        data: folder of the public corpora.
        names: of the sets.
        limit: sentences of each set.
    """
    measured = {}
    for name in with_progress("sets of sentences", names):
        tagger = tagger_of(language_of(name))
        if tagger is not None:
            measured[name] = measure_tagger(tagger, read_set(data, name, limit))
    return measured


def by_language(measured: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Return the F1 of each language: the mean of its counted sets."""
    return {
        language: mean_estimate([measured[name] for name in names if name in measured])
        for language, names in COUNTED.items()
        if any(name in measured for name in names)
    }


def report_rows(measured: Mapping[str, Estimate]) -> Iterator[Row]:
    """Yield the rows of a report: mean and least of the required languages, each language, each set."""
    languages = by_language(measured)
    required = {code: languages[code] for code in REQUIRED if code in languages}
    if required:
        yield row(GROUP, f"mean of {len(required)} required languages", mean_estimate([*required.values()]), MIN_MEAN)
        least = min(required, key=lambda code: required[code].value)
        yield row(GROUP, f"least of them ({least})", required[least], MIN_LANGUAGE)
    for code, own in sorted(languages.items()):
        only = all(name.startswith(MEASURE_ONLY) for name in COUNTED[code])
        yield row(
            GROUP, f"{code}{' *' if only else ''}", own, MIN_LANGUAGE if code in REQUIRED else None, language=code
        )
    for name, one in measured.items():
        yield row(GROUP, f"  {name}", one)


def load_tagger(reference: str) -> Tagger:
    """Return the tagger of a reference `package.module:name`: a tagger, or a callable that returns one."""
    module, _, name = reference.partition(":")
    named = getattr(import_module(module), name)
    return cast("Tagger", named if hasattr(named, "tag") and not isinstance(named, type) else named())


def main() -> int:
    """Print the rows of a tagger."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sentences", type=int, default=SENTENCES_PER_SET, help="of each set; 0: all of them")
    parser.add_argument("--all", action="store_true", help="also the sets that are not counted")
    parser.add_argument("--languages", help="ISO 639-1 codes, separated by commas")
    parser.add_argument("--tagger", required=True, metavar="MODULE:NAME")
    args = parser.parse_args()
    if missing := missing_source(args.data, (SENTENCES,)):
        print(f"enrichment: {missing}", file=sys.stderr)
        return 1
    tagger = load_tagger(args.tagger)
    chosen = set(args.languages.split(",")) if args.languages else None
    names = [n for n in set_names(args.data, counted=not args.all) if chosen is None or language_of(n) in chosen]
    measured = measure_sets(lambda _: tagger, args.data, names, args.sentences or None)
    print("\n".join(table_lines(list(report_rows(measured)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
