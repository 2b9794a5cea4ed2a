"""Rules for the words of a name: its borders, its parts, and the type that its words show."""

import re
from functools import lru_cache

from wiredesk.enrichment.entities.gazetteer import candidates
from wiredesk.enrichment.entities.inflection import dictionary_forms
from wiredesk.enrichment.entities.lexicon import PUNCTUATION, WORLD_PUNCTUATION, Lexicon
from wiredesk.enrichment.entities.name_span import NAME_TYPES
from wiredesk.enrichment.languages import ENGLISH
from wiredesk.languages.scripts import Script, script_of_letter
from wiredesk_schemas import EntityType

PARTICLE_CHARACTERS = 24
"""Number of characters before a name that are searched for particles: `von und zu der ` is the longest run."""

CONTEXT_CHARACTERS = 40
"""Number of characters on either side of a name that are searched for words for organisations."""

FULL_RUN_CHARACTERS = 3
"""Characters from which a name that is written in one run has a given name: `尹錫悦`, not `尹` or `小池`."""

CLUB_OF_PLACE = "united"
"""Last word of a club's name that follows the name of a place: `Manchester United`."""

KOREAN_HONORIFIC = "씨"
"""The honorific of one syllable that is written together with a name in Korean."""

STORM_WORDS = 2
"""Words of a storm's name: `Storm Bettina`."""

RANK_WORDS = 2
"""Words of a rank before a person's name."""

TITLES_OF_ONE = frozenset(
    {"baroness", "dame", "lady", "lord", "mr.", "mrs", "mrs.", "ms", "ms.", "mx", "prof", "prof.", "rev", "rev."}
)
"""English titles before a surname with which few organisations begin."""

_STATE = re.compile(
    r"(?:(?:Democratic|People's|Islamic|Federal|United) )*(?:Republic|Kingdom|Sultanate|Emirate) of (?:the )?"
)

ENGLISH_TITLES = frozenset(
    {"mr", "mr.", "mrs", "mrs.", "ms", "ms.", "president", "chancellor", "minister", "senator", "governor", "secretary"}
)
"""English titles that texts of other languages have in quotations: `Chancellor Merz`."""

MAX_HONORIFIC = 6
"""Maximum characters of an honorific: `원내대표`, `efendi`."""

COMPOUNDING = frozenset({"de", "nl", "sv", "no", "da"})
"""Languages that write compounds as one word."""

MIN_OFFICE = 5
"""Minimum letters of an office at the end of a compound: shorter ones end surnames, too."""

OFFICE_WORDS = 3
"""Words before a portfolio in which its office is: `ministre de l'` before `Intérieur`."""

MIN_DEMONYM = 2
"""Minimum letters of a place's adjective before its ending, less one: `Ulmer`."""

SHORT_PARTICLE = 2
"""Characters of a short particle. With a capital, it is a given name or begins a newspaper's name: `Al`, `El`."""

RUN_SCRIPTS = frozenset({Script.HAN, Script.HANGUL, Script.KANA})
"""Scripts of names that are written in one run."""

CASED = frozenset({Script.LATIN, Script.CYRILLIC, Script.GREEK})
"""Scripts with capitals, which names have."""

REMEMBERED_NAMES = 4096
"""Names whose words are kept: an article compares each of its names with others again and again."""

# The end of what a tagger marked, after the name.
_TRAILING = re.compile(r"(?:['’]s?|[\s,;:|\"“”‘(\[-]+)$")
_WORLD_TRAILING = re.compile(rf"(?:['’]s?|[{PUNCTUATION}{WORLD_PUNCTUATION}-]+|[)\]）」』》〉】〕］]+)$")

