"""The groups of rows: what the project requires of enrichment, each measured on a public gold set.

Topics are those that enrichment publishes: an article without one counts as wrong where a row says "of all". For
SIB-200 the classifier is asked for its most likely topic, whatever the score: a sentence is given as an article of one
paragraph without a title, and is too short for a sure answer. Of SIB-200's seven classes five have topics
(`SIB_TOPICS`). `travel` (lifestyle, transport, economy, weather) and `geography` have no topic of their own and are
left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wiredesk.enrichment.languages import ENGLISH
from wiredesk.enrichment.models import load_taggers
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.enrichment.topics import NewsClassifier
from wiredesk_schemas import CleanedArticle

from . import clusters, conll, cost, datasets, linking, names, sources, taggers
from .articles import text_article
from .languages import REQUIRED
from .progress import with_progress
from .rows import Floats, Row, estimate, f1, harmonic_f1, row, share
from .stage import english_tagger, ranked_topics, topic_stage, whole_stage

SIB_TOPICS: Mapping[str, frozenset[str]] = {
    "science/technology": frozenset({"medtop:13000000"}),
    "politics": frozenset({"medtop:11000000", "medtop:16000000"}),
    "sports": frozenset({"medtop:15000000"}),
    "health": frozenset({"medtop:07000000"}),
    "entertainment": frozenset({"medtop:01000000"}),
}
"""The topics of SIB-200's classes. Its politics include wars and peace talks."""

NEWS_OR_NOT = Path(__file__).with_name("news_or_not.jsonl")
"""Recipes, job adverts, weather tables and the like, and news about such things, in many languages: written for this
project (CC0) by the same author as those that the model learnt from, before any was measured. Quizzes, timetables and
galleries are in none of the latter."""

_CLASS_TOPICS = frozenset[str]().union(*SIB_TOPICS.values())


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each set is measured; None for all of it.

    Attributes:
        bbc: articles of the BBC.
        labelled: labelled articles in English.
        sib: sentences of SIB-200 for each language.
        sentences: sentences of each set for a tagger alone.
        conll: articles of CoNLL++.
        all_sets: whether sets of sentences are measured that are not counted.
    """

    bbc: int | None = None
    labelled: int | None = None
    sib: int | None = None
    sentences: int | None = taggers.SENTENCES_PER_SET
    conll: int | None = None
    all_sets: bool = False


QUICK = Sizes(bbc=200, labelled=60, sib=40, sentences=60, conll=15)
"""A sample of each set."""


@dataclass(frozen=True, slots=True)
class TopicResult:
    """The top-level topics of an article.

    Attributes:
        predicted: codes that enrichment published, the first one first.
        gold: the codes that are right, the main one first.
    """

    predicted: tuple[str, ...]
    gold: tuple[str, ...]

    def statistics(self) -> tuple[float, ...]:
        """Return what sums over articles need: first = main, first in gold, has a first; right, wrong, missing."""
        first = self.predicted[0] if self.predicted else ""
        both = len(set(self.predicted) & set(self.gold))
        one = (first == self.gold[0], first in self.gold, bool(first))
        return (*map(float, one), both, len(self.predicted) - both, len(self.gold) - both, 1.0)


def _topic_results(articles: Sequence[tuple[CleanedArticle, list[str]]], title: str) -> Floats:
    stage = topic_stage()
    results = []
    for article, gold in with_progress(title, articles):
        codes = [topic.code for topic in stage(article).topics if len(topic.path) == 1]
        results.append(TopicResult(tuple(codes), tuple(gold)).statistics())
    return np.asarray(results)


def measure_pages(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of topics of the pages in other languages."""
    del sizes
    pages = list(datasets.labelled_pages(data))
    table = _topic_results([(article, gold) for article, gold, _ in pages], "pages in other languages")
    yield row("pages", "a first topic is published", estimate(table[:, [2, 6]], share), 0.85)
    yield row("pages", "of those: first in gold", estimate(table[:, [1, 2]], share), 0.90)
    yield row("pages", "of all: first = main", estimate(table[:, [0, 6]], share), 0.70)
    yield row("pages", "of all: first in gold", estimate(table[:, [1, 6]], share), 0.82)
    for title, in_german in (("German", True), ("other languages", False)):
        mask = np.asarray([(language == "de") is in_german for _, _, language in pages])
        yield row("pages", f"{title}: published", estimate(table[mask][:, [2, 6]], share))
        yield row("pages", f"{title}: of those in gold", estimate(table[mask][:, [1, 2]], share))


