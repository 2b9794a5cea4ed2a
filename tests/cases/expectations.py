"""Expectations of a case: how an event is compared with what a reader expects.

title, authors, published_at, ...     a field of the event, as in its JSON
published_day                         the day of `published_at`
text_contains, text_lacks, absent     pieces of the body's text
first, last                           how the body's first and last text begin
paragraphs_are                        the body's texts, in order
duplicates                            how many of the body's texts occur again
min_paragraphs                        how many the body has at least
{"any_of": [...]}                     in place of a value: one of these
"""

from collections.abc import Iterator, Mapping
from typing import Any

type Event = Mapping[str, Any]
"""An event as in its JSON: of an article, or of a skipped page."""


def differences(event: Event, expected: Mapping[str, Any]) -> list[str]:
    """Return how an event differs from what is expected; nothing if it does not."""
    found = [line for name, wanted in expected.items() for line in _difference(event, name, wanted)]
    return [*found, f"skipped: {event['reason']}, {event['detail']}"] if found and "reason" in event else found


def _difference(event: Event, name: str, wanted: Any) -> Iterator[str]:
    texts = [block["text"] for block in event.get("paragraphs", ())]
    body = "\n".join(texts)
    match name:
        case "text_contains":
            yield from (f"the text lacks {piece!r}" for piece in wanted if piece not in body)
        case "text_lacks" | "absent":
            yield from (f"the text has {piece!r}" for piece in wanted if piece in body)
        case "paragraphs_are":
            if texts != wanted:
                yield f"the texts are {texts!r}"
        case "min_paragraphs":
            if len(texts) < wanted:
                yield f"{len(texts)} texts, and not {wanted}"
        case "duplicates":
            if len(texts) - len(set(texts)) != wanted:
                yield f"{len(texts) - len(set(texts))} texts occur again"
        case "first" | "last":
            text = texts[0 if name == "first" else -1] if texts else ""
            if not text.startswith(wanted):
                yield f"the {name} text is {text!r}"
        case _:
            yield from _field_difference(event, name, wanted)


def _field_difference(event: Event, name: str, wanted: Any) -> Iterator[str]:
    value = event.get("published_at" if name == "published_day" else name)
    if name == "published_day" and value:
        value = value[:10]
    if name == "language" and value and isinstance(wanted, str) and "-" not in wanted:
        value = value.partition("-")[0]
    among = wanted["any_of"] if isinstance(wanted, dict) and "any_of" in wanted else [wanted]
    if value not in among:
        yield f"{name} is {value!r}, and not {wanted!r}"
