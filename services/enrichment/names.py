"""What names are made of: the words around and within them, and the names of the well-known.

Lists are short on purpose: each entry mends an error that was seen, or is certain to come.
"""

import re
from dataclasses import dataclass

from schemas import EntityType

ROLES = frozenset(
    """
    ambassador attorney attorneys cardinal chairman chairwoman chancellor chief coach colonel
    commissioner congressman congresswoman correspondent councillor councilor deputy director dr editor
    first general governor judge justice king lady lieutenant lord madam major mayor minister mr mrs ms
    officer police pope premier president prime prince princess prof professor queen rep representative
    reporter sen senator sergeant secretary sheriff sir spokesman spokesperson spokeswoman state vice
    """.split()  # noqa: SIM905 - a list of words reads best as one
)
"""Words of titles and offices. A person's name does not consist of them, nor begin with them."""

ABSTRACT_OFFICES = frozenset({"state", "public security", "foreign", "defense", "defence", "interior"})
"""What a tagger takes for an organisation in `State Councilor`, `Public Security Minister`, `Foreign Secretary`."""

_LEADING_ARTICLE = re.compile(r"^(?:the|The|a|A)\s+")
_TRAILING = re.compile(r"(?:['’]s?|['’]|[\s,;:|\"“”-]+)$")
_INITIAL = re.compile(r"^\w\.?$")


@dataclass(frozen=True, slots=True)
class WellKnown:
    """A name that goes by several forms.

    Attributes:
        wikidata: its item.
    """

    name: str
    type: EntityType
    wikidata: str


_PLACES = {
    "United States": ("Q30", "US", "U.S.", "USA", "U.S.A.", "United States of America", "America"),
    "United Kingdom": ("Q145", "UK", "U.K.", "Britain", "Great Britain"),
    "United Arab Emirates": ("Q878", "UAE", "U.A.E."),
    "China": ("Q148", "PRC", "People's Republic of China"),
    "South Korea": ("Q884", "Republic of Korea", "ROK"),
    "North Korea": ("Q423", "DPRK", "Democratic People's Republic of Korea"),
    "Russia": ("Q159", "Russian Federation"),
    "Germany": ("Q183", "Federal Republic of Germany"),
    "France": ("Q142", "French Republic"),
    "Japan": ("Q17",),
    "India": ("Q668",),
    "Washington": ("Q61", "Washington, D.C.", "Washington D.C.", "Washington DC", "Washington, DC"),
    "Paris": ("Q90",),
    "London": ("Q84",),
    "Beijing": ("Q956", "Peking"),
    "Moscow": ("Q649",),
    "Berlin": ("Q64",),
    "Tokyo": ("Q1490",),
}
_ORGANISATIONS = {
    "United Nations": ("Q1065", "UN", "U.N."),
    "European Union": ("Q458", "EU", "E.U."),
    "NATO": ("Q7184", "North Atlantic Treaty Organization", "Nato"),
    "World Health Organization": ("Q7817", "WHO"),
    "International Monetary Fund": ("Q7804", "IMF"),
    "World Trade Organization": ("Q7825", "WTO"),
    "Federal Bureau of Investigation": ("Q8333", "FBI"),
    "European Central Bank": ("Q8901", "ECB"),
}

WELL_KNOWN: dict[str, WellKnown] = {
    form: WellKnown(name, kind, wikidata)
    for kind, table in ((EntityType.PLACE, _PLACES), (EntityType.ORGANISATION, _ORGANISATIONS))
    for name, (wikidata, *aliases) in table.items()
    for form in (name, *aliases)
}
"""By each of their forms, as written: `US` is a country, `us` is not. Wikidata's items, of 2024 and before (CC0)."""


def well_known(surface: str, kind: EntityType) -> WellKnown | None:
    """Return the well-known place or organisation of that name, unless the name is somebody's here."""
    known = WELL_KNOWN.get(surface)
    return known if known is not None and kind is not EntityType.PERSON else None


def trimmed(surface: str) -> tuple[int, int]:
    """Return begin and end of the name within a tagged surface: without article, possessive, and punctuation."""
    start = 0
    article = _LEADING_ARTICLE.match(surface)
    if article and len(surface) > article.end():
        start = article.end()
    end = len(surface)
    while (trailing := _TRAILING.search(surface, start, end)) and trailing.start() > start:
        # A full stop stays: it belongs to `D.C.` and `Jr.` more often than it ends a sentence within a name.
        end = trailing.start()
    return start, end


def without_roles(surface: str) -> int:
    """Return where a person's name begins behind titles and offices: at the end, where there is nothing else."""
    position = 0
    for word in re.finditer(r"\S+\s*", surface):
        if word[0].strip(" .,").lower() not in ROLES:
            return position
        position = word.end()
    return len(surface)


def parts(name: str) -> tuple[str, ...]:
    """Return the words of a person's name without initials."""
    return tuple(word for word in name.replace(".", ". ").split() if not _INITIAL.match(word))


def acronym(name: str) -> str:
    """Return the capitals that abbreviate a name: DHS of the Department of Homeland Security."""
    return "".join(word[0] for word in name.split() if word[:1].isupper())