# A nationality before a person's name: `Englishman`, `Swedish`.
_DEMONYM = re.compile(
    r"^(?:(?:English|French|Welsh|Irish|Dutch|Scots)(?:wo)?m[ae]n|[A-Z][a-z]+(?:ese|ish)|American|German|Italian|Russian"
    r"|Canadian|Australian|Belgian|Austrian|Norwegian|French|Dutch|Greek|Czech|Swiss|Indian|Brazilian|Mexican|Korean)\s+"
    r"(?=\S)"
)
_NEWSPAPER_AFTER = re.compile(r"^ (?:reported|newspaper|daily|business|said|newswires)\b", re.IGNORECASE)
_PAIR_AFTER = re.compile(r"^,[^\W\d_]")
_STORM_AFTER = re.compile(
    r" (?:has |had |could |will |is )?(?:hit|hits|struck|made landfall|makes landfall|battered|killed|swept|weakened|"
    r"slammed|strengthened|pounded|lashed|churned|intensified|devastated|ravaged|barrell?ed|barrell?ing|approaching|flooded)\b"
)
_STORM_BEFORE = re.compile(r"\b(?:damage|path|wake|winds|victims|landfall|remnants|aftermath|eye) (?:from|of|by) $")
_NUMBERED = re.compile(r"[ -](?:[IVX]{1,4}|\d{1,3})$")
_WORD_AFTER = re.compile(r" ([a-z]+)")
_POSSESSIVE = re.compile(r"['’]s(?!\w)")
_DOMAIN = re.compile(r"^[a-z0-9-]{2,}(?:\.[a-z0-9-]{2,})+$")
_WORD = re.compile(r"[^\s-]+")
_LETTERS = re.compile(r"[\w-]+")
_CLOSING = dict(zip(")]）」』》〉】〕］", "([（「『《〈【〔［", strict=True))
# Between the parts of a foreign name in Chinese and Japanese: `唐纳德·特朗普`.
_MIDDLE_DOT = re.compile("[·•・･‧＝]")
_INITIAL = re.compile(r"^\w\.?$")
_SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV)\.?$")

# Words after, and before, the names of companies, clubs and agencies.
_ORGANISATION_AFTER = re.compile(
    r"^['’]s (?:shares|stock|board|profits?|sales|revenue|products?|parent|owner|plant|chief|ceo|unit)\b"
    r"|^,? (?:shares|stock|plc|inc|corp|ltd|group|which|sells|makes|employs|acquired|reported|operates)\b",
    re.IGNORECASE,
)
_ORGANISATION_BEFORE = re.compile(
    r"\b(?:company|firm|group|maker|producer|retailer|operator|brand|lender|bank|agency|regulator|insurer|developer|"
    r"startup|start-up|club|team|side|rival|unit|subsidiary|shares in|stake in|shares of|owner of|chief executive of|"
    r"ceo of|miner|giant|conglomerate|site|website|newspaper|broadcaster|the)\s+$",
    re.IGNORECASE,
)


def trim_name(surface: str, lexicon: Lexicon, kind: EntityType | None = None) -> tuple[int, int]:
    """Return start and end of the name in a tagged surface, without article, possessive and punctuation."""
    start, end = 0, len(surface)
    before = lexicon.leading_of_person if kind is EntityType.PERSON else lexicon.leading
    while (leading := before.match(surface[start:end])) and start + leading.end() < end:
        start += leading.end()
    after = _TRAILING if lexicon.language == ENGLISH else _WORLD_TRAILING
    while (trailing := after.search(surface, start, end)) and trailing.start() > start:
        if trailing[0] in _CLOSING and _CLOSING[trailing[0]] in surface[start:end]:
            break  # `Swedbank AB (publ)`
        # A full stop is kept: it is more often a part of the name (`D.C.`, `Jr.`) than the end of a sentence.
        end = trailing.start()
    suffix = lexicon.suffix.search(surface, start, end)
    return start, suffix.start() if suffix else end


def honorific_length(surface: str, lexicon: Lexicon) -> int:
    """Return how many characters at the end of a person's name are honorifics: `氏`, ` 대통령`, ` Bey`."""
    for length in range(min(MAX_HONORIFIC, len(surface) - 1), 0, -1):
        rest, honorific = surface[:-length], surface[-length:]
        if honorific.lower() not in lexicon.honorifics:
            continue
        if rest[-1].isspace():
            return len(surface) - len(rest.rstrip()) if rest.strip() else 0
        # In Korean, names end with the same syllables as short titles: `김태양`.
        if lexicon.unspaced or (is_run(honorific) and (length > 1 or honorific == KOREAN_HONORIFIC)):
            return length
    return 0


