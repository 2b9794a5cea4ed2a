"""The word lists that the rules for names use, by language. `lexicon/<code>.toml` holds them.

All lists are of words, in lower case, except where it says that they are as written.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from wiredesk.enrichment.languages import ENGLISH, rules_of

NEVER = re.compile(r"(?!)")
"""Matches nothing: the pattern of an empty list."""

PUNCTUATION = r"\s,;:|\"'“”‘’(\["
"""Punctuation around a name that taggers mark with it, for a pattern."""

WORLD_PUNCTUATION = r"„‚«»‹›¿¡!?…*#•·–—。、，；：！？（「『《〈【〔［،؛؟।"
"""The same in other languages than English. Closing brackets are not in it: a name may end with one."""

CAPITALS = "A-ZÀ-ÖØ-ÞĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶŁĻŃŅŇŌŐŘŚŞŠȘŢŤȚŪŮŰŲŹŻŽА-ЯЁІЇЄҐ"
"""Capital letters of the languages with such endings, for a pattern."""

SMALL_LETTERS = CAPITALS.lower().replace("i̇", "ı")
"""Their small letters."""


@dataclass(frozen=True)
class Lexicon:
    """The word lists of one language. A list that its file lacks is empty.

    `lexicon/en.toml` describes the lists by example.

    Attributes:
        language: ISO 639-1 code; empty where the language has no file.
        articles: before a name, as they are written.
        titles: before a name; they do not say what somebody does.
        regnal_titles: kept where the name is one word.
        offices: last words of the name of an office.
        office_parts: words before the last one, in the name of an office.
        demonym_endings: of adjectives of places, which stand before an office: `er` of `Berliner`.
        place_adjective_endings: of adjectives of places, which have a capital where a sentence begins: `Hrvatski`.
        rivers: after the name of a town and a slash: `Frankfurt/Main` is one place.
        country_letters: characters that stand for a country, alone or in pairs: `中美`.
        portfolios: what a minister, a secretary or a president is responsible for: `Esteri`.
        abstract_nouns: common nouns that taggers mark as names.
        company_forms: legal forms.
        particles: of surnames.
        small_words: that an acronym leaves out.
        not_names: capitalised words that taggers mark as people, organisations or places.
        event_beginnings: words before the name of a storm.
        event_heads: last words of names of events.
        place_heads: last words of names of places and buildings.
        places: buildings and seats whose last word does not show that they are places.
        organisation_heads: last words of names of organisations.
        organisation_endings: last parts of names of organisations that are one word: `partiet` of `Miljöpartiet`.
        organisation_beginnings: first words of names of organisations.
        given_names: places, as they are written, that are also given names.
        brands: companies and clubs whose names look like a person's or a place's.
        club_heads: last words of names of clubs.
    team_nicknames: the same, where other people and things are called so too: `Ottawa Senators`.
        possessive_names: companies whose names end in a possessive.
        indices: of shares.
        compound_ends: what follows a name and a hyphen without being a part of it (`led`).
        relation_nouns: what two parties have together; after a pair of names.
        hyphened_names: names with a hyphen whose parts are names as well.
        sentence_beginnings: first words of a sentence, which are not part of a role.
        foreign_small_words: of other languages, in quotations.
        sentence_words: small words, of which each sentence has some.
        headline_verbs: of headlines, where they have a capital.
        region_nouns: what follows the name of a region, in small letters.
        function_words: that are also surnames.
        east_asian_surnames: as English writes them, before a given name with a hyphen (`Han Duck-soo`).
        mission_nouns: what a mission's or a machine's name stands before, which is no organisation's.
        club_articles: articles before a city's name, where it is the city's club: `il Milan`.
        honorifics: titles and offices after a name.
        company_forms_before: legal forms, and words for companies, before the name.
        endings: of the forms of a name.
        adjective_endings: of the forms of the adjectives in a name.
        alternations: ends of stems that change before an ending, as `k c`.
        fleeting_vowels: before the last consonant of a stem; some forms leave them out, or change them.
        prefixes: conjunctions, prepositions and articles that are written together with a name.
        suffix_marks: characters between a name and an ending that is no part of it: `Ankara'da`.
        unspaced: whether words are not separated by spaces.
        keeps_marks: whether marks on letters distinguish names.
    """

    language: str = ""
    articles: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    regnal_titles: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    office_parts: frozenset[str] = frozenset()
    demonym_endings: frozenset[str] = frozenset()
    rivers: frozenset[str] = frozenset()
    country_letters: frozenset[str] = frozenset()
    portfolios: frozenset[str] = frozenset()
    abstract_nouns: frozenset[str] = frozenset()
    company_forms: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    small_words: frozenset[str] = frozenset()
    not_names: frozenset[str] = frozenset()
    event_beginnings: frozenset[str] = frozenset()
    event_heads: frozenset[str] = frozenset()
    place_heads: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    organisation_heads: frozenset[str] = frozenset()
    organisation_endings: frozenset[str] = frozenset()
    organisation_beginnings: frozenset[str] = frozenset()
    given_names: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    club_heads: frozenset[str] = frozenset()
    team_nicknames: frozenset[str] = frozenset()
    possessive_names: frozenset[str] = frozenset()
    indices: frozenset[str] = frozenset()
    compound_ends: frozenset[str] = frozenset()
    relation_nouns: frozenset[str] = frozenset()
    hyphened_names: frozenset[str] = frozenset()
    sentence_beginnings: frozenset[str] = frozenset()
    foreign_small_words: frozenset[str] = frozenset()
    sentence_words: frozenset[str] = frozenset()
    headline_verbs: frozenset[str] = frozenset()
    region_nouns: frozenset[str] = frozenset()
    function_words: frozenset[str] = frozenset()
    east_asian_surnames: frozenset[str] = frozenset()
    mission_nouns: frozenset[str] = frozenset()
    club_articles: frozenset[str] = frozenset()
    honorifics: frozenset[str] = frozenset()
    company_forms_before: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    adjective_endings: frozenset[str] = frozenset()
    place_adjective_endings: frozenset[str] = frozenset()
    alternations: frozenset[str] = frozenset()
    fleeting_vowels: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    suffix_marks: frozenset[str] = frozenset()
    unspaced: bool = False
    keeps_marks: bool = False

    @cached_property
    def leading(self) -> re.Pattern[str]:
        """Matches an article or punctuation before a name."""
        return _leading(self.articles, self.language)

    @cached_property
    def leading_of_person(self) -> re.Pattern[str]:
        """The same before a person's name: an article that may be a particle is kept, `de Jong`."""
        return _leading(self.articles if self.language == ENGLISH else self.articles - self.particles, self.language)

    @cached_property
    def suffix(self) -> re.Pattern[str]:
        """Matches an ending that is written after a mark: `'da` of `Ankara'da`, `:n` of `EU:n`, `-u` of `ONZ-u`.

        A hyphen or a colon is such a mark after capitals only.
        """
        patterns = [
            rf"(?<=[{CAPITALS}]{{2}}){re.escape(mark)}[{SMALL_LETTERS}]{{1,8}}$"
            if mark in "-:"
            else rf"(?<=\w){re.escape(mark)}[{SMALL_LETTERS}]{{1,8}}$"
            for mark in sorted(self.suffix_marks)
        ]
        return re.compile("|".join(patterns)) if patterns else NEVER

    @cached_property
    def particles_before(self) -> re.Pattern[str]:
        """Matches particles of a surname at the end of a text, after a space."""
        if not self.particles:
            return NEVER
        return re.compile(rf"(?<=\s)(?:(?:{alternatives(self.particles)}) )+$")


def _leading(articles: frozenset[str], language: str) -> re.Pattern[str]:
    elided = frozenset(article for article in articles if article[-1] in "'’")
    before = [rf"(?:{alternatives(articles - elided)})\s+"] if articles - elided else []
    before += [rf"(?:{alternatives(elided)})(?=\w)"] if elided else []
    punctuation = PUNCTUATION if language == ENGLISH else PUNCTUATION + WORLD_PUNCTUATION
    return re.compile("^(?:" + "|".join([*before, f"[{punctuation}-]+"]) + ")")


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def lexicon_of(language: str | None) -> Lexicon:
    """Return the lexicon of the language's rules; an empty one where it has none."""
    return _load(rules_of(language))


@cache
def _load(language: str) -> Lexicon:
    if not language:
        return Lexicon()
    source = files(__package__).joinpath("lexicon", f"{language}.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(source)
    unknown = lists.keys() - {field.name for field in fields(Lexicon)}
    if unknown:
        raise ValueError(f"lexicon/{language}.toml has unknown lists: {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {
        name: frozenset(value) if isinstance(value, list) else value for name, value in lists.items()
    }
    return Lexicon(language=language, **values)
