"""Whether a part of a text is marked as a name already."""

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.name_span import MarkedPlaces, NameSpan
from wiredesk_schemas import EntityType

FIELDS = [ArticleField(f"/paragraphs/{number}/text", "x" * 20, 1.0) for number in range(2)]
PARTS = st.tuples(st.sampled_from(FIELDS), st.integers(0, 18), st.integers(1, 9))


@given(st.lists(PARTS, max_size=8), PARTS)
def test_a_part_overlaps_if_it_shares_a_character_with_any_name(
    names: list[tuple[ArticleField, int, int]], asked: tuple[ArticleField, int, int]
) -> None:
    spans = [NameSpan(field, start, start + length, EntityType.PERSON) for field, start, length in names]
    field, start, length = asked
    part = NameSpan(field, start, start + length, EntityType.PERSON)
    assert MarkedPlaces(spans).overlap(field, start, start + length) is any(part.overlaps(span) for span in spans)
