"""The byline in a text page: in the lines around its body."""

from wiredesk.extractor.metadata.authors.grammar import Byline, is_byline, parse_byline
from wiredesk.extractor.metadata.text_sources import TextSources


def byline_in_text(sources: TextSources) -> Byline:
    """Return the byline above the body that is nearest to it."""
    return next((parse_byline([line.text]) for line in reversed(sources.header) if is_byline(line.text)), Byline())
