"""Layout: tables and lists that only put the parts of a page in their places.

The text of such a table is paragraphs, and not rows of data. Which tables hold data shows in their shape, as browsers
decide it for readers who cannot see: several cells in a row, and none of them a story of its own.
"""

from collections import Counter
from collections.abc import Sequence

from wiredesk.extractor.body.segments import MAX_LINKED_PROSE, PROSE, Container, Segment, SegmentedPage

CELLS = ("td", "th")
"""Elements that are cells of a table."""

ITEMS = ("li", "dd")
"""Elements that are items of a list."""

MAX_CELL_PROSE = 1
"""Prose texts of a cell of data."""

MAX_CELL_TEXT = 400
"""Letters of a text in a cell of data; a longer one is a story, or a part of one."""

MIN_ROW_CELLS = 2
"""Cells with text that a row of data has."""

MIN_ITEM_PROSE = 3
"""Prose texts from which an item of a list is laid out as one, and not listed."""

_PRESENTATION = frozenset({"presentation", "none"})
"""Roles by which a page says that a table is only layout."""


def layout_containers(page: SegmentedPage) -> frozenset[int]:
    """Return the indices of the cells and items that only lay out what is in them."""
    tags = {container.tag for container in page.containers}
    cells = _layout_cells(page) if not tags.isdisjoint(CELLS) else frozenset()
    items = _layout_items(page) if not tags.isdisjoint(ITEMS) else frozenset()
    return cells | items


def _layout_items(page: SegmentedPage) -> frozenset[int]:
    if not any(c.prose >= MIN_ITEM_PROSE * PROSE and c.tag in ITEMS for c in page.containers):
        return frozenset()
    items = _nearest(page.containers, ITEMS)
    prose = Counter(items[segment.container] for segment in page.segments if _is_prose(segment))
    return frozenset(item for item, count in prose.items() if item >= 0 and count >= MIN_ITEM_PROSE)


def _layout_cells(page: SegmentedPage) -> frozenset[int]:
    containers = page.containers
    cells, tables = _nearest(containers, CELLS, "table"), _nearest(containers, ("table",))
    filled = {cells[segment.container] for segment in page.segments} - {-1}
    prose = Counter(cells[segment.container] for segment in page.segments if _is_prose(segment))
    stories = {cells[segment.container] for segment in page.segments if segment.size > MAX_CELL_TEXT}
    stories |= {cell for cell, count in prose.items() if count > MAX_CELL_PROSE}
    layout = _layout_tables(containers, filled, stories)
    return frozenset(c.index for c in containers if c.tag in CELLS and tables[c.index] in layout)


def _layout_tables(containers: Sequence[Container], filled: set[int], stories: set[int]) -> set[int]:
    """Return the tables that are only layout; -1 among them, for cells outside of any table.

    Args:
        containers: of the page.
        filled: cells that hold text.
        stories: cells that hold a story, or a part of one.
    """
    tables, rows = _nearest(containers, ("table",)), _nearest(containers, ("tr",), "table")
    outer = {tables[c.parent] for c in containers if c.tag == "table" and c.parent >= 0}
    presented = {c.index for c in containers if c.tag == "table" and _PRESENTATION.intersection(c.tokens)}
    cells_of_row = Counter(rows[cell] for cell in filled)
    with_rows = {tables[row] for row, count in cells_of_row.items() if row >= 0 and count >= MIN_ROW_CELLS}
    every = {c.index for c in containers if c.tag == "table"}
    return outer | presented | {tables[cell] for cell in stories} | (every - with_rows) | {-1}


def _nearest(containers: Sequence[Container], tags: Sequence[str], border: str = "") -> list[int]:
    """Return the nearest container with one of these tags around each, or itself; -1 if a border is nearer."""
    nearest: list[int] = []
    for container in containers:  # those around a container come before it
        if container.tag in tags:
            nearest.append(container.index)
        elif container.parent < 0 or container.tag == border:
            nearest.append(-1)
        else:
            nearest.append(nearest[container.parent])
    return nearest


def _is_prose(segment: Segment) -> bool:
    return segment.size >= PROSE and segment.linked < MAX_LINKED_PROSE
