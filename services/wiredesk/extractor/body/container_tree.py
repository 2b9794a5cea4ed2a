"""The containers of an HTML page as arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import Feature
from wiredesk.extractor.body.segments import Container, Segment, SegmentedPage

ABSENT = 12.0
"""Distance to a container that is not around the segment."""


@dataclass(frozen=True)
class ContainerTree:
    """The containers of a page as arrays.

    Attributes:
        parent: index of the container around each; -1 for the outermost.
        depth: number of containers around each.
        of_segment: index of the innermost container of each segment.
        kinds: one container of each kind: containers of one kind have the same tag and the same words.
        kind: index of each container's kind.
    """

    parent: NDArray[np.intp]
    depth: NDArray[np.intp]
    of_segment: NDArray[np.intp]
    kinds: tuple[Container, ...]
    kind: NDArray[np.intp]

    @classmethod
    def from_page(cls, page: SegmentedPage) -> "ContainerTree":
        """Return the containers of a page."""
        parent = column(page.containers, "parent", np.intp)
        depth = column(page.containers, "depth", np.intp)
        numbers: dict[tuple[str, tuple[str, ...]], int] = {}
        kinds: list[Container] = []
        kind: list[int] = []
        for container in page.containers:
            kind.append(number := numbers.setdefault((container.tag, container.tokens), len(kinds)))
            if number == len(kinds):
                kinds.append(container)
        of_segment = column(page.segments, "container", np.intp)
        return cls(parent, depth, of_segment, tuple(kinds), np.array(kind, np.intp))

    @cached_property
    def stops(self) -> list[int]:
        """For each container, the index after the last one in it."""
        stops = list(range(1, len(self.parent) + 1))
        parents = self.parent.tolist()
        for index in range(len(stops) - 1, 0, -1):
            if (parent := parents[index]) >= 0:
                stops[parent] = max(stops[parent], stops[index])
        return stops

    def within(self, container: int) -> slice:
        """Return a container and those in it, which come right after it."""
        return slice(container, self.stops[container])

    def outwards(self, index: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the containers around containers. The outermost counts as around itself."""
        around = self.parent[index]
        return np.where(around >= 0, around, index)

    def jumps(self, most: int) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Yield powers of two up to the depth of the page, and for each container the one so far outwards.

        Args:
            most: number of them.
        """
        step, around = 1, self.outwards(np.arange(len(self.parent)))
        for _ in range(min(most, int(self.depth.max(initial=0)).bit_length())):
            yield step, around
            step, around = 2 * step, around[around]

    def distance_to(self, container: int) -> Feature:
        """Return how far outwards from each container a given one is; ABSENT if it is not around it."""
        distance = np.full(len(self.parent), ABSENT)
        within = self.within(container)
        distance[within] = np.minimum(ABSENT, self.depth[within] - self.depth[container])
        return distance


def column(
    rows: Sequence[Segment] | Sequence[Container], name: str, kind: type[np.generic] = np.float64
) -> NDArray[Any]:
    """Return an attribute of all segments or containers."""
    return np.fromiter(map(attrgetter(name), rows), kind, len(rows))
