"""Linking: ids of Wikidata compared with the titles of Wikipedia that GUM's annotators chose, and with our own cases.

**Linkable** is a mention of a person, an organisation or a place that has a title and is a name (see
`datasets.wikinews_stories`), except a national team that is called by its country's name: the country's id is a
metonym there, and neither right nor wrong. It is **linked** where enrichment found it with exactly its borders and its
entity has an id. The id is **right** where the entity's name is the title, or `TITLES` has the id for the title.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from urllib.parse import unquote

from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.entities.name_span import NAME_TYPES
from wiredesk_schemas import EnrichedArticle, Entity, EntityType

from .articles import text_article
from .clusters import MentionPlace, Story

TITLES = {
    "Agence_France-Presse": "Q40464",
    "American_Revolutionary_War": "Q40949",
    "Genova": "Q1449",
    "FIFA": "Q253414",
    "HuffPost": "Q1128581",
    "John_Kerry": "Q22316",
    "Masjid_al-Haram": "Q173003",
    "Massachusetts_Institute_of_Technology": "Q49108",
    "Myanmar": "Q836",
    "The_Walt_Disney_Company": "Q7414",
    "United_Kingdom": "Q145",
    "United_Nations": "Q1065",
    "United_States": "Q30",
    "United_States_Department_of_Agriculture": "Q501542",
    "United_States_Department_of_Homeland_Security": "Q11231",
    "United_States_Department_of_State": "Q789915",
    "United_States_Environmental_Protection_Agency": "Q460173",
    "United_States_National_Security_Council": "Q1130398",
    "United_States_Navy": "Q11220",
    "Washington,_D.C.": "Q61",
}
"""Ids of titles that are not the usual English name, or that two things share."""

CASES = Path(__file__).with_name("name_cases.jsonl")
"""Sentences with a name that could be many things, and which id is right."""

MAX_DISTANCE = 0.5
"""Degrees that a place's coordinates may be from those of a case."""

_TEAM = re.compile(r"_national_(?:\w+_)?team$")


def is_linkable(title: str) -> bool:
    """Whether a mention with this title of Wikipedia is expected to be linked."""
    return not _TEAM.search(title)


def is_right(title: str, entity: Entity) -> bool:
    """Whether an entity's id is that of a title of Wikipedia."""
    title = unquote(title)
    if title in TITLES:
        return entity.wikidata == TITLES[title]
    return _folded(re.sub(r" \(.*|, .*", "", title.replace("_", " "))) == _folded(entity.name)


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in letters if character.isalnum())


def link_counts(story: Story, entities: Mapping[MentionPlace, Entity]) -> tuple[int, int, int]:
    """Return how many mentions are linkable, how many of those are linked, and how many of those rightly."""
    linkable = [(place, str(title)) for place, title in story.mentions.items() if is_linkable(str(title))]
    linked = [(title, e) for place, title in linkable if (e := entities.get(place)) is not None and e.wikidata]
    return len(linkable), len(linked), sum(is_right(title, entity) for title, entity in linked)


def entities_by_place(story: Story, stage: Enricher) -> dict[MentionPlace, Entity]:
    """Return the people, organisations and places that enrichment finds in a story, by their mentions."""
    enriched = stage(text_article("\n".join(story.texts)))
    numbers = [number for number, text in enumerate(story.texts) if text.strip()]
    return {
        (numbers[int(mention.field.split("/")[2])], mention.start, mention.end): entity
        for entity in enriched.entities
        if entity.type in NAME_TYPES
        for mention in entity.mentions
    }


@dataclass(frozen=True, slots=True)
class NameCase:
    """A sentence with a name that could be many things.

    Attributes:
        text: the sentence.
        name: in it.
        means: what a reader takes the name for.
        ids: that are right.
        near: coordinates of the right place.
        person: whether the id of a person of this name is right.
        unlinked: whether no id is right.
    """

    text: str
    name: str
    means: str
    ids: frozenset[str]
    near: tuple[float, float] | None
    person: bool
    unlinked: bool

    def holds(self, enriched: EnrichedArticle) -> bool:
        """Whether every entity that covers the name has a right id, or none where none is right."""
        covering = [entity for entity in enriched.entities if self._covers(entity)]
        linked = [entity for entity in covering if entity.wikidata]
        if not linked:
            return self.unlinked
        return all(self._is_right(entity) for entity in linked)

    def _covers(self, entity: Entity) -> bool:
        places = [(m.start(), m.end()) for m in re.finditer(rf"\b{re.escape(self.name)}\b", self.text)]
        return any(m.start < end and m.end > start for m in entity.mentions for start, end in places)

    def _is_right(self, entity: Entity) -> bool:
        if entity.wikidata in self.ids or (self.person and entity.type is EntityType.PERSON):
            return True
        point = entity.coordinates
        if self.near is None or point is None:
            return False
        return hypot(point.latitude - self.near[0], point.longitude - self.near[1]) <= MAX_DISTANCE


def name_cases() -> list[NameCase]:
    """Return the cases."""
    return [_name_case(json.loads(line)) for line in CASES.read_text(encoding="utf-8").splitlines()]


def _name_case(item: Mapping[str, object]) -> NameCase:
    right: Mapping[str, object] = item["right"]  # type: ignore[assignment]
    ids: Sequence[str] = right.get("ids", ())  # type: ignore[assignment]
    near: Sequence[float] | None = right.get("near")  # type: ignore[assignment]
    return NameCase(
        str(item["text"]),
        str(item["name"]),
        str(item["means"]),
        frozenset(ids),
        (near[0], near[1]) if near is not None else None,
        bool(right.get("person")),
        bool(right.get("unlinked")),
    )


def case_results(stage: Enricher) -> list[tuple[NameCase, bool]]:
    """Return each case and whether it holds."""
    return [(case, case.holds(stage(text_article(case.text)))) for case in name_cases()]