def may_be_name(surface: str) -> bool:
    """Whether the letters can be those of a name: one is a capital, where the script has capitals; or a domain."""
    return bool(_DOMAIN.match(surface)) or any(map(may_begin_name, surface))


def may_begin_name(character: str) -> bool:
    """Whether a name can begin with a character: with a capital, where the script has capitals."""
    return character.isupper() or (character.isalpha() and script_of_letter(character) not in CASED)


def skip_roles(surface: str, lexicon: Lexicon) -> int:
    """Return where a person's name begins after titles and offices; the length of the name if nothing else is left."""
    position = after_role = 0
    for word in re.finditer(r"\S+\s*", surface):
        plain = word[0].strip(" ,").lower()
        if plain in lexicon.regnal_titles and len(surface[word.end() :].split()) == 1:
            break  # `Pope Francis`: without the title a given name would be left
        is_quoted = lexicon.language != ENGLISH and plain in ENGLISH_TITLES
        if (
            is_quoted
            or _is_compound_office(plain, lexicon)
            or plain in lexicon.titles
            or plain in lexicon.offices
            or plain.strip(".") in lexicon.offices
        ):
            after_role = word.end()
        elif _is_demonym(plain, lexicon):
            continue
        elif plain not in lexicon.office_parts and plain not in ("of", "and", "for"):
            break
        position = word.end()
    is_only_role = position == len(surface) and after_role
    if not is_only_role:
        return after_role
    if lexicon.language == ENGLISH or " " in surface.strip():
        return len(surface)
    return 0  # `Richter`, `König` are surnames as well


def _is_compound_office(word: str, lexicon: Lexicon) -> bool:
    """Whether a word ends with an office, in a language that joins words: `Schulleiter`, `Polizeisprecher`."""
    if lexicon.language not in COMPOUNDING:
        return False
    return any(word[start:] in lexicon.offices for start in range(1, len(word) - MIN_OFFICE + 1))


def is_only_role(surface: str, kind: EntityType, lexicon: Lexicon) -> bool:
    """Whether a name is nothing but an office, a title or a legal form, in another language than English.

    A tagger marks those as organisations: `Bundeskanzler`, `Stuttgarter Oberbürgermeister`, `ПАО`. As a person's name,
    only a legal form is none: `Richter` is a surname, too.
    """
    if lexicon.language == ENGLISH:
        return False
    words = surface.lower().split()
    forms = lexicon.company_forms | lexicon.company_forms_before
    roles = forms if kind is EntityType.PERSON else lexicon.titles | lexicon.offices | forms
    parts = roles | lexicon.office_parts
    return bool(words) and words[-1] in roles and all(w in parts or _is_demonym(w, lexicon) for w in words[:-1])


def is_abbreviation_of_countries(surface: str, lexicon: Lexicon) -> bool:
    """Whether a name is only letters of countries (`中俄`), or one character in a language without spaces."""
    if len(surface) == 1:
        return lexicon.unspaced
    return bool(lexicon.country_letters) and all(letter in lexicon.country_letters for letter in surface)


