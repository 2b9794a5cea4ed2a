"""News agencies by their names and signs, and the agencies that a story credits."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wiredesk.agencies.names import OWN_NAME, STORED, listed
from wiredesk.extractor.words import fold
from wiredesk.languages.alternation import alternation

MAX_DATELINE = 160
"""Characters at the beginning of a story in which a dateline credits an agency."""

MAX_PLACE = 70
"""Characters before the agency in a dateline: places and a day."""

MAX_CREDIT = 160
"""Characters of a text that is only a credit, and of the end of a story that is searched for one."""

MAX_SIGN = 5
"""Characters up to which case counts: `AP` is an agency, `Ap` is not."""

MAX_LOWER_WORDS = 2
"""Words in lower case before the agency of a dateline; a sentence has more."""

_FOLDED = {fold(name): own for name, own, is_word in listed() if len(name) > MAX_SIGN and not is_word}
"""The agency's own name, by its longer names, folded."""

_WORDS = frozenset(name for name, _, is_word in listed() if is_word)
"""Names that are also ordinary words or given names."""

AGENCY_WORDS = frozenset(word for name in OWN_NAME for word in fold(name).split())
"""The words of all these names, folded."""

AGENCIES = "Agenturen"
"""What stands for the agency's own name where a byline names agencies without their names."""

_OFFICES = frozenset(STORED["offices"]["signs"])
"""Signs of offices, which follow that of their agency after a slash."""

_SIGN = alternation(sorted(OWN_NAME, key=lambda name: (-len(name), name)))
_DENSE = r"[\u3040-\u9fff\uac00-\ud7af]"
_ONE = rf"(?:(?<!\w)|(?<={_DENSE})(?={_DENSE}))(?:{_SIGN})(?!\w)"
_OFFICE = rf"(?:{'|'.join(sorted(_OFFICES))})(?!\w)"
_SEVERAL = (
    rf"(?:{_ONE}|(?<=[^\W\d])(?:共同|時事)(?!\w))"
    rf"(?:(?:\s?[/,&+＝=]\s?|\s(?:and|und|et|y|e|og|och|и|en)\s)(?:{_ONE})|"
    rf"\s?[/,&+＝=]\s?(?:{_OFFICE}|[a-z]{{2,4}}(?!\w))){{0,3}}"
)
"""One or several agencies, with signs of their offices, and initials."""

_OPEN, _CLOSE = r"[(（\[［【〔/]", r"[)）\]］】〕/]"

_BRACKETED = re.compile(
    rf"(?P<place>[^()（）\[\]［］【】〔〕]{{0,{MAX_PLACE}}}?)"
    rf"{_OPEN}\s?(?P<within>[^()（）\[\]［］【】〔〕/]{{0,40}}?(?:[\s=＝,、・日]\s?|(?={_DENSE})))??©?\s?(?P<signs>{_SEVERAL})\s?{_CLOSE}"
)
"""A dateline with its agency in brackets: LONDON, Jan 5 (Reuters), [ロンドン 5日 ロイター], (서울=연합뉴스), /TASS/."""

_DASHED = re.compile(
    rf"(?P<place>[^()（）]{{0,{MAX_PLACE}}}?)(?!(?:{alternation(sorted(_WORDS))})(?!\w))(?P<signs>{_SEVERAL})(?=\s?(?:[-–—:|]+|\.[-–—]?)(?:\s|$)|\s?[-–—]{{1,2}}\s?)"
)
"""A dateline without brackets: Reuters - , LONDON (5 Jan), AP — , МОСКВА, 5 янв — РИА Новости; no ordinary word."""

_HAN_DATELINE = re.compile(
    rf"[（(【]?据?(?P<signs>新华社|新華社|中新社|中新网|中国新闻社|中央社|中通社|法新社|路透社|美联社|共同社|塔斯社|{_ONE})"
    r"(?:记者[^\s，。]{0,12})?[^，。：:；\s]{0,24}?[0-9０-９日]\s?[日]?\s?(?:综合)?[电電讯訊]"
)
"""A Chinese dateline: 新华社北京3月2日电."""

_INTRODUCED = (
    r"(?:source|sources|quelle|quellen|fuente|fuentes|fonte|fonti|kilde|källa|bron|zdroj|źródło|forrás|sursa|kaynak|"
    r"lähde|izvor|vir|источник|джерело|източник|извор|πηγή|المصدر|منبع|מקור|स्रोत|来源|來源|出典|출처|nguồn|sumber|"
    r"with (?:additional )?(?:material|inputs?|files|reports?|reporting|information|contributions?) (?:from|by)|"
    r"(?:additional )?(?:reporting|material) (?:by|from)|mit material (?:von|der)|mit informationen (?:von|der)|"
    r"unter verwendung von material (?:von|der)|verwendete quellen|avec|(?:avec|d'après) l'|con información de|"
    r"con datos de|com informações d[aeo]s?|con informazioni d[ai]|met informatie van|med material från|com|con|mit|"
    r"with|by|von|par|por|copyright|©|\(c\))"
)
"""Words that introduce the source of a story."""

