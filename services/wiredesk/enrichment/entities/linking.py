"""Linking: what each entity of an article means in the gazetteer, decided by what the article says.

A name that can mean several things is linked where the text decides between them: by what stands beside it (`Perth,
Scotland`, `Brazil's Para state`, `Congo river`) or by the countries and regions that the article names elsewhere. Where
nothing decides, the most prominent one is meant if it outweighs all others by far, and nothing else.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wiredesk.enrichment.entities.gazetteer import (
    NEEDS_COUNTRY,
    Candidate,
    GazetteerEntry,
    candidates,
    dominant,
    lookup,
    without_regions_of_cities,
)
from wiredesk.enrichment.entities.inflection import dictionary_forms
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.entities.region_of_city import region_of_city_before
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

CONTEXT_CHARACTERS = 60
"""Number of characters on either side of a name that are searched for what tells which place it is."""

NAMED_COUNTRY_FACTOR = 10.0
"""Factor on a candidate's weight if the article names its country, or its people."""

MAIN_COUNTRY_FACTOR = 3.0
"""Further factor if the article names that country more often than all others together."""

NEIGHBOUR_FACTOR = 20.0
"""Factor if the article names another place of the candidate's country (for a country) or region (for others)."""

MIN_TITLE_CASE_CHARACTERS = 4
"""Minimum characters of a name in capitals that is looked up in ordinary case: `PARIS`. Shorter ones are acronyms."""

MIN_PROMINENCE = 100_000
"""Minimum prominence of a city that is meant without any evidence: many villages and people have names of towns."""

MIN_POSSIBLE_NEIGHBOURS = 2
"""Minimum number of names that can be cities of a region, for evidence that they are."""

BODIES = (EntityType.PERSON, EntityType.ORGANISATION)
"""Types of what belongs to a country without lying in it."""

POLITICS = "politics"
"""What a text must be about, or an office that it must state, for a name to be an official's."""

FOOTBALL = "football"
"""What a text must be about, for a common name to be a footballer's."""

COUNTRY, REGION, CITY, AREA = "country", "region", "city", "area"

NATURE = frozenset({"river", "forest"})
"""Kinds of places that a company's name cannot be followed by."""

