"""The states of a lane."""

from enum import StrEnum


class LaneState(StrEnum):
    """Where a lane is in its life."""

    OPENING = "opening"  # fencing its predecessor, reading the committed offset
    RUNNING = "running"
    BRAKED = "braked"  # standing still: see the brake
    FENCED = "fenced"  # stopped; waiting for the group to say whose the partition is
    FAILED = "failed"  # waiting to open again
    CLOSED = "closed"  # drained or abandoned
