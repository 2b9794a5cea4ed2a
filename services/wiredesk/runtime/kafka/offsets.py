"""Transitional names of `group_offsets`."""

from wiredesk.runtime.kafka.group_offsets import stable_committed_offset as committed

__all__ = ["committed"]
