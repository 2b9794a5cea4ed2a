"""Which probes are on their way, which arrived, and which are missing. It knows no Kafka, and no clock of its own."""

from collections import deque
from dataclasses import dataclass

MAX_UNKNOWN = 1000
"""Arrivals that are kept because their probe is not known: it may be acknowledged a moment after it arrived. Probes of
another canary, and those that arrive after their deadline, stay unknown."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A probe on its way, or at its end.

    Attributes:
        partition: where it was published.
        sent_at: when, in seconds of any clock.
        age: seconds until it arrived; None: it had not at its deadline.
    """

    partition: int
    sent_at: float
    age: float | None = None


class RoundTrips:
    """The probes that were sent and have not ended, by the coordinates of their raw page.

    Args:
        deadline: seconds after which a probe is missing.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._waiting: dict[str, RoundTrip] = {}
        self._unknown: deque[tuple[str, float]] = deque(maxlen=MAX_UNKNOWN)

    def __len__(self) -> int:
        return len(self._waiting)

    def sent(self, origin: str, partition: int, at: float) -> RoundTrip | None:
        """Note a probe; return its round trip if its article is there already."""
        trip = RoundTrip(partition, at)
        for known, arrived in self._unknown:
            if known == origin:
                self._unknown.remove((known, arrived))
                return RoundTrip(partition, at, max(0.0, arrived - at))
        self._waiting[origin] = trip
        return None

    def arrived(self, origin: str, at: float) -> RoundTrip | None:
        """Note an article; return the round trip that it ends. One that arrives twice ends none."""
        trip = self._waiting.pop(origin, None)
        if trip is None:
            self._unknown.append((origin, at))
            return None
        return RoundTrip(trip.partition, trip.sent_at, max(0.0, at - trip.sent_at))

    def missing(self, now: float) -> list[RoundTrip]:
        """Take the probes whose deadline has passed."""
        late = [origin for origin, trip in self._waiting.items() if now - trip.sent_at >= self._deadline]
        return [self._waiting.pop(origin) for origin in late]

    def forget(self) -> None:
        """Forget the probes on their way: nobody has looked for them for a while."""
        self._waiting.clear()
        self._unknown.clear()
