"""The places of a text page that state metadata."""

from collections.abc import Sequence
from dataclasses import dataclass

from wiredesk.extractor.body.lines import Line


@dataclass(frozen=True, slots=True)
class TextSources:
    """Lines of a text page around and within its body, each in the order of the page.

    Attributes:
        header: above the body; the last one is nearest to it.
        opening: at the beginning of the body.
        beginning: all lines from the first one of the body, also those that are not part of it.
        body: all lines of it.
        ending: at the end of the body.
        below: right below the body.
        page: all lines.
    """

    header: Sequence[Line] = ()
    opening: Sequence[Line] = ()
    beginning: Sequence[Line] = ()
    body: Sequence[Line] = ()
    ending: Sequence[Line] = ()
    below: Sequence[Line] = ()
    page: Sequence[Line] = ()