# What follows a name and says which one it is: `, Ontario`, `, a town in Scotland`, ` (Ontario)`, ` in England`.
_STATED_AFTER = re.compile(
    r"^(?:,\s+|\s+\()((?:[A-Z][\w.'’-]*)(?:\s[A-Z][\w.'’-]*){0,3})"
    r"|^,\s+(?:an?|the)\s(?:[\w-]{1,20}\s){1,4}?(?:in|of)\s(?:the\s)?((?:[A-Z][\w.'’-]*)(?:\s[A-Z][\w.'’-]*){0,3})"
)
_HINTED_AFTER = re.compile(r"^\s+in\s(?:the\s)?((?:[A-Z][\w.'’-]*)(?:\s[A-Z][\w.'’-]*){0,3})")
_HINTED_BEFORE = re.compile(
    r"((?:[A-Z][\w.'’-]*\s){0,2}[A-Z][\w.-]*)(?:['’]s\s(?:[a-z]\w{1,20}\s){0,3}|"
    r"\s(?:city|town|village|port|state|province|region|resort|suburb|capital)\sof\s)$"
)
# `-In` of `Moon Jae-In`, which the gazetteer has as `Moon Jae-in`.
_CAPITAL_SYLLABLE = re.compile(r"-[A-Z](?=[a-z]{1,5}\b)")
_JOINS_UNION = re.compile(
    r"^ (?:has |had |have |will |would )?(?:(?:applied|applies|apply) (?:to join|for membership)"
    r"|(?:joined|joins|join|left|leaves|leave) (?:the )?(?:EU|European Union|NATO|Nato|UN|United Nations|WTO)\b)"
)
_NATION_BEFORE = re.compile(r"([A-Z][\w.-]*(?: [A-Z][\w.-]*)?)(?:['’]s)? $")
_KIND_AFTER = re.compile(
    r"^\s(?:(?P<region>[Ss]tates?|[Pp]rovinces?|[Pp]refecture|[Rr]egion|oblast|Oblast)|(?P<river>[Rr]iver|basin|delta)"
    r"|(?P<forest>rainforest|Rainforest|jungle|forest|fires|wildfires|deforestation)|(?P<city>[Cc]ity)"
    r"|(?P<other>[Cc]ounty|[Ll]ake|[Vv]alley|[Cc]reek|Heights|[Bb]ay|[Bb]each|[Hh]ills?|Springs|Park|Island))\b"
)
_KIND_BEFORE = re.compile(
    r"\b(?:(?P<region>[Ss]tate|[Pp]rovince|[Rr]egion)\sof|(?P<city>[Cc]ity|town|port|village)\sof|(?P<river>[Rr]iver)"
    r"|(?P<country>[Rr]epublic\sof|country\sof|nation\sof)|(?P<other>Lake|Mount|Fort|Lower|Upper|County))\s$"
)
_NAME_ENDS = re.compile(r"(?:^|[a-z,] )(?:[Tt]he )?(?!The )[A-Z][\w’'-]* $")
_STATES = {
    "Ala": "AL", "Ariz": "AZ", "Ark": "AR", "Calif": "CA", "Colo": "CO", "Conn": "CT", "Del": "DE", "Fla": "FL",
    "Ga": "GA", "Ill": "IL", "Ind": "IN", "Kan": "KS", "Ky": "KY", "La": "LA", "Md": "MD", "Mass": "MA", "Mich": "MI",
    "Minn": "MN", "Miss": "MS", "Mo": "MO", "Mont": "MT", "Neb": "NE", "Nev": "NV", "NH": "NH", "NJ": "NJ", "NM": "NM",
    "NY": "NY", "NC": "NC", "ND": "ND", "Okla": "OK", "Ore": "OR", "Pa": "PA", "RI": "RI", "SC": "SC", "SD": "SD",
    "Tenn": "TN", "Tex": "TX", "Vt": "VT", "Va": "VA", "Wash": "WA", "WVa": "WV", "Wis": "WI", "Wyo": "WY", "AL": "AL",
    "AK": "AK", "AZ": "AZ", "CA": "CA", "CO": "CO", "CT": "CT", "FL": "FL", "GA": "GA", "IL": "IL", "KS": "KS",
    "KY": "KY", "MD": "MD", "MI": "MI", "MN": "MN", "MO": "MO", "MT": "MT", "NE": "NE", "NV": "NV", "OH": "OH",
    "PA": "PA", "TN": "TN", "TX": "TX", "UT": "UT", "VT": "VT", "VA": "VA", "WA": "WA", "WI": "WI", "WV": "WV",
    "WY": "WY",
}  # fmt: skip
"""States of the US by their abbreviations, without full stops."""

type Area = tuple[str, str]
"""Country and, if it is one, region within it."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A name of a place, or a nationality, as evidence for what other names mean.

    Attributes:
        surface: the name, which is no evidence for itself.
        count: number of its mentions.
        country: that it is in, or is.
        region: that it is in, or is; empty where it is a country or not known.
        is_inside: whether it is a place within the country, not the country itself.
        is_body: whether it is a person or an organisation of the country. What it does may lie anywhere.
    """

    surface: str
    count: int
    country: str
    region: str
    is_inside: bool
    is_body: bool = False


