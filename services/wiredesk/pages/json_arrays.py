"""The elements of a JSON array, each with the bytes that it came in: what is not clear in them is for ingest."""

import json
import re

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
"""Finds where a value ends. Numbers and control characters within texts are for ingest, and each name counts."""

_SPACES = re.compile(r"[ \t\r\n]*+")


def elements_of(body: bytes) -> list[bytes]:
    """Return the elements of a JSON array.

    Raises:
        ValueError: it is not one.
        RecursionError: it is nested too deep.
    """
    text = body.decode("utf-8-sig", "surrogateescape")
    elements: list[bytes] = []
    at = _end_of_spaces(text, text.index("[") + 1)
    is_over = text[at : at + 1] == "]"
    while not is_over:
        _, end = _DECODER.raw_decode(text, at)
        elements.append(text[at:end].encode("utf-8", "surrogateescape"))
        at = _end_of_spaces(text, end)
        is_over = text[at : at + 1] == "]"
        if not is_over:
            if text[at : at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
            at = _end_of_spaces(text, at + 1)
    if _end_of_spaces(text, at + 1) != len(text):
        raise json.JSONDecodeError("Extra data", text, at + 1)
    return elements


def _end_of_spaces(text: str, at: int) -> int:
    """Return where the spaces of JSON end that begin at a place."""
    spaces = _SPACES.match(text, at)
    return spaces.end() if spaces is not None else at
