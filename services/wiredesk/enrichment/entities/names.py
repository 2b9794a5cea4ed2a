"""Rules for the words of a name: its borders, its parts, and the type that its words show."""

import re

from wiredesk.enrichment.entities.lexicon import word_list
from wiredesk.enrichment.entities.name_span import NAME_TYPES
from wiredesk_schemas import EntityType

# The lists are described in lexicon.toml.
TITLES = word_list("titles")
REGNAL_TITLES = word_list("regnal_titles")
OFFICES = word_list("offices")
OFFICE_PARTS = word_list("office_parts")
ABSTRACT_NOUNS = word_list("abstract_nouns")
COMPANY_FORMS = word_list("company_forms")
PARTICLES = word_list("particles")
SMALL_WORDS = word_list("small_words")
NOT_NAMES = word_list("not_names")
EVENT_HEADS = word_list("event_heads")
PLACE_HEADS = word_list("place_heads")
PLACES = word_list("places")
ORGANISATION_HEADS = word_list("organisation_heads") | COMPANY_FORMS

PARTICLE_CHARACTERS = 24
"""Number of characters before a name that are searched for particles: `von und zu der ` is the longest run."""

CONTEXT_CHARACTERS = 40
"""Number of characters on either side of a name that are searched for words for organisations."""

SHORT_PARTICLE = 2
"""Characters of a short particle. With a capital, it is a given name or begins a newspaper's name: `Al`, `El`."""

# Borders of a name within what a tagger marked.
_LEADING = re.compile(r"^(?:(?:the|The|a|A|an|An)\s+|[\s,;:|\"'“”‘’(\[-]+)")
_TRAILING = re.compile(r"(?:['’]s?|[\s,;:|\"“”‘(\[-]+)$")

# A nationality before a person's name: `Englishman`, `Swedish`.
_DEMONYM = re.compile(
    r"^(?:(?:English|French|Welsh|Irish|Dutch|Scots)(?:wo)?m[ae]n|[A-Z][a-z]+(?:ese|ish)|American|German|Italian|Russian"
    r"|Canadian|Australian|Belgian|Austrian|Norwegian|French|Dutch|Greek|Czech|Swiss|Indian|Brazilian|Mexican|Korean)\s+"
    r"(?=\S)"
)
_PARTICLES_BEFORE = re.compile(r"(?<=\s)(?:(?:al|bin|da|de|del|della|den|der|di|dos|du|el|la|le|ter|van|von) )+$")
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


def trim_name(surface: str) -> tuple[int, int]:
    """Return start and end of the name in a tagged surface, without article, possessive and punctuation."""
    start, end = 0, len(surface)
    while (leading := _LEADING.match(surface[start:end])) and start + leading.end() < end:
        start += leading.end()
    while (trailing := _TRAILING.search(surface, start, end)) and trailing.start() > start:
        # A full stop is kept: it is more often a part of the name (`D.C.`, `Jr.`) than the end of a sentence.
        end = trailing.start()
    return start, end


def skip_roles(surface: str) -> int:
    """Return where a person's name begins after titles and offices; the length of the name if nothing else is left."""
    position = after_role = 0
    for word in re.finditer(r"\S+\s*", surface):
        plain = word[0].strip(" ,").lower()
        if plain in REGNAL_TITLES and len(surface[word.end() :].split()) == 1:
            break  # `Pope Francis`: without the title a given name would be left
        if plain in TITLES or plain in OFFICES or plain.strip(".") in OFFICES:
            after_role = word.end()
        elif plain not in OFFICE_PARTS and plain not in ("of", "and", "for"):
            break
        position = word.end()
    return len(surface) if position == len(surface) and after_role else after_role


def skip_demonym(surface: str) -> int:
    """Return where a person's name begins after `Englishman` or `Swedish`; 0 where there is no such word."""
    demonym = _DEMONYM.match(surface)
    return demonym.end() if demonym else 0


def particle_length_before(text: str) -> int:
    """Return how many characters at the end of a text are particles of a surname: `von der ` before `Leyen`."""
    particles = _PARTICLES_BEFORE.search(text[-PARTICLE_CHARACTERS:])
    return len(particles[0]) if particles else 0


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a person's name, without initials and without suffixes such as `Jr.`."""
    words = name.replace(".", ". ").replace("’", "'").split()
    return tuple(word.strip(",") for word in words if not _INITIAL.match(word) and not _SUFFIX.match(word))


def surname(name: str) -> str:
    """Return the last word of a person's name with the particles before it: `von der Leyen`."""
    words = name_words(name)
    first = len(words) - 1
    while first > 0 and _is_particle(words[first - 1]):
        first -= 1
    return " ".join(words[first:])


def is_full_name(name: str) -> bool:
    """Whether a person's name has a given name before the surname."""
    words = name_words(name)
    return len(words) > 1 and not _is_particle(words[0])


def _is_particle(word: str) -> bool:
    return word in PARTICLES or (word.lower() in PARTICLES and len(word) > SHORT_PARTICLE)


def acronym(name: str) -> str:
    """Return the first letters of a name's capitalised words: DHS for Department of Homeland Security."""
    return "".join(word[0] for word in re.findall(r"[^\s\-]+", name) if word[:1].isupper())


def possible_acronyms(name: str) -> set[str]:
    """Return possible acronyms of a name: the initials of capitalised words, of all words, of all but small ones."""
    words = re.findall(r"[^\s-]+", name)
    large = [word for word in words if word.lower() not in SMALL_WORDS]
    return {acronym(name), "".join(word[0] for word in words).upper(), "".join(word[0] for word in large).upper()}


def strip_company_form(name: str) -> str:
    """Return a company's name without its legal form: `Pfizer` for `Pfizer Inc`."""
    words = name.split()
    while len(words) > 1 and words[-1].lower().strip(",") in COMPANY_FORMS:
        words.pop()
    return " ".join(words).rstrip(",")


def type_by_words(surface: str, tagged: EntityType) -> EntityType | None:
    """Return the type that a name's own words show, or else the tagged one; None if it is not a name."""
    lowered = surface.lower()
    if lowered in NOT_NAMES:
        return None
    if lowered in PLACES:
        return EntityType.PLACE
    words = lowered.split()
    if len(words) > 1 and tagged in NAME_TYPES:
        last = words[-1]
        if last in EVENT_HEADS:
            return EntityType.EVENT
        if last in PLACE_HEADS:
            return EntityType.PLACE
        if last in ORGANISATION_HEADS:
            return EntityType.ORGANISATION
    return tagged


def has_organisation_context(text: str, start: int, end: int) -> bool:
    """Whether the words around `text[start:end]` are typical for companies, clubs and agencies."""
    before, after = text[max(0, start - CONTEXT_CHARACTERS) : start], text[end : end + CONTEXT_CHARACTERS]
    return bool(_ORGANISATION_AFTER.match(after) or _ORGANISATION_BEFORE.search(before))
