"""The policy: which restrictions ingest honours. A page with one of them is skipped."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # settings are read by commands that read no pages
    from wiredesk.ingest.rights.statements import Statements

RECORD = "record"
"""The policy that skips nothing: statements are recorded, and readers decide."""

RESTRICTIONS = {
    "tdm": "tdm_reserved",
    "noai": "no_ai",
    "noai-training": "no_ai_training",
    "noai-input": "no_ai_input",
    "noindex": "no_index",
    "noarchive": "no_archive",
    "nosnippet": "no_snippet",
}
"""Restrictions that can be honoured, and their fields of `Rights`."""

SPELLINGS = {
    "tdm-reserved": "tdm",
    "tdm-reservation": "tdm",
    **{f"no-{name.removeprefix('no')}": name for name in RESTRICTIONS if name.startswith("no")},
}
"""Other spellings of restrictions: those of fields of `Rights`, and of directives."""

UNAVAILABLE_AFTER = "unavailable-after"
"""The restriction that begins at an instant: it is compared with the time of the fetch."""


MAX_QUOTED = 200
"""Characters of a statement that the detail of a skipped page quotes."""


@dataclass(frozen=True, slots=True)
class RightsPolicy:
    """The restrictions that are honoured."""

    honoured: tuple[str, ...] = ()

    @classmethod
    def parse(cls, value: str) -> Self:
        """Return the policy of a setting: `record`, or restrictions separated by commas.

        Raises:
            ValueError: it has another word; the message names it.
        """
        names = [_plain(name) for name in value.split(",")]
        if names == [RECORD]:
            return cls()
        known = (*RESTRICTIONS, UNAVAILABLE_AFTER)
        for name in names:
            if name not in known:
                raise ValueError(f"{name!r} is no restriction: expected {RECORD} alone, or some of {', '.join(known)}")
        return cls(tuple(name for name in known if name in names))

    def refusal(self, statements: "Statements", fetched: datetime | None) -> str | None:
        """Return why a page is skipped: the restriction, the statement and its source; None where it is not.

        Args:
            fetched: when the page was fetched. Without that, a page is not skipped by an instant.
        """
        rights = statements.rights() if self.honoured else None
        if rights is None:
            return None
        for name in self.honoured:
            if name == UNAVAILABLE_AFTER:
                end = rights.unavailable_after
                is_stated = end is not None and fetched is not None and end < fetched
            else:
                is_stated = getattr(rights, RESTRICTIONS[name]) is True
            if is_stated:
                statement = statements.evidence(RESTRICTIONS.get(name, "unavailable_after"))
                return (
                    f"{name}: {statement.source} states {statement.value[:MAX_QUOTED]!r}"
                    if statement is not None
                    else name
                )
        return None


def _plain(name: str) -> str:
    """Return a restriction as it is written here, in whatever spelling it is stated."""
    plain = name.strip().lower().replace("_", "-")
    return SPELLINGS.get(plain, plain)
