"""What comes of undoing one encoding."""

from dataclasses import dataclass
from enum import Enum, auto


class End(Enum):
    """How the encoded bytes end."""

    WHOLE = auto()
    CUT = auto()  # the bytes end before the encoding does
    DAMAGED = auto()  # the bytes are not, or no longer, in this encoding


@dataclass(frozen=True, slots=True)
class Outcome:
    """The content within an encoding.

    Attributes:
        content: what could be decoded.
        end: how the encoded bytes end.
        trailing: number of bytes after the encoding's end, which belong to nothing.
        fault: what is damaged, or was mended; empty if nothing was.
    """

    content: bytes
    end: End
    trailing: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """An encoding that a body is in, and what is within it."""

    name: str
    outcome: Outcome
