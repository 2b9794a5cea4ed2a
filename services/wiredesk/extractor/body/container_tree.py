"""The containers of an HTML page as arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import Feature
from wiredesk.extractor.body.segments import Container, Segment, SegmentedPage

ABSENT = 12.0
"""Distance to a container that is not around the segment."""

_COLUMNS = ("parent", "depth", "last", "hidden", "letters", "linked", "prose", "segments")
"""Attributes of containers that are read as columns."""

PARENTS = 4
"""Containers around a segment whose sizes are features."""


@dataclass(frozen=True)
class ContainerTree:
    """The containers of a page as arrays.

    Attributes:
        parent: index of the container around each; -1 for the outermost.
        depth: number of containers around each.
        stops: for each container, the index after the last one in it.
        hidden: whether each is hidden.
        letters: length of the text in each.
        linked: letters of it in links.
        prose: letters of it in prose.
        segments: number of segments in each.
        of_segment: index of the innermost container of each segment.
        kinds: one container of each kind: containers of one kind have the same tag and the same words.
        kind: index of each container's kind.
    """

    parent: NDArray[np.intp]
    depth: NDArray[np.intp]
    stops: NDArray[np.intp]
    hidden: Feature
    letters: Feature
    linked: Feature
    prose: Feature
    segments: Feature
    of_segment: NDArray[np.intp]
    kinds: tuple[Container, ...]
    kind: NDArray[np.intp]

    @classmethod
    def from_page(cls, page: SegmentedPage) -> "ContainerTree":
        """Return the containers of a page."""
        read = chain.from_iterable(map(attrgetter(*_COLUMNS), page.containers))
        columns = (
            np.fromiter(read, np.float64, len(page.containers) * len(_COLUMNS)).reshape(-1, len(_COLUMNS)).T.copy()
        )
        parent, depth, last = columns[:3].astype(np.intp)
        hidden, letters, linked, prose, segments = columns[3:]
        numbers: dict[tuple[str, tuple[str, ...]], int] = {}
        kinds: list[Container] = []
        kind: list[int] = []
        for container in page.containers:
            kind.append(number := numbers.setdefault((container.tag, container.tokens), len(kinds)))
            if number == len(kinds):
                kinds.append(container)
        return cls(
            parent=parent,
            depth=depth,
            stops=last + 1,
            hidden=hidden,
            letters=letters,
            linked=linked,
            prose=prose,
            segments=segments,
            of_segment=column(page.segments, "container", np.intp),
            kinds=tuple(kinds),
            kind=np.array(kind, np.intp),
        )

    def within(self, container: int) -> slice:
        """Return a container and those in it, which come right after it."""
        return slice(container, self.stops[container])

    @cached_property
    def outer(self) -> NDArray[np.intp]:
        """The container around each. The outermost counts as around itself."""
        return np.where(self.parent >= 0, self.parent, np.arange(len(self.parent)))

    @cached_property
    def around_segments(self) -> NDArray[np.intp]:
        """The innermost container of each segment, and `PARENTS` around it: a row for each, the inner ones first."""
        around = [self.of_segment]
        for _ in range(PARENTS):
            around.append(self.outer[around[-1]])
        return np.stack(around)

    def jumps(self, most: int) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Yield powers of two up to the depth of the page, and for each container the one so far outwards.

        Args:
            most: number of them.
        """
        step, around = 1, self.outer
        for _ in range(min(most, int(self.depth.max(initial=0)).bit_length())):
            yield step, around
            step, around = 2 * step, around[around]

    def distance_to(self, container: int) -> Feature:
        """Return how far outwards from each container a given one is; ABSENT if it is not around it."""
        distance = np.full(len(self.parent), ABSENT)
        within = self.within(container)
        distance[within] = np.minimum(ABSENT, self.depth[within] - self.depth[container])
        return distance


def column(segments: Sequence[Segment], name: str, kind: type[np.generic] = np.float64) -> NDArray[Any]:
    """Return an attribute of all segments."""
    return np.fromiter(map(attrgetter(name), segments), kind, len(segments))