class Evidence:
    """The places that an article names, as far as it is known what they are.

    Args:
        namings: of the article.
        possible: regions that cities of a name can be in, by name.
    """

    def __init__(self, namings: Sequence[Naming], possible: Mapping[str, frozenset[Area]]) -> None:
        self._namings = namings
        self._possible = possible

    def countries(self, without: str) -> Counter[str]:
        """Return how often the article names each country, its people and its places, but for one name."""
        counts: Counter[str] = Counter()
        for naming in self._namings:
            if naming.surface != without and not naming.is_body:
                counts[naming.country] += naming.count
        return counts

    def main_nation(self, without: str) -> str:
        """Return the country that is named more often than all others, by its people and bodies too; or nothing."""
        counts: Counter[str] = Counter()
        for naming in self._namings:
            if naming.surface != without:
                counts[naming.country] += naming.count
        main = max(counts, key=lambda country: counts[country], default="")
        return main if 2 * counts[main] > counts.total() else ""

    def has_place_in(self, country: str, region: str, without: str) -> bool:
        """Whether the article names a place in a country or region, or two names that can both be places there."""
        is_named = any(
            naming.surface != without
            and naming.is_inside
            and naming.country == country
            and (not region or naming.region == region)
            for naming in self._namings
        )
        if is_named or not region:
            return is_named
        names = [name for name, areas in self._possible.items() if name != without and (country, region) in areas]
        return len(names) >= MIN_POSSIBLE_NEIGHBOURS


@dataclass(frozen=True, slots=True)
class Link:
    """What an entity means.

    Attributes:
        entry: in the gazetteer.
        name: of the entity: the gazetteer's in English, else the dictionary form of the article's.
    """

    entry: GazetteerEntry
    name: str


