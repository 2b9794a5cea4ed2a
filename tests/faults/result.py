"""What a run came to."""

import collections
from dataclasses import dataclass, field
from typing import Any

from tests.faults.plan import REASONS, Kind


@dataclass
class Result:
    """The result of a run.

    Attributes:
        ordered: published pages, by their order.
        killed_at_work: records during whose processing two processes were killed from outside. The pool cannot
            distinguish such a record from one that crashes its process: the reason is `crash` (docs/guarantees.md).
    """

    seed: int
    kafka: str
    sent: int = 0
    done: collections.Counter[str] = field(default_factory=collections.Counter)
    starts: int = 0
    audit: dict[str, Any] = field(default_factory=dict)
    witness: dict[str, Any] = field(default_factory=dict)
    ordered: collections.Counter[str] = field(default_factory=collections.Counter)
    killed_at_work: frozenset[str] = frozenset()

    @property
    def clean(self) -> bool:
        """Whether both counts find every page once, and only the poison among the dead letters."""
        counted = all(
            count["pages"] == self.sent and count["missing"] == count["duplicated"] == 0
            for count in (self.audit, self.witness)
        )
        return (
            counted
            and self.audit["in_flight"] == 0
            and self.witness["unknown"] == 0
            and self._poison == {order: self.ordered[order] for order in REASONS if self.ordered[order]}
            and not self.wrong_reasons
        )

    @property
    def wrong_reasons(self) -> list[tuple[str, str, str]]:
        """Dead letters (record, order of the page, reason) with a wrong reason."""
        return [
            (record, order, reason)
            for record, order, reason in self.witness["letters"]
            if reason != REASONS.get(order) and not (reason == "crash" and record in self.killed_at_work)
        ]

    @property
    def _poison(self) -> collections.Counter[str]:
        return collections.Counter(order for _, order, _ in self.witness["letters"])

    def summary(self) -> str:
        """Return the result as text."""
        faults = ", ".join(f"{kind} {self.done[kind]}" for kind in Kind)
        counts = "; ".join(
            f"{name}: {count['pages']} pages, {count['missing']} missing, {count['duplicated']} duplicated"
            for name, count in (("audit", self.audit), ("witness", self.witness))
        )
        reasons = collections.Counter(reason for _, _, reason in self.witness["letters"])
        lines = [
            f"soak: seed {self.seed}, Kafka {self.kafka}, {self.sent} pages published, {self.starts} starts of workers",
            f"faults: {faults}",
            counts,
            "dead letters: " + ", ".join(f"{reason} {reasons[reason]}" for reason in sorted(reasons)),
            *(f"killed twice from outside at work on {record}" for record in sorted(self.killed_at_work)),
            *(
                f"wrong reason: {record} ordered {order}, reason {reason}"
                for record, order, reason in self.wrong_reasons
            ),
            "clean" if self.clean else "NOT CLEAN",
        ]
        return "\n".join(lines)
