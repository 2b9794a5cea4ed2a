"""How many pages are remembered: memory has an end, and a page that has not changed for long seldom changes again."""

from collections.abc import Sequence

from wiredesk.runtime.state import Change, KeyedState


def room_for(key: bytes, state: KeyedState, pages: int) -> Sequence[Change]:
    """Return the change that gives up the page whose last change is the oldest, if the state is full; else none.

    Args:
        key: the page that is about to change.
        state: of its partition.
        pages: how many are remembered.
    """
    wanted = len(state) + (key not in state)
    oldest = state.oldest()
    return [Change(oldest, None)] if wanted > pages and oldest is not None and oldest != key else []