class Linker:
    """Links the entities of one article.

    Args:
        mentions: of the article.
    """

    def __init__(self, mentions: Sequence[NameSpan]) -> None:
        self._people = {span.surface for span in mentions if span.type is EntityType.PERSON and " " in span.surface}
        self._evidence = _gather(mentions)
        # What the first look decided is evidence for the second: `Macon` and `Athens` make `Georgia` the state, and
        # that the state makes `Athens` its city.
        decided = self._decided(mentions)
        self._evidence = _gather(mentions, decided)

    def _decided(self, mentions: Sequence[NameSpan]) -> dict[str, GazetteerEntry | None]:
        """Return what each name of a place means, by name."""
        spans: defaultdict[str, list[NameSpan]] = defaultdict(list)
        for span in mentions:
            if span.type is EntityType.PLACE:
                spans[span.surface].append(span)
        decided = {}
        for surface, of_name in spans.items():
            form, meanings = _find(surface, EntityType.PLACE, of_name[0].field.language or ENGLISH)
            decided[surface] = self._decide(of_name, form, meanings) if meanings else None
        return decided

    def parted(self, cluster: Sequence[NameSpan]) -> list[Sequence[NameSpan]]:
        """Return the mentions of a place, separately where the text says that they are different ones.

        `Cambridge, Ontario` is not `Cambridge, Massachusetts`. A mention of which nothing is stated is the usual one,
        if it is among them, or else the one before.
        """
        stated = [self._stated(span) for span in cluster]
        if len({entry for entry in stated if entry is not None}) < 2:  # noqa: PLR2004 - two places
            return [cluster]
        parts: dict[GazetteerEntry, list[NameSpan]] = {entry: [] for entry in stated if entry is not None}
        latest = next(iter(parts))
        for span, entry in zip(cluster, stated, strict=True):
            usual = lookup(span.surface, span.type, span.field.language or ENGLISH)
            latest = entry or (usual if usual in parts and usual is not None else latest)
            parts[latest].append(span)
        return list(parts.values())

    def _stated(self, span: NameSpan) -> GazetteerEntry | None:
        """Return the place that a mention's words, or those beside it, say that it is; None where they do not."""
        if span.type is not EntityType.PLACE or span.field.language != ENGLISH:
            return None
        form, meanings = _find(span.surface, span.type, ENGLISH)
        if len(meanings) == 1 or (meanings and (_stated_kind(span) or _stated_areas(span))):
            return self._decide([span], form, meanings)
        return None

    def link(self, cluster: Sequence[NameSpan], role: str | None) -> Link | None:
        """Return what a cluster of mentions is certain to mean, or None.

        A surname alone is not linked. Neither is a place that the text puts elsewhere than any that the gazetteer has
        (`Berlin, Ohio`), nor a person with a common name of whom the article states no office.
        """
        surfaces = Counter(span.surface for span in cluster)
        is_person = cluster[0].type is EntityType.PERSON

        def order(name: str) -> tuple[int, int, int, str]:
            return -len(name.split()) if is_person else 0, -surfaces[name], -len(name), name

        for surface in sorted(surfaces, key=order):
            span = next(span for span in cluster if span.surface == surface)
            language = span.field.language or ENGLISH
            form, meanings = _find(surface, span.type, language)
            if not meanings:
                continue
            entry = (
                self._decide(cluster, form, meanings)
                if span.type is EntityType.PLACE
                else self._known(cluster, form, meanings)
            )
            if entry is None or (entry.needs == "role" and role is None):
                return None
            if entry.needs == POLITICS and role is None and not self._is_about_politics(entry, surfaces):
                return None
            if entry.needs == FOOTBALL and not self._is_about_football(surfaces):
                return None
            if span.type is EntityType.ORGANISATION and any(_stated_kind(s) in NATURE for s in cluster):
                return None  # `Amazon fires`
            return Link(entry, entry.name if language == ENGLISH else form)
        return None

    def _is_about_politics(self, entry: GazetteerEntry, surfaces: Container[str]) -> bool:
        """Whether the article names a politician of the same country whom everybody knows, besides these names."""
        entries = (lookup(name, EntityType.PERSON) for name in self._people if name not in surfaces)
        return any(one is not None and one.country == entry.country and not one.needs for one in entries)

    def _is_about_football(self, surfaces: Container[str]) -> bool:
        """Whether the article names a footballer whose name nobody shares, besides one of these names."""
        entries = (lookup(name, EntityType.PERSON) for name in self._people if name not in surfaces)
        return any(entry is not None and entry.kind == "footballer" and not entry.needs for entry in entries)

    def _known(self, cluster: Sequence[NameSpan], form: str, meanings: Sequence[Candidate]) -> GazetteerEntry | None:
        """Return the person or organisation of a name."""
        if meanings[0].entry.type is EntityType.PERSON and _is_single_word(form):
            return None
        needed = [c for c in meanings if not c.entry.needs.startswith(NEEDS_COUNTRY)]
        stated = next((country for span in cluster if (country := _country_before(span))), None)
        nation = stated or self._evidence.main_nation(without=form)
        national = [c for c in meanings if c.entry.needs == f"{NEEDS_COUNTRY}{nation}"]
        return dominant(national or needed)

    def _decide(self, cluster: Sequence[NameSpan], form: str, meanings: Sequence[Candidate]) -> GazetteerEntry | None:
        """Return the place that is meant."""
        for span in cluster:
            kind = _stated_kind(span)
            if kind == "other":
                return None
            if kind:
                meanings = [c for c in meanings if c.entry.kind == kind] or _of_kind(form, kind)
                if not meanings:
                    return None
        is_country = any(c.entry.kind in (COUNTRY, AREA) and c.own_name for c in meanings)
        for span in cluster:
            stated = _stated_areas(span)
            within = [c for c in meanings if any(_is_within(c.entry, area) for area in stated)]
            if stated and not within and not is_country:
                return None
            if region := region_of_city_before(span, meanings):
                return region
            areas = stated or _hinted_areas(span)
            within = [c for c in meanings if any(_is_within(c.entry, area) for area in areas)]
            if within:
                return dominant(without_regions_of_cities(within))
        return self._most_likely(meanings, cluster[0].surface)

    def _most_likely(self, meanings: Sequence[Candidate], surface: str) -> GazetteerEntry | None:
        """Return the candidate that outweighs all others, with what the article names elsewhere."""
        countries = self._evidence.countries(without=surface)
        weighed = []
        for candidate in without_regions_of_cities(meanings):
            factor = self._factor(candidate.entry, surface, countries)
            weighed.append(replace(candidate, weight=candidate.weight * factor))
        entry = dominant(sorted(weighed, key=lambda candidate: -candidate.weight))
        if entry is None or entry.kind != CITY or entry.prominence >= MIN_PROMINENCE:
            return entry
        return entry if self._factor(entry, surface, countries) > 1 else None

    def _factor(self, entry: GazetteerEntry, surface: str, countries: Counter[str]) -> float:
        """Return how much more likely a place is, by what the article names beside it."""
        country = entry.country or ""
        if entry.kind == COUNTRY:
            return NEIGHBOUR_FACTOR if self._evidence.has_place_in(country, "", surface) else 1.0
        factor = 1.0
        if countries[country]:
            factor *= NAMED_COUNTRY_FACTOR
            if 2 * countries[country] > countries.total():
                factor *= MAIN_COUNTRY_FACTOR
        if entry.region and self._evidence.has_place_in(country, entry.region, surface):
            factor *= NEIGHBOUR_FACTOR
        return factor


