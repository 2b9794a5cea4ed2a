"""Asides: texts that sites set between the paragraphs of a story. They change with the hour, and the story does not.

`Updated 5 minutes ago`, `12 comments`, `Read also: ...`, `Sign up for our newsletter`: extraction removes most of them,
and what it leaves must not make a revision. A text is an aside only by its whole form, since a false one would hide a
change: a story may begin with `Updated figures show`. `asides.toml` lists their words in the languages of newsrooms.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from wiredesk.languages.alternation import alternation
from wiredesk.revisions.folding import MARKS, fold
from wiredesk_schemas import Block, BlockKind

MAX_STAMP = 80
"""Characters of a text that is a time or a counter, at most."""

MAX_POINTER = 300
"""Characters of a text that points to another story or asks for something, at most."""

MAX_BARE_POINTER = 120
"""The same of one without a separator after its first words, and of a headline in a list of other stories."""

MAX_LISTED = 30
"""Texts after `Related stories` that belong to it, at most."""

MAX_NAMES = 3
"""Words beside the vocabulary in a stated time: a month, a weekday, a zone."""

MAX_SIGN_WORDS = 5
"""Words of a text that begins with a request of one word: `Download` begins sentences, too."""

MAX_DENSE_SIGN = 12
"""Characters of such a text in a script without spaces."""

_stored: Mapping[str, Mapping[str, Sequence[str] | str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def _words(section: str) -> frozenset[str]:
    return frozenset(fold(" ".join(str(words) for words in _stored[section].values())).split())


def _phrases(*sections: str) -> list[str]:
    """Return the phrases of all languages, folded, the longest first."""
    phrases = chain.from_iterable(chain.from_iterable(_stored[section].values()) for section in sections)
    return sorted({fold(phrase) for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase))


def _any_of(phrases: Iterable[str]) -> str:
    return alternation(phrases, space=" ")


UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
"""Scripts in which a phrase is found within a run of letters: those without spaces, and Korean, which has particles."""

_END = rf"(?![^\W{UNSPACED}])"
"""The end of a phrase: in scripts with spaces no letter follows."""

_DENSE = re.compile(rf"[{UNSPACED}]")

_WHOLE = frozenset(_phrases("whole"))
"""Texts that are nothing but a label of the site."""

_EDGES = " .:!-|>»→▶()[]"
"""What may stand around such a label."""

_OPENING = re.compile(rf"\W{{0,4}}(?:{_any_of(_phrases('pointers', 'requests', 'signs', 'whole'))}){_END}")
"""How a text begins that points to another story or asks for something: most texts do not."""

_LABELS = _any_of(_phrases("time_labels"))
_TIME_LABEL = re.compile(rf"\W{{0,4}}(?:{_LABELS}){_END}\W{{0,4}}|(?<![^\W\d_{UNSPACED}])(?:{_LABELS})\W{{0,4}}$")
_TIME_WORDS = _words("time_words")
_TIME_UNSPACED = re.compile(_any_of(_phrases("time_spaceless")))
_COUNTER_WORDS = _words("counter_words")
_COUNTER_UNSPACED = re.compile(_any_of(_phrases("counter_spaceless")))
_POINTER = re.compile(rf"\W{{0,4}}({_any_of(_phrases('pointers'))}){_END}")
_REQUEST = re.compile(rf"\W{{0,4}}(?:{_any_of(_phrases('requests'))}){_END}")
_SIGN = re.compile(rf"\W{{0,4}}(?:{_any_of(_phrases('signs'))}){_END}")

_LETTERS = re.compile(rf"(?:[^\W\d_]|[{MARKS}])+")

_STAMP_WORDS = frozenset().union(
    _TIME_WORDS, _COUNTER_WORDS, *(_LETTERS.findall(label) for label in _phrases("time_labels"))
)
"""The words of times and counters in scripts with spaces."""

_FIGURE = re.compile(r"\d")
_QUANTITY = re.compile(r"[%$€£¥₹]")
"""What shows that figures are of a report, and no time."""

_TIME = re.compile(r"\d{1,2}\s?[:.h時时시]\s?\d{2}|(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}")
"""A time of day, a year, or a day in figures."""

_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?(?:[:h時时시]\s?\d{2}(?::\d{2})?|\.\d\d (?=uhr|[a-z]{2,4}$))(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

_PLAYER = re.compile(r"\W{0,2}\d{1,2}:\d\d(?::\d\d)?\s?/\s?\d{1,2}:\d\d(?::\d\d)?\W{0,2}")
"""How far a recording is played, and how long it is."""

_PICTURED = re.compile(r"(?:[👁♥❤👍💬🗨🔥⏱🕒🕑]\s?\d[\d.,]{0,9}\s?[km]?\s?){1,6}")
"""Counters with a picture in place of a word: `👁 1.2k ♥ 12`."""

_UNITS = re.compile("[年月日时時分秒년월일시분초點点]")
"""Units of dates and times in East Asia."""

_SEPARATOR = re.compile(r"\s?(?:[:|>»→▶]|-\s|/|$)")
"""What separates the first words of a pointer from its headline."""

_SENTENCE_END = re.compile(r"[.!?。！？؟।][\"')\]]{0,2}$")

_BREAK = re.compile(
    r"""[.!?؟।。！？|•·](?:(?<=[.!?؟।])["')\]]{0,2} |(?<=[。！？])|(?<=[|•·]) ?)""",
)
"""The border between two sentences, or two parts of a line: `By Jane Doe | Updated 5 minutes ago`. It begins with the
sign before it: a pattern that begins with a class of characters is found many times as fast."""

_SEPARATORS = "|•·"
"""What separates the parts of a line, and belongs to none of them."""


def story_passages(blocks: Sequence[Block], folded: Sequence[str]) -> Iterator[str]:
    """Yield the passages of a body without the asides among them.

    Args:
        blocks: of the body.
        folded: the text of each of them, folded.
    """
    for _, text in _without_pointers(blocks, folded):
        if _is_full_time(text) or _has_stamp_words_only(text):
            continue
        parts = _parts(text)
        said = [part for part in parts if len(part) > MAX_STAMP or not is_stamp(part)]
        if len(said) < len(parts):
            yield from said
        else:
            yield text


def story_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a body as they are, without those that are nothing but asides."""
    for block, text in _without_pointers(blocks, [fold(block.text) for block in blocks]):
        if not (_is_full_time(text) or _has_stamp_words_only(text) or all(map(is_stamp, _parts(text)))):
            yield block


def _without_pointers(blocks: Sequence[Block], folded: Sequence[str]) -> Iterator[tuple[Block, str]]:
    """Yield blocks that neither point to other stories nor ask for something, each with its folded text."""
    listed = 0
    for block, text in zip(blocks, folded, strict=True):
        if listed and _is_listed(block, text):
            listed -= 1
            continue
        listed = 0
        if _OPENING.match(text):
            listed = MAX_LISTED if _is_heading_of_others(text) else 0
            if listed or is_pointer_or_request(text):
                continue
        yield block, text


def is_stamp(text: str) -> bool:
    """Return whether a folded text is nothing but a time or a counter."""
    if len(text) > MAX_STAMP or _is_prose(text):
        return False
    return _is_labelled_time(text) or _is_relative_time(text) or _is_counter(text)


def _has_stamp_words_only(text: str) -> bool:
    """Return whether a folded text is a time or a counter as a whole: abbreviations in it end with a dot, too."""
    return len(text) <= MAX_STAMP and not _is_prose(text) and (_is_relative_time(text) or _is_counter(text))


def is_pointer_or_request(text: str) -> bool:
    """Return whether a folded text points to another story, or asks its reader for something."""
    if len(text) > MAX_POINTER:
        return False
    return _is_pointer(text) or _is_request(text)


def _is_prose(text: str) -> bool:
    """Return whether a text has more words beside those of times and counters than one of them may have."""
    if not text.isascii() and _DENSE.search(text):
        return False
    words = _LETTERS.findall(text)
    # One more than the names of a stated time: a label is found before a combining mark, too.
    return len(words) - sum(map(_STAMP_WORDS.__contains__, words)) > MAX_NAMES + 1


def _parts(text: str) -> list[str]:
    """Return the sentences of a folded text, or the parts of a line."""
    parts = []
    start = 0
    for border in _BREAK.finditer(text):
        sign = border.start()
        end = sign if text[sign] in _SEPARATORS else sign + 1
        parts.append(text[start:end].removesuffix(" ") if end == sign else text[start:end])
        start = border.end()
    parts.append(text[start:])
    return [part for part in parts if part]


def _is_labelled_time(text: str) -> bool:
    label = _TIME_LABEL.match(text) or _TIME_LABEL.search(text)
    rest = text[: label.start()] + text[label.end() :] if label else ""
    if not rest or _QUANTITY.search(rest):
        return False
    names = [word for word in _LETTERS.findall(_UNITS.sub(" ", rest)) if word not in _TIME_WORDS]
    return len(names) <= MAX_NAMES and (_TIME.search(rest) is not None or _is_relative_time(rest))


def _is_full_time(text: str) -> bool:
    """Return whether a folded text is nothing but a day with its year, and a time of day: `28 May 2026 16:12`.

    It is one as a whole: the day may end with a dot, as it does in Korea.
    """
    if len(text) > MAX_STAMP or not (year := _YEAR.search(text)) or _SENTENCE_END.search(text):
        return False
    without_year = f"{text[: year.start()]} {text[year.end() :]}"
    clock = _CLOCK.search(without_year)
    if clock is None or _QUANTITY.search(text):
        return False
    if not _FIGURE.search(without_year[: clock.start()]) and not _FIGURE.search(without_year, clock.end()):
        return False  # a result
    label = _TIME_LABEL.match(text)
    rest = _UNITS.sub(" ", _TIME_UNSPACED.sub(" ", text[label.end() :] if label else text))
    return sum(word not in _TIME_WORDS for word in _LETTERS.findall(rest)) <= MAX_NAMES


def _is_relative_time(text: str) -> bool:
    return _consists_of(text, _TIME_WORDS, _TIME_UNSPACED)


def _is_counter(text: str) -> bool:
    if _PLAYER.fullmatch(text) or _PICTURED.fullmatch(text):
        return True
    return _FIGURE.search(text) is not None and _consists_of(text, _COUNTER_WORDS, _COUNTER_UNSPACED)


def _consists_of(text: str, words: frozenset[str], unspaced: re.Pattern[str]) -> bool:
    """Return whether a text has nothing but figures and the words of a vocabulary, at least one."""
    if _QUANTITY.search(text):
        return False
    rest = text if text.isascii() else unspaced.sub(" ", text)
    letters = _LETTERS.findall(rest)
    return words.issuperset(letters) and (bool(letters) or rest != text)


def _is_pointer(text: str) -> bool:
    match = _POINTER.match(text)
    if match is None:
        return False
    if _SEPARATOR.match(text, match.end()):
        return True
    return " " in match[1] and len(text) <= MAX_BARE_POINTER and not _SENTENCE_END.search(text)


def _is_heading_of_others(text: str) -> bool:
    """Return whether a text announces a list of other stories, and has nothing else."""
    match = _POINTER.match(text)
    return match is not None and not _LETTERS.search(text, match.end()) and not _FIGURE.search(text, match.end())


def _is_listed(block: Block, text: str) -> bool:
    """Return whether a text after such a heading belongs to its list: a headline is no sentence."""
    if block.kind is BlockKind.TABLE_ROW or len(text) > MAX_BARE_POINTER:
        return False
    return block.kind is BlockKind.LIST_ITEM or not _SENTENCE_END.search(text)


def _is_request(text: str) -> bool:
    if _REQUEST.match(text) or text.strip(_EDGES) in _WHOLE:
        return True
    limit = MAX_DENSE_SIGN if _DENSE.search(text) else MAX_STAMP
    is_short = len(text.split()) <= MAX_SIGN_WORDS and len(text) <= limit and not _FIGURE.search(text)
    return is_short and _SIGN.match(text) is not None
