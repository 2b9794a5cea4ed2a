"""Names that a tagger missed are found as one pattern of all names would find them, without compiling one a story."""

import re

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.entities.lexicon import alternatives, lexicon_of
from wiredesk.enrichment.entities.missed_names import MIN_INFLECTED_CHARACTERS, _occurrences

LANGUAGES = ("en", "de", "uk", "hu", "")
"""Languages with endings, without them, and none."""

NAMES = ("Ukraine", "Ukrain", "New York", "York", "Україн", "Київ", "Budapest", "Pest", "A-B", "B")
"""Names of which some are within others."""

TEXTS = st.lists(st.sampled_from((*NAMES, "s", "ом", "ben", "er", "a", " ", ", ", "-", "'", "_", "1")), max_size=30)
"""Texts of names, endings and what stands between them."""


@given(words=TEXTS, language=st.sampled_from(LANGUAGES), searched=st.sets(st.sampled_from(NAMES), min_size=1))
def test_a_search_finds_what_a_pattern_of_all_names_finds(words: list[str], language: str, searched: set[str]) -> None:
    text = "".join(words)
    lexicon = lexicon_of(language)
    endings = ""
    if lexicon.endings and language != "en":
        endings = rf"(?:(?<=\w{{{MIN_INFLECTED_CHARACTERS}}})(?:{alternatives(lexicon.endings)}))?"
    pattern = re.compile(rf"(?<![\w-])({alternatives(searched)}){endings}(?![\w-])")
    expected = [(match[1], *match.span()) for match in pattern.finditer(text)]

    found = list(_occurrences(text, sorted(searched, key=len, reverse=True), lexicon.language))

    assert found == expected


def test_a_part_of_a_katakana_word_is_no_name() -> None:
    assert list(_occurrences("トランプ氏とトランプタワー", ["トランプ"], "ja")) == [("トランプ", 0, 4)]