def _gather(mentions: Iterable[NameSpan], decided: Mapping[str, GazetteerEntry | None] | None = None) -> Evidence:
    """Return the evidence of an article.

    Args:
        mentions: of the article.
        decided: what names mean; without it, those are evidence that mean one thing in any text.
    """
    counts: Counter[tuple[str, EntityType, str]] = Counter(
        (span.surface, span.type, span.field.language or ENGLISH) for span in mentions
    )
    namings, possible = [], {}
    for (surface, kind, language), count in counts.items():
        if kind is EntityType.NATIONALITY:
            country = demonym_country(surface, language)
            if country:
                namings.append(Naming(surface, count, country, "", is_inside=False))
        elif kind is EntityType.PLACE:
            meanings = [c for c in _find(surface, kind, language)[1] if c.own_name]
            possible[surface] = frozenset(
                (c.entry.country or "", c.entry.region) for c in meanings if c.entry.kind == CITY and c.entry.region
            )
            entry = dominant(meanings) if decided is None else decided.get(surface)
            if entry is not None and entry.country:
                is_inside = entry.kind in (CITY, REGION)
                namings.append(Naming(surface, count, entry.country, entry.region, is_inside))
        elif kind in BODIES:
            entry = lookup(surface, kind, language)
            if entry is not None and entry.country and not entry.needs:
                namings.append(Naming(surface, count, entry.country, "", is_inside=False, is_body=True))
    return Evidence(namings, possible)


def demonym_country(word: str, language: str) -> str | None:
    """Return the country whose people or things a word is for (`Argentine`), or None."""
    return next((c.entry.country for c in candidates(f"@{word}", language)), None)


def _forms(surface: str, kind: EntityType) -> list[str]:
    """Return how the gazetteer may write a name."""
    forms = [surface]
    if surface.isupper() and len(surface) >= MIN_TITLE_CASE_CHARACTERS:
        forms.append(surface.title())
    if kind is EntityType.PERSON and _CAPITAL_SYLLABLE.search(surface):
        forms.append(_CAPITAL_SYLLABLE.sub(lambda syllable: syllable[0].lower(), surface))
    return forms


def _find(surface: str, kind: EntityType, language: str) -> tuple[str, list[Candidate]]:
    """Return the form under which the gazetteer has a name, and what it can mean."""
    forms = _forms(surface, kind)
    alternates: tuple[str, list[Candidate]] | None = None
    for form in forms:
        meanings = [c for c in candidates(form, language) if c.entry.type is kind]
        if any(c.own_name for c in meanings):
            return form, meanings
        if meanings and alternates is None:
            alternates = form, meanings
    for form in dictionary_forms(forms[-1], language):
        meanings = [c for c in candidates(form, language) if c.entry.type is kind]
        if any(c.own_name for c in meanings):
            return form, [c for c in meanings if c.own_name]
        if meanings and alternates is None and not form.isascii():
            alternates = form, meanings
    if alternates is None and kind is EntityType.ORGANISATION and language == ENGLISH:
        return surface, _national_body(surface)
    if alternates is not None:
        return alternates
    return surface, []