def measure_labelled(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of topics of the labelled English articles."""
    table = _topic_results(datasets.evenly(list(datasets.labelled_articles(data)), sizes.labelled), "labelled articles")
    yield row("labelled", "first = main topic", estimate(table[:, [0, 6]], share), 0.83)
    yield row("labelled", "first in gold", estimate(table[:, [1, 6]], share), 0.93)
    yield row("labelled", "micro F1 of the sets", estimate(table[:, [3, 4, 5]], f1), 0.82)
    yield row("labelled", "a first topic is published", estimate(table[:, [2, 6]], share))


def measure_bbc(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the row of the BBC's sections."""
    table = _topic_results(datasets.evenly(list(datasets.bbc_articles(data)), sizes.bbc), "BBC")
    yield row("bbc", "first = the section's topic", estimate(table[:, [1, 6]], share), 0.92)


def measure_sib(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of SIB-200: mean and least of the required languages, and each language."""
    classifier = NewsClassifier()
    languages = ("en", *REQUIRED)
    sets = {code: datasets.sib_sentences(data, code) for code in languages}
    keys = [key for key, (_, label) in sets["en"].items() if label in SIB_TOPICS]
    keys = datasets.evenly(keys, sizes.sib)
    right, among = np.zeros((len(keys), len(languages))), np.zeros((len(keys), len(languages)))
    for column, code in enumerate(with_progress("SIB-200, languages", languages)):
        for line, key in enumerate(keys):
            text, label = sets[code][key]
            ranked = ranked_topics(classifier, text_article(text), code)
            of_classes = [topic for topic in ranked if topic in _CLASS_TOPICS]
            right[line, column] = bool(ranked) and ranked[0] in SIB_TOPICS[label]
            among[line, column] = bool(ranked) and of_classes[0] in SIB_TOPICS[label]
    required = _with_counts(right[:, 1:])
    yield row("sib", f"mean of {len(REQUIRED)} languages", estimate(required, _mean_of_columns), 0.78)
    least = REQUIRED[int(right[:, 1:].sum(axis=0).argmin())]
    yield row("sib", f"least of them ({least})", estimate(required, _least_of_columns), 0.70)
    yield row("sib", "mean, among the classes' 6 topics", estimate(_with_counts(among[:, 1:]), _mean_of_columns))
    yield row("sib", "least, among the classes' 6 topics", estimate(_with_counts(among[:, 1:]), _least_of_columns))
    for column, code in enumerate(languages):
        bound = 0.70 if column else None
        yield row("sib", code, estimate(_with_counts(right[:, [column]]), share), bound, language=code)


def _with_counts(table: Floats) -> Floats:
    """Return the table with a column of ones, whose sum is the number of lines."""
    return np.column_stack([table, np.ones(len(table))])


def _mean_of_columns(sums: Floats) -> Floats:
    return np.asarray((sums[..., :-1] / sums[..., -1:]).mean(axis=-1))


def _least_of_columns(sums: Floats) -> Floats:
    return np.asarray((sums[..., :-1] / sums[..., -1:]).min(axis=-1))


def measure_news_or_not(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of texts that are no news, and of news that resembles them."""
    del data, sizes
    classifier = NewsClassifier()
    held = {True: list[tuple[bool, int]](), False: list[tuple[bool, int]]()}
    for text in with_progress("news or not", list(datasets.json_lines(NEWS_OR_NOT))):
        is_news = classifier.score("", text["text"], text["language"]).is_news
        held[text["is_news"]].append((is_news == text["is_news"], 1))
    yield row("news", "no news: recognised", estimate(held[False], share), 0.85)
    yield row("news", "news: recognised", estimate(held[True], share), 0.95)


def measure_names(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of the 32 articles in other languages: names, clusters, and ids."""
    del sizes
    pages = names.named_pages(data)
    stage = whole_stage()
    found, merged, given, linked = [], [], [], []
    for page in with_progress("articles with names", pages):
        predicted = names.predictions(page, stage(page.article()))
        pairs = names.matched(page, predicted)
        found.append(names.counts(page, predicted))
        merged.append(names.b_cubed(pairs))
        stated = [(name, one) for name, one in pairs if name.wikidata]
        linked.append(
            (
                sum(name.wikidata is not None for name in page.names),
                sum(one.wikidata is not None for _, one in stated),
                sum(one.wikidata == name.wikidata for name, one in stated),
            )
        )
        by_gold = names.predictions(page, names.gold_stage(page)(page.article()))
        given.append(names.b_cubed(names.matched(page, by_gold)))
    yield row("names", "F1 of PER, ORG, LOC", estimate(found, f1), 0.75)
    table = np.asarray(found)
    for code in sorted({page.language for page in pages}):
        mask = np.asarray([page.language == code for page in pages])
        yield row("names", f"F1, {code}", estimate(table[mask], f1), 0.78 if code == "de" else None, language=code)
    yield row("names", "B-cubed F1 of the names found", estimate(merged, harmonic_f1), 0.95)
    yield row("names", "B-cubed F1 with the gold names", estimate(given, harmonic_f1))
    ids = np.asarray(linked, dtype=np.float64)
    yield row("names", "names with a gold id: linked", estimate(ids[:, [1, 0]], share))
    yield row("names", "of those: right", estimate(ids[:, [2, 1]], share))


def measure_taggers(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of the taggers that the settings name, each alone."""
    loaded = load_taggers(EnrichmentSettings())
    chosen = taggers.set_names(data, counted=not sizes.all_sets)
    measured = taggers.measure_sets(loaded.of, data, chosen, sizes.sentences)
    yield from taggers.report_rows(measured)


def measure_conll(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the row of CoNLL++."""
    articles = datasets.evenly(datasets.conll_articles(data), sizes.conll)
    tagger = english_tagger()
    tags = conll.tag_articles(articles, tagger.tag)
    stage = whole_stage()
    whole = conll.counts(articles, [conll.of_stage(article, stage) for article in articles])
    yield row("conll", "F1 of PER, ORG, LOC", estimate(whole, f1), 0.87)
    counted = conll.counts(articles, conll.with_rules(articles, tags))
    yield row("conll", "tagger and rules of English alone", estimate(counted, f1))
    alone = conll.counts(articles, conll.tagger_alone(articles, tags))
    yield row("conll", "tagger alone", estimate(alone, f1))


def measure_wikinews(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of the English Wikinews articles: mentions, their clusters, and their ids."""
    del sizes
    stories = list(datasets.wikinews_stories(data))
    stage = whole_stage()
    recalled, merged, linked = [], [], []
    for story in with_progress("Wikinews", stories):
        entities = linking.entities_by_place(story, stage)
        predicted = {place: id(entity) for place, entity in entities.items()}
        recalled.append(clusters.recall(story, predicted))
        scores = clusters.b_cubed(story, predicted)
        merged.append((sum(p for p, _ in scores), sum(r for _, r in scores), len(scores)))
        linked.append(linking.link_counts(story, entities))
    yield row("wikinews", "recall of mentions", estimate(recalled, share), 0.82)
    yield row("wikinews", "B-cubed F1 of those found", estimate(merged, harmonic_f1), 0.985)
    ids = np.asarray(linked, dtype=np.float64)
    yield row("wikinews", "linkable mentions with an id", estimate(ids[:, [1, 0]], share), 0.40)
    yield row("wikinews", "of those: right", estimate(ids[:, [2, 1]], share), 0.98)


def measure_cases(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the row of names that could be many things."""
    del data, sizes
    results = linking.case_results(whole_stage())
    yield row("cases", "right, or rightly without id", estimate([(held, 1) for _, held in results], share), 0.85)
    for case, held in results:
        if not held:
            yield Row("cases", f"  not: {case.name} ({case.means})", 0.0)


def measure_cost(data: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of CPU time, memory and load time."""
    languages = ["en", "de", "ja"] if sizes.sib is not None else ["en", *REQUIRED]
    default = cost.measure_in_child(data, languages)
    fast = cost.measure_in_child(data, languages[:3], "fast")
    fast_topics = cost.measure_in_child(data, languages, "fast", "topics")
    yield from _cpu_rows(default, "CPU", 35.0, 60.0)
    yield from _cpu_rows(fast, "CPU, fast", 12.0, 12.0)
    yield from _cpu_rows(fast_topics, "CPU, topics of fast", 12.0, 12.0)
    yield Row("cost", "models loaded, s", default.load_s, bound=3.0, at_most=True, unit="s")
    yield Row("cost", "the same in CPU time, s", default.load_cpu_s, unit="s")
    yield Row("cost", "resident memory, MiB", default.peak_mib, bound=600.0, at_most=True, unit="MiB")


def _cpu_rows(measured: cost.Cost, title: str, english: float, others: float) -> Iterator[Row]:
    """Yield a row for each language and kind of article, with the bound of English or of all others.

    Of the other languages, the one that takes longest has a further row for each kind.
    """
    times = measured.cpu_ms
    named = [(name, name) for name in times]
    for kind in ("", cost.REAL):
        of_kind = [name for name in times if name.endswith(cost.REAL) == bool(kind) and not name.startswith(ENGLISH)]
        if of_kind:
            longest = max(of_kind, key=lambda name: times[name][0])
            named.append((f"longest other{kind} ({longest.removesuffix(kind)})", longest))
    for shown, name in named:
        is_english = name.startswith(ENGLISH)
        middle, low, high = times[name]
        yield Row(
            "cost",
            f"{title}, {shown}, ms",
            middle,
            low,
            high,
            bound=english if is_english else others,
            at_most=True,
            unit="ms",
            language="" if is_english or shown != name else name.removesuffix(cost.REAL),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together.

    Attributes:
        title: of the table.
        measure: yields the rows, from the folder of public corpora.
        needs: the sets that it reads.
    """

    title: str
    measure: Callable[[Path, Sizes], Iterator[Row]]
    needs: tuple[str, ...] = ()


GROUPS: Mapping[str, Group] = {
    "pages": Group("Topics of 79 pages in other languages", measure_pages, (sources.PAGES, sources.PAGE_TOPICS)),
    "labelled": Group("Topics of 161 English articles", measure_labelled, (sources.TOPICS, sources.BODIES)),
    "bbc": Group("Topics of the BBC's articles", measure_bbc, (sources.BBC,)),
    "sib": Group("Topics of SIB-200's sentences", measure_sib, (sources.SIB,)),
    "news": Group("Texts that are no news, and news like them", measure_news_or_not),
    "names": Group("Names of 32 articles", measure_names, (sources.PAGE_NAMES, sources.PAGE_CLUSTERS)),
    "taggers": Group("Names by the tagger alone, by language and set", measure_taggers, (sources.SENTENCES,)),
    "conll": Group("Names of CoNLL++", measure_conll, (sources.CONLL,)),
    "wikinews": Group("Names, clusters and ids of 12 Wikinews articles", measure_wikinews, (sources.WIKINEWS,)),
    "cases": Group("Names that could be many things", measure_cases),
    "cost": Group("Cost of an article of 500 words", measure_cost, cost.NEEDED),
}
"""The groups, by the value of `--only`."""
