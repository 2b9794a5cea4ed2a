"""Further mentions of an article's names, where the tagger missed them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.folding import fold_name
from wiredesk.enrichment.entities.graphemes import is_inside
from wiredesk.enrichment.entities.lexicon import alternatives, lexicon_of
from wiredesk.enrichment.entities.name_span import MarkedPlaces, NameSpan
from wiredesk.enrichment.entities.word_forms import words_of
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

MIN_SEARCHED_CHARACTERS = 3
"""Minimum characters of a name that is searched for: shorter ones are words, or parts of other names."""

MIN_INFLECTED_CHARACTERS = 4
"""The same, with an ending of the language after it."""

MAX_SEARCHED_NAMES = 400
"""Names that are searched for. An article has fewer; a list of names is not one."""

KATAKANA = "\u30a1-\u30fe"
"""Letters of foreign names in Japanese: a name is not a part of a longer run of them."""


def missed_names(
    fields: Sequence[ArticleField], spans: Sequence[NameSpan], types: Mapping[str, EntityType]
) -> Iterator[NameSpan]:
    """Yield mentions of known names that no span has.

    Args:
        fields: the article's texts.
        spans: the mentions that are known.
        types: of each name, as it is written.
    """
    searched = [name for name in types if len(name) >= MIN_SEARCHED_CHARACTERS and names.may_begin_name(name[0])]
    searched = searched[:MAX_SEARCHED_NAMES]
    if not searched:
        return
    searched.sort(key=len, reverse=True)
    # Names of places and organisations are parts of others in a language without spaces: `加勒比` of `加勒比国家`.
    people = [name for name in searched if types[name] is EntityType.PERSON]
    marked = MarkedPlaces(spans)
    missed: defaultdict[str, list[NameSpan]] = defaultdict(list)
    for field in fields:
        lexicon = lexicon_of(field.language)
        for name, start, end in _occurrences(field.text, people if lexicon.unspaced else searched, lexicon.language):
            is_cut = is_inside(field.text, start) or is_inside(field.text, end)
            if not is_cut and not marked.overlap(field, start, end):
                missed[name].append(NameSpan(field, start, end, types[name]))
    doubtful = _doubtful_people(spans, types)
    for name, mentions in missed.items():
        if len(mentions) <= doubtful.get(name, len(mentions)):
            yield from mentions


def _doubtful_people(spans: Sequence[NameSpan], types: Mapping[str, EntityType]) -> Counter[str]:
    """Return how often single words were tagged that are people's names only by that: no full name has them.

    Where a tagger marked such a word less often than it left it out, it is no name, or one of something else.
    """
    people = [span for span in spans if types.get(span.surface) is EntityType.PERSON]
    known = {word for span in people if " " in span.surface for word in _stems(span)}
    return Counter(
        span.surface
        for span in people
        if " " not in span.surface
        and span.field.language != ENGLISH
        and not any(stem in known for stem in _stems(span))
    )


def _stems(span: NameSpan) -> set[str]:
    words = words_of(fold_name(span.surface, span.lexicon), span.lexicon)
    return {stem for word in words for stem in word.stems}


def _occurrences(text: str, searched: Sequence[str], language: str) -> Iterator[tuple[str, int, int]]:
    """Yield names in a text, none of them a part of another one: each with its start, and its end after any ending.

    Args:
        text: that is searched.
        searched: the names, the longest first.
        language: whose rules say where a name begins and ends.
    """
    before, after = _borders(language)
    begun: defaultdict[int, list[str]] = defaultdict(list)
    for name in searched:
        start = text.find(name)
        while start >= 0:
            if before.match(text, start):
                begun[start].append(name)
            start = text.find(name, start + 1)
    last = 0
    for start in sorted(begun):
        if start < last:
            continue
        for name in begun[start]:
            if ended := after.match(text, start + len(name)):
                last = ended.end()
                yield name, start, last
                break


@cache
def _borders(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what matches where a name begins, and what matches its ending and where it ends."""
    lexicon = lexicon_of(language)
    if lexicon.unspaced:
        return re.compile(f"(?<![{KATAKANA}])"), re.compile(f"(?![{KATAKANA}])")
    endings = ""
    if lexicon.endings and lexicon.language != ENGLISH:
        endings = rf"(?:(?<=\w{{{MIN_INFLECTED_CHARACTERS}}})(?:{alternatives(lexicon.endings)}))?"
    return re.compile(r"(?<![\w-])"), re.compile(rf"{endings}(?![\w-])")
