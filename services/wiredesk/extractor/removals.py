"""Removals: pages that say that their story is not there any more, and notices with which agencies withdraw one.

A site says it in place of the story: `This story has been removed`. An agency publishes a notice that is headed `KILL`
or `WITHDRAWN`. A story about either says it of another one, and is left alone: a statement counts in a page without a
story, or where it speaks of `this` story at the beginning of a short text. `removals.toml` lists the words of each
language.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from wiredesk.extractor import words
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.page_type import Verdict
from wiredesk.extractor.story_measure import SHORT
from wiredesk_schemas import SkipReason, WithdrawalReason

MAX_STATEMENT = 600
"""Characters of a text in which a removal is looked for."""

FIRST_TEXTS = 40
"""Texts at the beginning of a page without a story that are read."""

FIRST_BLOCKS = 3
"""Texts at the beginning of a story that may be a notice."""

MAX_NOTICE_WORDS = SHORT
"""Words from which a page is a story, whatever it is headed with."""

UNAMBIGUOUS = ("retract", "withdrawn")
"""Beginnings of labels that need no capitals: `Removed: the statue` is a story, `Withdrawn: Ferry strike` a notice."""

AGENCY_MARK = (
    r"(?:[a-z]{2,8}-{1,2}|(?:ap|pa|aap|afp|dpa|apa|sda|efe|ansa|tass|reuters|upi|pti|cp|ntb|tt|stt|anp|belga|lusa|pap)(?=\s))"
    r"\s?"
)
"""What agencies set before a label: `AP-KILL:`, `BC-US--KILL`, `PA KILL`."""

MIN_DENSE_LABEL = 4
"""Characters of a label in a script without spaces that a space may end."""

_stored: Mapping[str, Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _statements() -> str:
    patterns: list[str] = []
    for language, statements in _stored["statements"].items():
        works = _stored["works"].get(language, "")
        patterns += [pattern.replace("(?:WORK)", f"(?:{works})") for pattern in statements]
    return "|".join(patterns)


def _vocabulary(section: str) -> frozenset[str]:
    return frozenset(" ".join(_stored[section].values()).split())


def _any_of(section: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, chain.from_iterable(_stored[section].values()))))


_REASON = rf"(?:{_any_of('reasons').pattern})\s[^.,;:\"]{{1,60}},\s?"
"""Why, before the rest of a sentence."""

_STATEMENT = re.compile(rf"\W{{0,4}}(?:[^:\"]{{1,40}}:\s?)?(?:{_REASON})?(?:{_statements()})")
"""A removal at the beginning of a sentence."""

_UNSPACED = re.compile("|".join(chain.from_iterable(_stored["unspaced"].values())))
"""A removal in a script without spaces, or in Korean."""

_THIS = re.compile(
    r"\b(?:this|our|we have|we had|dieser|diese|dieses|diesen|wir haben|cet|cette|ce|nous avons|este|esta|hemos|"
    r"questo|questa|dit|deze|denna|den här|denne|dette|tämä|tätä|þessi|see|šis|šī|ši|ten|ta|to|tento|tato|táto|"
    r"ovaj|ova|овај|ова|"
    r"тази|този|acest|această|ez a|ezt a|αυτό|αυτή|bu|этот|эта|данный|данная|цей|ця|цю|гэты|гэтая|ky|kjo|"
    r"aquest|aquesta|hierdie|ini|ito|này|هذا|هذه|این|یہ|यह|इस|এই|இந்த|ఈ)\b"
    r"|この|[该該此](?=文|[页頁]|新[闻聞]|稿|篇|[网網][页頁]|[报報])|[这這](?=篇|[条條]|[页頁])"
    r"|本(?=文|稿|記事|[页頁]|[网網][页頁]|篇|[条條]|新[闻聞]|[报報]道)|[이본당] ?(?=기사|페이지|게시물|콘텐츠|글|뉴스)"
)
"""A word with which a text speaks of itself."""

_ACCENT = re.compile("[\u0300-\u036f]")
"""An accent of a letter in Latin, Greek or Cyrillic script."""


def _without_accents(text: str) -> str:
    """Return a text as it is in capitals where these have no accents: `DEPECHE ANNULEE`."""
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text)))


_STORED_LABELS = frozenset(chain.from_iterable(_stored["labels"].values()))
_LABELS = _STORED_LABELS | frozenset(map(_without_accents, _STORED_LABELS))
_ANY_LABEL = "|".join(re.escape(label) for label in sorted(_LABELS, key=lambda one: (-len(one), one)))
_LABEL_AT_END = re.compile(rf"\w\s?[,:(\[|–—-]\s?(?P<label>{_ANY_LABEL})\W{{0,2}}$")
"""A label after the slug of a story: `BC-EU--Ferry Strike, KILL`."""

_STORED_LEADS = frozenset(chain.from_iterable(_stored["leads"].values()))
_ANY_LEAD = "|".join(
    sorted(map(re.escape, _STORED_LEADS | set(map(_without_accents, _STORED_LEADS))), key=lambda one: (-len(one), one))
)
_LABEL = re.compile(
    rf"\W{{0,4}}(?P<lead>(?:{_ANY_LEAD})[\s:!,.–—-]{{1,4}})?\W{{0,2}}(?:{AGENCY_MARK}){{0,2}}"
    rf"(?P<label>{_ANY_LABEL})"
    r"(?!\w)\W{0,3}?(?P<end>[:|\])】》〉>」』/]|\.\s|-\s|-(?=\S)|\s[-–—]|[–—]|$|\s(?=\w))"
)
_EDITORS = re.compile(r"\b(?:editor|redak|r[eé]dac|redac|reda[cç]|redazion|redactie)")
"""A word of a lead that turns to editors, as no story does."""

_WORK = re.compile(rf"\b(?:{'|'.join(_stored['works'].values())})\b")
"""A story or its page, as one word of a label."""

_ADVISORY = re.compile(r"\W{0,4}advisory\b.{0,200}\b(?:withdrawn|killed|retracted|withdraws|kill|disregard)\b")
"""An advisory to editors that withdraws a story."""

_ABOUT = _vocabulary("about")
_MISSING, _PASSING = _vocabulary("missing"), _vocabulary("passing")
_MISSING_UNSPACED, _PASSING_UNSPACED = _any_of("missing_unspaced"), _any_of("passing_unspaced")

_DENSE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_QUOTED = re.compile(r'"[^"]{0,500}"')
_BREAK = re.compile(r"(?<=[.!?؟।])\s|(?<=[。！？])")
_SIGNS = str.maketrans(dict.fromkeys("“”„«»″「」", '"') | dict.fromkeys("‘’‚ʼ", "'") | {"：": ":", "\u00a0": " "})
_URL = re.compile(r"https?://[^\s<>\"'()]{4,500}")


def removal(page: ExtractedPage, verdict: Verdict) -> tuple[WithdrawalReason, str] | None:
    """Return why the story of a page is withdrawn, and the text that says so; None where it is not."""
    if verdict.reason is SkipReason.ERROR_PAGE:
        missing = _missing(page)
        return None if missing is None else (WithdrawalReason.REMOVED, missing)
    titles = [title for title in (page.metadata.title.value, page.window_title) if title]
    if verdict.reason is SkipReason.CONSENT_WALL or page.word_count >= MAX_NOTICE_WORDS:
        return None
    blocks = [block.text for block in page.blocks]
    if (label := _labelled([*titles[:1], *blocks[:1]], blocks)) is not None:
        return WithdrawalReason.NOTICE, label
    if verdict.reason is None:
        opening = [*titles[:1], *([page.metadata.subtitle.value or ""]), *blocks[:FIRST_BLOCKS]]
        stated = next((text for text in opening if text and _states_removal(text, of_itself=True)), None)
    else:
        texts = [text.text for text in page.texts[:FIRST_TEXTS]]
        stated = next((text for text in (*titles, *blocks, *texts) if _states_removal(text, of_itself=False)), None)
    return None if stated is None else (WithdrawalReason.REMOVED, stated)


def named_urls(page: ExtractedPage) -> list[str]:
    """Return the addresses that the text of a notice names, as they are written."""
    texts = "\n".join(block.text[:MAX_STATEMENT] for block in page.blocks[:FIRST_TEXTS])
    return [url.rstrip(".,;:") for url in _URL.findall(texts)]


def _missing(page: ExtractedPage) -> str | None:
    """Return the text of an error page that says that there is no such page; None where it is another error."""
    titles = [title for title in (page.metadata.title.value, page.window_title) if title]
    texts = [text.text[:MAX_STATEMENT] for text in page.texts[:FIRST_TEXTS]]
    plain = [_plain(text) for text in titles]
    if any(_has(text, _PASSING, _PASSING_UNSPACED) for text in plain):
        return None
    for text in (*titles, *texts):
        if _has(_plain(text), _MISSING, _MISSING_UNSPACED) or _states_removal(text, of_itself=False):
            return text
    return None


def _has(text: str, vocabulary: frozenset[str], unspaced: re.Pattern[str]) -> bool:
    return not vocabulary.isdisjoint(words.split(text)) or unspaced.search(text) is not None


def _labelled(openings: Sequence[str], blocks: Iterable[str]) -> str | None:
    """Return the text that is headed as the withdrawal of a story, if the text beside is about one."""
    beside = [_plain(text) for text in blocks]
    for opening in openings:
        plain = _plain(opening)
        if _ADVISORY.match(plain):
            return opening
        match = _LABEL.match(plain)
        if match is None and _is_closed_by_label(opening, plain, beside):
            return opening
        if match is None:
            continue
        label = match["label"]
        is_whole = " " in label and match.end() == len(plain)
        is_notice = is_whole and (_is_addressed(match) or _is_about_story(beside, label))
        if not (is_notice or _is_heading(opening, match) or match["end"] != ""):
            continue
        if match["end"] == " " and not _may_end_with_space(opening, match):
            continue
        if (
            " " in label
            or _DENSE.search(label)
            or (_is_agency_style(opening, label) and _is_about_story(beside, label))
        ):
            return opening
    return None


def _is_closed_by_label(opening: str, plain: str, beside: Sequence[str]) -> bool:
    """Return whether a headline that is not in capitals ends with a label that is."""
    match = _LABEL_AT_END.search(plain)
    if match is None or opening == opening.upper():
        return False
    label = match["label"]
    return label.upper() in _with_plain_i(opening) and _is_about_story(beside, label)


def _may_end_with_space(opening: str, match: re.Match[str]) -> bool:
    """Return whether no sign is needed after a label: editors are addressed before it, or it is a long one."""
    label = match["label"]
    if _DENSE.search(label):
        return len(label) >= MIN_DENSE_LABEL
    if _is_addressed(match) and _EDITORS.search(match["lead"]):
        return True
    return match["lead"] is not None and label.upper() in _with_plain_i(opening)


def _is_addressed(match: re.Match[str]) -> bool:
    """Return whether a lead is before a label that names a story: `Warning: do not use` may be of a product."""
    return match["lead"] is not None and " " in match["label"] and _WORK.search(match["label"]) is not None


def _is_heading(opening: str, match: re.Match[str]) -> bool:
    """Return whether a text has nothing but the label, in capitals where there are any."""
    return match.end() == len(_plain(opening)) and opening == opening.upper()


def _is_agency_style(opening: str, label: str) -> bool:
    """Return whether a label of one word is in capitals, as agencies have it, or a word that is of no other use."""
    return label.upper() in _with_plain_i(opening) or label.startswith(UNAMBIGUOUS)


def _with_plain_i(text: str) -> str:
    return text.replace("İ", "I")


def _is_about_story(texts: Iterable[str], label: str) -> bool:
    """Return whether a text is about a story, by another word than its label: drugs are withdrawn, too."""
    about = _ABOUT.difference(words.split(label))
    return any(not about.isdisjoint(words.split(text)) for text in texts)


def _states_removal(text: str, *, of_itself: bool) -> bool:
    """Return whether a text says that a story was removed.

    Args:
        text: of a page.
        of_itself: only if it speaks of `this` story: a page with a story may report that another one was removed.
    """
    plain = _QUOTED.sub(" ", _plain(text))
    for sentence in _BREAK.split(plain)[:FIRST_BLOCKS]:
        match = _STATEMENT.match(sentence) or (_UNSPACED.search(sentence) if _DENSE.search(sentence) else None)
        if match is not None and (not of_itself or _THIS.search(sentence[: match.end()])):
            return True
    return False


def _plain(text: str) -> str:
    """Return a text in lower case, in single spaces, with plain quotation marks."""
    plain = unicodedata.normalize("NFC", " ".join(text[:MAX_STATEMENT].translate(_SIGNS).split()))
    return plain.lower().replace("i\u0307", "i")
