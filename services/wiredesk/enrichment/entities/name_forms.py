"""Forms of the same name within an article: all have one type."""

from collections import defaultdict
from collections.abc import Iterable

from wiredesk.enrichment.entities.folding import fold_name
from wiredesk.enrichment.entities.lexicon import Lexicon
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.entities.word_forms import Word, are_forms, words_of
from wiredesk.enrichment.languages import ENGLISH

MAX_NAMESAKES = 50
"""Names with the same stem that a name is compared with."""


class NameForms:
    """Finds for a name the first form of it in an article. In English each name is its own form.

    Args:
        spans: the article's mentions, in reading order.
    """

    def __init__(self, spans: Iterable[NameSpan]) -> None:
        self._first: dict[str, str] = {}
        self._by_stem: defaultdict[str, list[tuple[tuple[Word, ...], str]]] = defaultdict(list)
        for span in spans:
            if span.surface not in self._first:
                self._first[span.surface] = self._find_or_add(span.surface, span.lexicon)

    def of(self, span: NameSpan) -> str:
        """Return the first form of a mention's name."""
        return self._first.get(span.surface, span.surface)

    def of_name(self, name: str, lexicon: Lexicon) -> str:
        """Return the first form of a name in the article, or the name itself."""
        return self._first.get(name) or self._find(words_of(fold_name(name, lexicon), lexicon), lexicon) or name

    def _find_or_add(self, name: str, lexicon: Lexicon) -> str:
        words = words_of(fold_name(name, lexicon), lexicon)
        first = self._find(words, lexicon)
        if first is not None:
            return first
        if words:
            for stem in words[0].stems:
                self._by_stem[stem].append((words, name))
        return name

    def _find(self, words: tuple[Word, ...], lexicon: Lexicon) -> str | None:
        if not words or lexicon.language == ENGLISH:
            return None
        known = (one for stem in sorted(words[0].stems) for one in self._by_stem.get(stem, ())[:MAX_NAMESAKES])
        return next((name for others, name in known if are_forms(words, others)), None)
