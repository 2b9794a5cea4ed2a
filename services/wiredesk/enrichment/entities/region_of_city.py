"""The region whose city stands before it: the state in `police in Vancouver, Washington, said`."""

import re
from collections.abc import Sequence

from wiredesk.enrichment.entities.gazetteer import Candidate, GazetteerEntry, candidates
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.languages import ENGLISH

MAX_CITY_CHARACTERS = 60
"""Number of characters before a region that are searched for its city."""

_CITY_BEFORE = re.compile(r"([A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+){0,2}), $")
# The sentence goes on, and no further place follows: `Vancouver, Washington and Ottawa` are three cities.
_ENDS_LIST = re.compile(r",? (?!and\b|or\b)[a-z]|, \d|[.;:)]|,? [–—-]|$")


def region_of_city_before(span: NameSpan, meanings: Sequence[Candidate]) -> GazetteerEntry | None:
    """Return the only one of a name's regions that has a city of the name before it; None where there is none."""
    regions = [c.entry for c in meanings if c.entry.kind == "region" and c.own_name]
    if span.field.language != ENGLISH or not regions or not _ENDS_LIST.match(span.field.text, span.end):
        return None
    city = _CITY_BEFORE.search(span.field.text, max(0, span.start - MAX_CITY_CHARACTERS), span.start)
    cities = [c.entry for c in candidates(city[1]) if c.entry.kind == "city"] if city else []
    within = [r for r in regions if any((c.country, c.region) == (r.country, r.region) for c in cities)]
    return within[0] if len(within) == 1 else None
