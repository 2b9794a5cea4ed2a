"""What was read from files or a stream: how many pages, what was passed over, and problems."""

from collections import Counter
from dataclasses import dataclass, field

MAX_PROBLEMS = 100
"""Maximum number of problems that are kept; more are counted."""

MAX_KINDS = 100
"""Maximum number of kinds of what is passed over; the rest is counted together."""

OTHER_KIND = "part of another kind"
"""Name of the rest."""


@dataclass(slots=True)
class ReadReport:
    """What was read.

    Attributes:
        pages: number of pages.
        passed_over: number of parts that are no pages, by kind, such as `metadata record`.
        truncated: how many of the pages lack their end, as their archive says.
        problems: damaged or oversized parts, each as a line that says what and where.
        more_problems: number of problems that were not kept.
    """

    pages: int = 0
    truncated: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    more_problems: int = 0

    def pass_over(self, kind: str) -> None:
        """Count a part that is no page."""
        is_new = kind not in self.passed_over
        self.passed_over[OTHER_KIND if is_new and len(self.passed_over) >= MAX_KINDS else kind] += 1

    def passed_over_text(self) -> str:
        """Return what was passed over, the most frequent first: `12 images, 1 metadata record`."""
        return ", ".join(_counted(number, kind) for kind, number in self.passed_over.most_common())

    def add_problem(self, line: str) -> None:
        """Note a damaged or oversized part: reading continues after it, and the command fails at its end."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(line)
        else:
            self.more_problems += 1


def _counted(number: int, kind: str) -> str:
    """Return a number and a kind, in the plural if it has one: `2 images`, `2 DNS records`, `2 robots.txt`."""
    if number == 1 or kind.endswith((".txt", "s")):
        return f"{number} {kind}"
    noun, of, rest = kind.partition(" of ")
    noun, without, what = noun.partition(" without ") if not of else (noun, "", "")
    return f"{number} {noun}s{of or without}{rest or what}"
