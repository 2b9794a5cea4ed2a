"""Transitional names of `group_offsets`."""

from wiredesk.runtime.kafka.group_offsets import CommitNote
from wiredesk.runtime.kafka.group_offsets import CommittedOffset as Committed

__all__ = ["CommitNote", "Committed"]
