"""What an audit comes to."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that has ended more than once, and where: coordinates of the records that came of it."""

    origin: str
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the records that entered.

    Attributes:
        ended: records by the end topic in which they ended, as named in the topology.
        in_flight: a stage has not committed them yet.
        missing: neither ended nor in flight; the first of them by name.
        expired: by stage, offsets of its input that retention had deleted before it read them, ever. Those of the entry
            topic are no part of `entered`: nobody can tell what they were.
        duplicated: ended more than once, counted in `ended` once; the first of them by name.
        replayed: records that runs of a replay have brought to an end once more, by run.
    """

    ended: dict[str, int]
    in_flight: int
    missing: int
    duplicated: int
    missing_records: list[str] = field(default_factory=list)
    duplicated_records: list[Duplicate] = field(default_factory=list)
    replayed: dict[str, int] = field(default_factory=dict)
    expired: dict[str, int] = field(default_factory=dict)

    @property
    def entered(self) -> int:
        """All records that are accounted for."""
        return sum(self.ended.values()) + self.in_flight + self.missing

    @property
    def balanced(self) -> bool:
        """Whether nothing is lost and nothing is there twice."""
        return not self.missing and not self.duplicated
