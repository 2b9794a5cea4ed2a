"""Names in Chinese, Japanese and Korean bylines, where only spaces, or nothing, divide a name from other words."""

import re
from collections.abc import Iterator

from wiredesk.extractor.metadata.authors.names import SURNAMES
from wiredesk.extractor.metadata.authors.vocabulary import phrases
from wiredesk.languages.alternation import alternation

MIN_SYLLABLES, MAX_SYLLABLES = 2, 4
"""Characters of a Chinese or Korean name."""

_REPORTED_FROM = re.compile(
    rf"(?:/[\u4e00-\u9fff]{{2,6}}|{alternation(phrases('datelines'))})(?:连线|連線)?(?:報導|報道|报道|電|电)"
)
"""From where a story was reported, after the reporter's name: `記者張小明／台北報導`."""

_FOLLOWING = re.compile(rf"\s?(?:{alternation(phrases('following'))})(?:\s|$).*$")
"""What follows a name, and all after it."""


def without_place_of_report(text: str) -> str:
    """Return a text without the place from which a story was reported."""
    return _REPORTED_FROM.sub(" ", text)


def spaceless_candidates(text: str, signs: str) -> Iterator[str]:
    """Yield names that only spaces separate, in Chinese and Korean; other texts as they are.

    Args:
        text: that may be names, with words that follow names.
        signs: which are taken from the beginning and the end of a text.
    """
    is_korean = re.match(r"[\uac00-\ud7af]", text) is not None
    is_han = re.match(r"[\u3400-\u9fff]", text) is not None
    if is_korean or is_han:
        text = _FOLLOWING.sub("", text)
    names = text.split()
    are_whole = len(names) > 1 and all(MIN_SYLLABLES <= len(name) <= MAX_SYLLABLES for name in names)
    if are_whole and (is_korean or (is_han and all(name[0] in SURNAMES for name in names))):
        yield from names
    elif is_han and len(names) == 2 and len(names[0]) == 1 and names[0] in SURNAMES:  # noqa: PLR2004 - two parts of one
        yield "".join(names)
    else:
        yield text.strip(signs)