_ONLY_CREDIT = re.compile(
    rf"[\s(（\[/–—―*-]{{0,4}}(?:{_INTRODUCED}[\s:：.]{{0,3}}){{0,2}}(?:20\d\d,?\s)?(?:the |der |die |la |l'|el )?"
    rf"(?P<signs>{_SEVERAL})"
    r"(?: contributed to this (?:report|story|article))?(?:[\s,;:–-]{1,3}[\w:-]*\d[\w:/.-]*){0,4}[\s)）\]/.]{0,3}"
    r"(?:all rights reserved(?!\w).{0,100})?",
    re.IGNORECASE,
)
"""A text that is only a credit: dpa/lno, Source: AFP, With inputs from PTI."""

_AT_THE_END = re.compile(
    rf"(?:[(（\[/]\s?©?\s?(?:{_INTRODUCED}[\s:]{{1,2}})?|(?<=[.!?…。\"”»’'])\s?(?:[-–—]{{1,2}}\s?|\s))"
    rf"(?P<signs>{_SEVERAL})\s?[)）\]/]?[\s.]{{0,2}}$"
)
"""A credit that ends a story: ... he said. (dpa)"""

_SEPARATOR = re.compile(r"\s?[/,&+＝=]\s?|\s(?:and|und|et|y|e|og|och|и|en)\s")


def agency_named(text: str) -> str | None:
    """Return the own name of the agency that a text names; None if it names none."""
    name = text.strip()
    if len(name) <= MAX_SIGN:
        known = OWN_NAME.get(name) or (OWN_NAME.get(name.upper()) if name.isalpha() and name.islower() else None)
        return None if name in _WORDS and not name.isupper() else known
    return None if name in _WORDS else (OWN_NAME.get(name) or _FOLDED.get(fold(name).removeprefix("the ")))


def agencies_credited(texts: Sequence[str], after: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the agencies that a story credits in its dateline or at its end, as they are written there.

    Args:
        texts: of the story, in their order.
        after: short texts that follow the story on the page; one counts if it is only a credit.
    """
    if not texts:
        return ()
    signs = _dateline(texts[0]) or (_dateline(texts[1]) if len(texts) > 1 else "")
    at_end = [text for text in (texts[-1], *after) if len(text) <= MAX_CREDIT and (m := _ONLY_CREDIT.fullmatch(text))]
    last = _AT_THE_END.search(texts[-1][-MAX_CREDIT:])
    signs_at_end = [m["signs"] for text in at_end if (m := _ONLY_CREDIT.fullmatch(text))]
    return distinct_agencies(_split(signs, *signs_at_end, last["signs"] if last else ""))


def distinct_agencies(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without those that name the same agency as an earlier one."""
    by_own_name: dict[str, str] = {}
    for name in names:
        by_own_name.setdefault(agency_named(name) or fold(name), name)
    return tuple(by_own_name.values())


def _split(*joined: str) -> Iterator[str]:
    """Yield the agencies of joined signs, without offices and initials."""
    for signs in joined:
        if signs in OWN_NAME:
            yield signs
            continue
        yield from (part for part in _SEPARATOR.split(signs) if part in OWN_NAME and part not in _OFFICES)


def _dateline(text: str) -> str:
    """Return the signs of the agencies in the dateline that begins a text; empty if it has none."""
    opening = text[:MAX_DATELINE]
    han = _HAN_DATELINE.match(opening)
    if han:
        return han["signs"]
    for pattern in (_BRACKETED, _DASHED):
        match = pattern.match(opening)
        follows = text[match.end() :].lstrip()[:1] if match else ""
        if match and not follows.islower() and _is_place(match["place"], has_dash=pattern is _DASHED):
            return match["signs"]
    return ""


def _is_place(text: str, *, has_dash: bool) -> bool:
    """Return whether a text before an agency is empty, or places and a day: LONDON, 5 janvier."""
    place = text.strip(" ,.-–—:|")
    if not place:
        return True
    place_words = re.findall(r"[^\W\d_]+", place)
    lower = sum(word.islower() for word in place_words)
    has_number = any(character.isdigit() for character in place)
    if re.search(r"[.!?]\s", text.strip()) and not has_number:
        return False
    if has_dash and not (has_number or place.isupper() or text.rstrip().endswith((",", "-", "–", "—"))):
        return False
    return lower <= MAX_LOWER_WORDS + has_number and len(place_words) <= 8 + 2 * has_number
