"""What names are made of: titles and offices before them, company forms behind them."""

import re
from collections.abc import Iterable

from wiredesk.enrichment.entities.lexicon import words

TITLES = words("titles")
REGNAL = words("regnal")
OFFICES = words("offices")
OFFICE_PARTS = words("office_parts")
ABSTRACT = words("abstract")
COMPANY_FORMS = words("company_forms")
PARTICLES = words("particles")
SMALL = words("small")

_LEADING = re.compile(r"^(?:(?:the|The|a|A|an|An)\s+|[\s,;:|\"'“”‘’(\[-]+)")
_TRAILING = re.compile(r"(?:['’]s?|[\s,;:|\"“”‘(\[-]+)$")
_DEMONYM = re.compile(
    r"^(?:(?:English|French|Welsh|Irish|Dutch|Scots)(?:wo)?m[ae]n|[A-Z][a-z]+(?:ese|ish)|American|German|Italian|Russian"
    r"|Canadian|Australian|Belgian|Austrian|Norwegian|French|Dutch|Greek|Czech|Swiss|Indian|Brazilian|Mexican|Korean)\s+"
    r"(?=\S)"
)
_PARTICLES_BEFORE = re.compile(r"(?<=\s)(?:(?:al|bin|da|de|del|della|den|der|di|dos|du|el|la|le|ter|van|von) )+$")
_INITIAL = re.compile(r"^\w\.?$")
_SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV)\.?$")


def trimmed(surface: str) -> tuple[int, int]:
    """Return begin and end of the name within a tagged surface: without article, possessive, and punctuation."""
    start, end = 0, len(surface)
    while (leading := _LEADING.match(surface[start:end])) and start + leading.end() < end:
        start += leading.end()
    while (trailing := _TRAILING.search(surface, start, end)) and trailing.start() > start:
        # A full stop stays: it belongs to `D.C.` and `Jr.` more often than it ends a sentence within a name.
        end = trailing.start()
    return start, end


def without_roles(surface: str) -> int:
    """Return where a person's name begins behind titles and offices: at the end, where there is nothing else."""
    position = behind = 0
    for word in re.finditer(r"\S+\s*", surface):
        plain = word[0].strip(" ,").lower()
        if plain in REGNAL and len(surface[word.end() :].split()) == 1:
            break  # `Pope Francis`: what remains would be a given name
        if plain in TITLES or plain in OFFICES or plain.strip(".") in OFFICES:
            behind = word.end()
        elif plain not in OFFICE_PARTS and plain not in ("of", "and", "for"):
            break
        position = word.end()
    return len(surface) if position == len(surface) and behind else behind


def without_demonym(surface: str) -> int:
    """Return where a person's name begins behind `Englishman`, `Swedish`: 0 where there is none."""
    found = _DEMONYM.match(surface)
    return found.end() if found else 0


def particles_before(text: str) -> int:
    """Return how many characters of particles end a text, before a surname: `von der ` before `Leyen`."""
    found = _PARTICLES_BEFORE.search(text[-24:])
    return len(found[0]) if found else 0


def parts(name: str) -> tuple[str, ...]:
    """Return the words of a person's name, without initials and without what follows the surname."""
    words = name.replace(".", ". ").replace("’", "'").split()
    return tuple(word.strip(",") for word in words if not _INITIAL.match(word) and not _SUFFIX.match(word))


def surname(name: str) -> str:
    """Return the last word of a person's name, with the particles before it: `von der Leyen`."""
    said = parts(name)
    first = len(said) - 1
    while first > 0 and _is_particle(said[first - 1]):
        first -= 1
    return " ".join(said[first:])


def is_full(name: str) -> bool:
    """Whether a person's name has a given name before the surname."""
    said = parts(name)
    return len(said) > 1 and not _is_particle(said[0])


def _is_particle(word: str) -> bool:
    # `Al` and `El` with a capital are given names, or the beginning of a newspaper's.
    return word in PARTICLES or (word.lower() in PARTICLES and len(word) > 2)  # noqa: PLR2004 - as the comment says


def acronym(name: str) -> str:
    """Return the capitals that abbreviate a name: DHS of the Department of Homeland Security."""
    return "".join(word[0] for word in re.findall(r"[^\s\-]+", name) if word[:1].isupper())


def initials(name: str) -> set[str]:
    """Return what may abbreviate a name: its capitals, the first letters of all its words, of all but small ones."""
    words = re.findall(r"[^\s-]+", name)
    large = [word for word in words if word.lower() not in SMALL]
    return {acronym(name), "".join(word[0] for word in words).upper(), "".join(word[0] for word in large).upper()}


def without_company_form(name: str) -> str:
    """Return a company's name as it is said again: `Pfizer` of `Pfizer Inc`."""
    words = name.split()
    while len(words) > 1 and words[-1].lower().strip(",") in COMPANY_FORMS:
        words.pop()
    return " ".join(words).rstrip(",")


def longest_first(forms: Iterable[str]) -> list[str]:
    """Return forms in the order in which a pattern must try them."""
    return sorted(forms, key=lambda form: (-len(form), form))
