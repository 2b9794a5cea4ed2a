"""Stored outputs of models: written as JSON, compared with a tolerance."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DIGITS = 6
"""Decimal places of stored floats."""


def load(name: str) -> dict[str, Any]:
    """Return the outputs stored under a name: `golden/tagger`."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


def save(name: str, outputs: dict[str, Any]) -> None:
    """Store outputs: JSON values, floats rounded."""
    path = FOLDER / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    lines = (f"{json.dumps(key)}: {json.dumps(_rounded(value), ensure_ascii=False)}" for key, value in outputs.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def differences(actual: Any, stored: Any, tolerance: float = 0.0, place: str = "") -> list[str]:
    """Return where two JSON values differ: floats by more than the tolerance, other values in any way."""
    if isinstance(stored, float) and isinstance(actual, float | int):
        difference = abs(actual - stored)
        return [] if difference <= tolerance else [f"{place}: {actual:.6f}, stored {stored:.6f}, tolerance {tolerance}"]
    if isinstance(stored, dict) and isinstance(actual, dict) and stored.keys() == actual.keys():
        return [line for key in stored for line in differences(actual[key], stored[key], tolerance, f"{place}/{key}")]
    if isinstance(stored, list) and isinstance(actual, list | tuple) and len(stored) == len(actual):
        pairs = enumerate(zip(actual, stored, strict=True))
        return [line for i, (one, other) in pairs for line in differences(one, other, tolerance, f"{place}/{i}")]
    return [] if actual == stored else [f"{place}: {actual!r}, stored {stored!r}"]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
