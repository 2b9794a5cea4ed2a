"""What a run came to."""

import collections
from dataclasses import dataclass, field
from typing import Any

from tests.faults.plan import Kind


@dataclass
class Result:
    """What a run came to."""

    seed: int
    kafka: str
    sent: int = 0
    done: collections.Counter[str] = field(default_factory=collections.Counter)
    starts: int = 0
    audit: dict[str, Any] = field(default_factory=dict)
    witness: dict[str, Any] = field(default_factory=dict)
    expected_reasons: dict[str, int] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether both counts find every page once, and the poison where it belongs."""
        counted = all(
            count["pages"] == self.sent and count["missing"] == count["duplicated"] == 0
            for count in (self.audit, self.witness)
        )
        return (
            counted
            and self.audit["in_flight"] == 0
            and self.witness["unknown"] == 0
            and self.witness["reasons"] == {reason: n for reason, n in self.expected_reasons.items() if n}
        )

    def told(self) -> str:
        """Return it in words."""
        faults = ", ".join(f"{kind} {self.done[kind]}" for kind in Kind)
        counts = "; ".join(
            f"{name}: {count['pages']} pages, {count['missing']} missing, {count['duplicated']} duplicated"
            for name, count in (("audit", self.audit), ("witness", self.witness))
        )
        return (
            f"soak: seed {self.seed}, Kafka {self.kafka}, {self.sent} pages published, "
            f"{self.starts} starts of workers\nfaults: {faults}\n{counts}\n"
            f"dead letters: {self.witness.get('reasons')}, expected {self.expected_reasons}\n"
            f"{'clean' if self.clean else 'NOT CLEAN'}"
        )
