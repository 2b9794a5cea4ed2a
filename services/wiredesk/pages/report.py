"""What was read from files or a stream: how many pages, what was passed over, and problems."""

from collections import Counter
from dataclasses import dataclass, field

MAX_PROBLEMS = 100
"""Maximum number of problems that are kept; more are counted."""


@dataclass(slots=True)
class ReadReport:
    """What was read.

    Attributes:
        pages: number of pages.
        passed_over: number of parts that are no pages, by kind, such as `metadata record`.
        problems: damaged or oversized parts, each as a line that says what and where.
        more_problems: number of problems that were not kept.
    """

    pages: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    more_problems: int = 0

    def pass_over(self, kind: str) -> None:
        """Count a part that is no page."""
        self.passed_over[kind] += 1

    def add_problem(self, line: str) -> None:
        """Note a damaged or oversized part: reading continues after it, and the command fails at its end."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(line)
        else:
            self.more_problems += 1