def is_portfolio(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether `text[start:end]` is what an office before it is for: `Esteri` in `ministro degli Esteri`."""
    if text[start:end].lower() not in lexicon.portfolios:
        return False
    before = _LETTERS.findall(text[max(0, start - CONTEXT_CHARACTERS) : start])
    return any(word.lower() in lexicon.offices for word in before[-OFFICE_WORDS:])


def _is_demonym(word: str, lexicon: Lexicon) -> bool:
    """Whether a word may be a place's adjective: `Stuttgarter`. Before an office, it is no name."""
    return any(len(word) > len(end) + MIN_DEMONYM and word.endswith(end) for end in lexicon.demonym_endings)


def skip_demonym(surface: str, lexicon: Lexicon) -> int:
    """Return where a person's name begins after `Englishman` or `Swedish`; 0 where there is no such word."""
    demonym = _DEMONYM.match(surface) if lexicon.language == ENGLISH else None
    return demonym.end() if demonym else 0


def particle_length_before(text: str, lexicon: Lexicon) -> int:
    """Return how many characters at the end of a text are particles of a surname: `von der ` before `Leyen`.

    In other languages than English the particles are prepositions as well.
    """
    if lexicon.language != ENGLISH:
        return 0
    particles = lexicon.particles_before.search(text[-PARTICLE_CHARACTERS:])
    return len(particles[0]) if particles else 0


@lru_cache(maxsize=REMEMBERED_NAMES)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a person's name, without initials and without suffixes such as `Jr.`."""
    words = _MIDDLE_DOT.sub(" ", name.replace(".", ". ").replace("’", "'")).split()
    return tuple(word.strip(",") for word in words if not _is_initial(word) and not _SUFFIX.match(word))


def _is_initial(word: str) -> bool:
    """Whether a word is one letter of an alphabet; `习` is a surname."""
    return bool(_INITIAL.match(word)) and (word[0].isupper() or word[0].islower() or word[0].isdigit())


def is_run(name: str) -> bool:
    """Whether a person's name is one run of characters with the surname first, as in Chinese and Korean."""
    scripts = [script_of_letter(character) for character in name]
    return bool(scripts) and scripts[0] in (Script.HAN, Script.HANGUL) and all(one in RUN_SCRIPTS for one in scripts)


def surname(name: str, lexicon: Lexicon) -> str:
    """Return the last word of a person's name with the particles before it: `von der Leyen`."""
    words = name_words(name)
    first = len(words) - 1
    while first > 0 and _is_particle(words[first - 1], lexicon):
        first -= 1
    return " ".join(words[first:])


def is_full_name(name: str, lexicon: Lexicon) -> bool:
    """Whether a person's name has a given name before the surname."""
    words = name_words(name)
    return len(words) > 1 and not _is_particle(words[0], lexicon)


def _is_particle(word: str, lexicon: Lexicon) -> bool:
    return word in lexicon.particles or (word.lower() in lexicon.particles and len(word) > SHORT_PARTICLE)


def acronym(name: str) -> str:
    """Return the first letters of a name's capitalised words: DHS for Department of Homeland Security."""
    return "".join(word[0] for word in re.findall(r"[^\s\-]+", name) if word[:1].isupper())


def possible_acronyms(name: str, lexicon: Lexicon) -> set[str]:
    """Return possible acronyms of a name: the initials of capitalised words, of all words, of all but small ones."""
    words = _WORD.findall(name)
    large = large_words(name, lexicon)
    return {acronym(name), "".join(word[0] for word in words).upper(), "".join(word[0] for word in large).upper()}


def large_words(name: str, lexicon: Lexicon) -> list[str]:
    """Return the words of a name that its acronym has, in lower case."""
    return [word.lower() for word in _WORD.findall(name) if word.lower() not in lexicon.small_words]


def strip_company_form(name: str, lexicon: Lexicon) -> str:
    """Return a company's name without its legal form: `Pfizer` for `Pfizer Inc`."""
    words = name.split()
    while len(words) > 1 and words[-1].lower().strip(",") in lexicon.company_forms:
        words.pop()
    return " ".join(words).rstrip(",")


def type_by_words(surface: str, tagged: EntityType, lexicon: Lexicon) -> EntityType | None:
    """Return the type that a name's own words show, or else the tagged one; None if it is not a name."""
    lowered = surface.lower()
    if lowered in lexicon.not_names:
        return None
    if lowered in lexicon.places:
        return EntityType.PLACE
    if tagged is EntityType.PERSON and lowered.rpartition(" ")[2] in lexicon.not_names:
        return None  # `Tory MPs`
    if tagged is EntityType.ORGANISATION and (shown := _type_of_beginning(surface, lexicon)) is not None:
        return shown
    if tagged in NAME_TYPES and lowered in lexicon.brands:
        return EntityType.ORGANISATION
    return _type_of_last_word(lowered.split(), tagged, lexicon) if tagged in NAME_TYPES else tagged


def _ends_organisation(word: str, lexicon: Lexicon) -> bool:
    """Whether a word in lower case, or what it is a form of, ends like an organisation: `sverigedemokraternas`."""
    endings = tuple(lexicon.organisation_endings)
    return bool(endings) and any(form.endswith(endings) for form in (word, *dictionary_forms(word, lexicon.language)))


def _type_of_last_word(words: list[str], tagged: EntityType, lexicon: Lexicon) -> EntityType:
    if len(words) == 1 and _ends_organisation(words[0], lexicon):
        return EntityType.ORGANISATION
    last = words[-1] if len(words) > 1 else ""
    if last and words[0] in lexicon.organisation_beginnings:
        return EntityType.ORGANISATION
    is_club = last in lexicon.club_heads and (tagged is not EntityType.PLACE or last == CLUB_OF_PLACE)
    if is_club or last in lexicon.organisation_heads or last in lexicon.company_forms:
        return EntityType.ORGANISATION
    is_storm = tagged is EntityType.PERSON and len(words) == STORM_WORDS and words[0] in lexicon.event_beginnings
    if last in lexicon.event_heads or is_storm:
        return EntityType.EVENT
    return EntityType.PLACE if last in lexicon.place_heads else tagged


def is_ranked_person(surface: str, lexicon: Lexicon) -> bool:
    """Whether a name begins with two words for a rank, so that a person follows: `Maj Gen Tim Cross`."""
    words = [word.lower() for word in surface.split()]
    return (
        lexicon.language == ENGLISH
        and len(words) > RANK_WORDS
        and all(word in lexicon.offices or word in lexicon.office_parts for word in words[:RANK_WORDS])
        and words[RANK_WORDS - 1] in lexicon.offices
        and words[-1] not in lexicon.organisation_heads
        and words[RANK_WORDS] not in lexicon.small_words
    )


def _type_of_beginning(surface: str, lexicon: Lexicon) -> EntityType | None:
    """Return the type that the first words of what was tagged as an organisation show, or None."""
    if is_ranked_person(surface, lexicon) or _is_titled(surface.lower(), lexicon):
        return EntityType.PERSON
    return EntityType.PLACE if _is_state(surface, lexicon) else None


def _is_titled(lowered: str, lexicon: Lexicon) -> bool:
    """Whether a name in lower case is a title of one person and a surname: `lord sumption`."""
    first, _, rest = lowered.partition(" ")
    is_surname = rest.isalpha() and rest not in lexicon.organisation_heads and rest not in lexicon.offices
    return lexicon.language == ENGLISH and first in TITLES_OF_ONE and is_surname and lowered not in lexicon.brands


def _is_state(surface: str, lexicon: Lexicon) -> bool:
    """Whether a name is a state's in full: `Republic of Congo`."""
    state = _STATE.match(surface) if lexicon.language == ENGLISH else None
    return state is not None and any(c.entry.kind == "country" for c in candidates(surface[state.end() :]))


def is_index(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a name is an index of shares: `FTSE 100`. `Nikkei`, the newspaper, is none."""
    if text[start:end].lower() not in lexicon.indices:
        return False
    return _NEWSPAPER_AFTER.match(text[end : end + CONTEXT_CHARACTERS]) is None


def is_storm(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a name is a storm's by what it does: `Hurricane Ian hit Florida`. `Hurricane Electric` is a company."""
    words = text[start:end].lower().split()
    if len(words) != STORM_WORDS or words[0] not in lexicon.event_beginnings:
        return False
    before = text[max(0, start - CONTEXT_CHARACTERS) : start]
    return bool(_STORM_AFTER.match(text, end) or _STORM_BEFORE.search(before))


def is_mission(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a name with a number is a mission's or a machine's: `the Artemis II mission`."""
    if _NUMBERED.search(text[start:end]) is None:
        return False
    after = _WORD_AFTER.match(text, end)
    return after is not None and after[1] in lexicon.mission_nouns


def possessive(text: str, end: int) -> str:
    """Return the `'s` that follows a name, or nothing."""
    match = _POSSESSIVE.match(text, end)
    return match[0] if match else ""


def has_organisation_context(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether the words around `text[start:end]` are typical for companies, clubs and agencies."""
    if lexicon.language != ENGLISH:
        return False
    before, after = text[max(0, start - CONTEXT_CHARACTERS) : start], text[end : end + CONTEXT_CHARACTERS]
    if _PAIR_AFTER.match(after):
        return False  # `the Macron/Scholz talks`
    return bool(_ORGANISATION_AFTER.match(after) or _ORGANISATION_BEFORE.search(before))
