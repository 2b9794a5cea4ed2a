"""Further mentions of an article's names, where the tagger missed them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.folding import fold_name
from wiredesk.enrichment.entities.graphemes import is_inside
from wiredesk.enrichment.entities.lexicon import NEVER, Lexicon, alternatives, lexicon_of
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
    marked = MarkedPlaces(spans)
    patterns: dict[str, re.Pattern[str]] = {}
    missed: defaultdict[str, list[NameSpan]] = defaultdict(list)
    for field in fields:
        lexicon = lexicon_of(field.language)
        pattern = patterns.get(lexicon.language) or _pattern(searched, types, lexicon)
        patterns[lexicon.language] = pattern
        for match in pattern.finditer(field.text):
            start, end = match.span()
            is_cut = is_inside(field.text, start) or is_inside(field.text, end)
            if not is_cut and not marked.overlap(field, start, end):
                missed[match[1]].append(NameSpan(field, start, end, types[match[1]]))
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


def _pattern(searched: Sequence[str], types: Mapping[str, EntityType], lexicon: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the names, the name itself as its first group."""
    if lexicon.unspaced:
        # Names of places and organisations are parts of others there: `加勒比` of `加勒比国家`.
        people = [name for name in searched if types[name] is EntityType.PERSON]
        return re.compile(rf"(?<![{KATAKANA}])({alternatives(people)})(?![{KATAKANA}])") if people else NEVER
    endings = ""
    if lexicon.endings and lexicon.language != ENGLISH:
        endings = rf"(?:(?<=\w{{{MIN_INFLECTED_CHARACTERS}}})(?:{alternatives(lexicon.endings)}))?"
    # The longest first, because a pattern uses the first alternative that matches.
    return re.compile(rf"(?<![\w-])({alternatives(searched)}){endings}(?![\w-])")