def _country_before(span: NameSpan) -> str | None:
    """Return the country that stands directly before a name: `Japan's Finance Ministry`."""
    before = _NATION_BEFORE.search(span.field.text[max(0, span.start - CONTEXT_CHARACTERS) : span.start])
    if before is None or span.field.language != ENGLISH:
        return None
    return _nation(before[1]) or _nation(before[1].rpartition(" ")[2])


def _nation(name: str) -> str | None:
    """Return the country of its name, or of a word for its people."""
    entry = next((c.entry for c in candidates(name) if c.entry.kind == COUNTRY and c.own_name), None)
    return entry.country if entry is not None else demonym_country(name, ENGLISH)


def _national_body(surface: str) -> list[Candidate]:
    """Return what a name with a nationality before it means: `Russian Health Ministry`, `UK Treasury`."""
    nation, _, rest = surface.partition(" ")
    country = _nation(nation)
    if not rest or country is None:
        return []
    needs = f"{NEEDS_COUNTRY}{country}"
    return [replace(c, entry=replace(c.entry, needs="")) for c in candidates(rest) if c.entry.needs == needs]


def _is_single_word(name: str) -> bool:
    """Whether a name of a person is a single word, in a script that separates words."""
    return name.isascii() and " " not in name


def _of_kind(form: str, kind: str) -> list[Candidate]:
    """Return rivers and forests of a name: `Congo River`."""
    for name in (f"{form} {kind.title()}", f"{form} {kind}", f"{form} rainforest"):
        meanings = [c for c in candidates(name) if c.entry.kind == kind]
        if meanings:
            return meanings
    return []


def _stated_kind(span: NameSpan) -> str | None:
    """Return what the words beside a place's name say that it is; None where they say nothing."""
    text = span.field.text
    after = _KIND_AFTER.match(text[span.end : span.end + CONTEXT_CHARACTERS])
    before = _KIND_BEFORE.search(text[max(0, span.start - CONTEXT_CHARACTERS) : span.start])
    if before and _NAME_ENDS.search(text, max(0, span.start - CONTEXT_CHARACTERS), span.start - len(before[0])):
        before = None  # `the Rakhine state of Myanmar`
    match = after or before
    if match is None and _JOINS_UNION.match(text[span.end : span.end + CONTEXT_CHARACTERS]):
        return COUNTRY
    return match.lastgroup if match else None


def _stated_areas(span: NameSpan) -> list[Area]:
    """Return the countries and regions that the text says a place lies in."""
    match = _STATED_AFTER.match(span.field.text[span.end : span.end + CONTEXT_CHARACTERS])
    return _areas_of(match[1] or match[2]) if match else []


def _hinted_areas(span: NameSpan) -> list[Area]:
    """Return the countries and regions beside a place's name that it probably lies in."""
    text = span.field.text
    after = _HINTED_AFTER.match(text[span.end : span.end + CONTEXT_CHARACTERS])
    before = _HINTED_BEFORE.search(text[max(0, span.start - CONTEXT_CHARACTERS) : span.start])
    return [area for match in (after, before) if match for area in _areas_of(match[1])]


def _areas_of(words: str) -> list[Area]:
    """Return the countries and regions that the longest beginning of some words means."""
    parts = words.rstrip(".,").split()
    for count in range(len(parts), 0, -1):
        name = " ".join(parts[:count]).rstrip(".,").removesuffix("'s").removesuffix("’s")
        if name.replace(".", "") in _STATES and count == 1:
            return [("US", _STATES[name.replace(".", "")])]
        meanings = [c.entry for c in candidates(name) if c.entry.kind in (COUNTRY, REGION) and c.own_name]
        if meanings:
            return [(entry.country or "", entry.region if entry.kind == REGION else "") for entry in meanings]
    return []


def _is_within(entry: GazetteerEntry, area: Area) -> bool:
    """Whether an entry is within an area, of which it is not the whole."""
    country, region = area
    if entry.kind == COUNTRY or entry.country != country:
        return False
    return not region or (entry.region == region and entry.kind != REGION)
