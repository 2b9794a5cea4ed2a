"""Cases of names: sentences in thirty languages, and the entities that a reader finds in them.

An expectation is `P:`, `O:`, `L:` or `E:` (person, organisation, place, event) and a name, or several with `|` of which one is
enough; `=Q64` is its id and `!=Q64` an id that it has not. `!` before an expectation denies it, `M:one=other` says that both
names are one entity and `N:` that they are not, `note:` is in a note of the event. `!PER`: there is no person.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stories import article
from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk_schemas import CleanedArticle, EnrichedArticle, Entity, EntityType

CASES = [json.loads(line) for line in Path(__file__).with_name("names.jsonl").read_text(encoding="utf-8").splitlines()]
TYPES = {
    "P": EntityType.PERSON,
    "O": EntityType.ORGANISATION,
    "L": EntityType.PLACE,
    "E": EntityType.EVENT,
}
EXPECTED = re.compile(r"(?P<denied>!?)(?:(?P<type>[POLE]):)?(?P<names>.+?)(?:(?P<other>!?)=(?P<id>Q\d+))?$")


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher(EnrichmentSettings())


def story(case: dict[str, Any]) -> CleanedArticle:
    made = article(case["text"], title=case.get("title"))
    return made.model_copy(update={"language": case.get("language")})


def names(entity: Entity) -> set[str]:
    return {entity.name, *(mention.surface for mention in entity.mentions)}


def is_one(enriched: EnrichedArticle, pair: str) -> bool:
    one, other = pair.split("=")
    return any({one, other} <= names(entity) for entity in enriched.entities)


def failures(enriched: EnrichedArticle, expected: list[str]) -> Iterator[str]:
    """Yield the expectations that do not hold."""
    for one in expected:
        if one == "!PER":
            holds = all(entity.type is not EntityType.PERSON for entity in enriched.entities)
        elif one.startswith("note:"):
            holds = any(one[5:] in note for note in enriched.enrichment.notes)
        elif one[:2] in ("M:", "N:"):
            holds = is_one(enriched, one[2:]) is (one[0] == "M")
        else:
            holds = holds_of_name(enriched, one)
        if not holds:
            yield one


def holds_of_name(enriched: EnrichedArticle, expectation: str) -> bool:
    match = EXPECTED.match(expectation)
    assert match is not None
    wanted = set(match["names"].split("|"))
    entities = [
        entity
        for entity in enriched.entities
        if names(entity) & wanted and (match["type"] is None or entity.type is TYPES[match["type"]])
    ]
    if match["denied"]:
        return not entities
    ids = {entity.wikidata for entity in entities}
    if match["id"] is None:
        return bool(entities)
    return bool(entities) and (match["id"] not in ids if match["other"] else ids == {match["id"]})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.get('language', '')}-{case['text'][:40]}")
def test_names_are_those_that_a_reader_finds(case: dict[str, Any], enricher: Enricher) -> None:
    enriched = enricher(story(case))
    assert list(failures(enriched, case["expected"])) == []
    texts = {"/title": enriched.title or "", "/paragraphs/0/text": enriched.paragraphs[0].text}
    for entity in enriched.entities:
        assert all(texts[m.field][m.start : m.end] == m.surface for m in entity.mentions)
