"""Tags beyond the number that any page needs: time and memory of a page follow from its number of elements.

What repeats is left out first, because a reader does not see it: a story after a million empty elements is still read.
What is then beyond the limit is cut, and the story counts as truncated.
"""

import re
from itertools import islice

MAX_TAGS = 100_000
"""Tags of a page that are read. Of 1,210 public pages none has more than 20,000, end tags among them."""

_RUN = re.compile(rb"((?:<[^<>]{1,60}+>\s{0,20}+){1,4}?)\1{9,}")
"""The same one to four tags, ten times or more, without a text between them."""


def drop_surplus_tags(page: bytes) -> bytes:
    """Return a page with at most `MAX_TAGS` tags: the page itself, if it has no more."""
    if page.count(b"<") <= MAX_TAGS:
        return page
    page = _RUN.sub(rb"\1", page)
    beyond = next(islice(re.finditer(b"<", page), MAX_TAGS, None), None)
    return page[: beyond.start()] if beyond else page


def is_cut(body: str) -> bool:
    """Return whether a page loses its end for having too many tags."""
    return body.count("<") > MAX_TAGS and _RUN.sub(rb"\1", body.encode("utf-8", "replace")).count(b"<") > MAX_TAGS
