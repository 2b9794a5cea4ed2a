"""Names of several words that the gazetteer knows, where the tagger missed them: `Library of Congress`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.gazetteer import known_type
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.languages import ENGLISH

MAX_WORDS = 6
"""Maximum words of such a name."""

_RUN = re.compile(r"(?<![\w-])[A-Z][\w.'’&-]*(?: (?:[A-Z&][\w.'’&-]*|of|and|the|for|de|von|van|bin|al|el)){1,9}")
_WORD = re.compile(r"\S+")
_NAME_AFTER = re.compile(r"[ -][A-Z]")


def known_names(fields: Iterable[ArticleField], spans: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield the missed names of English texts. A name within a longer one is left out: `Google` in `Google Chrome`."""
    taken: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for span in spans:
        taken[span.field.pointer].append((span.start, span.end))
    for field in fields:
        if field.language != ENGLISH:
            continue
        lexicon = lexicon_of(field.language)
        for run in _RUN.finditer(field.text):
            if not any(start < run.end() and run.start() < end for start, end in taken[field.pointer]):
                yield from _names_of_run(field, run, lexicon)


def _names_of_run(field: ArticleField, run: re.Match[str], lexicon: Lexicon) -> Iterator[NameSpan]:
    """Yield the names that end a run of words with capitals, or what an office or a sentence begins."""
    words = list(_WORD.finditer(field.text, run.start(), run.end()))
    first = 0
    while first < len(words) - 1 and _is_before_name(words[first][0].lower(), lexicon):
        first += 1
    for begin in range(first + 1):
        for last in range(min(len(words), begin + MAX_WORDS) - 1, begin, -1):
            start, end = words[begin].start(), words[last].end()
            end -= len(field.text[start:end]) - len(_plain(field.text[start:end]))
            kind = None if _NAME_AFTER.match(field.text, end) else known_type(field.text[start:end])
            if kind is not None:
                yield NameSpan(field, start, end, kind)
                return


def _is_before_name(word: str, lexicon: Lexicon) -> bool:
    return (
        word in lexicon.sentence_beginnings
        or word in lexicon.titles
        or word in lexicon.offices
        or word in lexicon.office_parts
    )


def _plain(name: str) -> str:
    """Return a name without the possessive and the full stop that end it."""
    return re.sub(r"(?:['’]s?|\.)$", "", name)
