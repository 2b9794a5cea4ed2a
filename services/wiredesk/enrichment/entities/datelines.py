"""Datelines: place and agency at the beginning of a report, as in `BRUSSELS (Reuters) -` and `КИЕВ, 3 мая (РИА)`."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.folding import fold_name
from wiredesk.enrichment.entities.gazetteer import lookup
from wiredesk.enrichment.entities.lexicon import CAPITALS, lexicon_of
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.entities.readable import PAIR_MARK
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

MAX_CHARACTERS = 120
"""Characters at the beginning of a text in which a dateline is looked for."""

# `BRUSSELS (Reuters) -`, `PARIS, May 3 (AP) —`
_ENGLISH = re.compile(
    r"^([A-Z][A-Z.'’-]+(?:[ /,][A-Z][A-Z.'’-]+){0,4})"  # the place, or places: `,` is a slash
    r"(?:, [A-Z][\w.]+(?: [A-Z][a-z]+)?)?"  # the country or state
    r"(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?"  # the day
    r"(?: (?P<agency>\([A-Z][\w. ]{1,20}\)) [-–—]| [-–—|] |: )"
)

_CAPITAL = f"[{CAPITALS}Α-ΩΆΈΉΊΌΎΏ]"
_AGENCY = r"\((?P<agency>[^()\n]{2,24})\)"
_DAY = r"(?:,? ?(?:[^\W\d]{2,10}\.? )?\d{1,2}\.?(?: [^\W\d]{2,10}\.?)?(?: \d{4})?)?"

# `Berlin (dpa) -`, `PARÍS, 3 may (EFE).-`, `КИЕВ, 3 мая (РИА)`
_CASED = re.compile(
    rf"^({_CAPITAL}[\w.'’-]+(?:[ /]{_CAPITAL}[\w.'’-]+){{0,3}})(?:, {_CAPITAL}[\w.'’-]+)?{_DAY},? ?{_AGENCY}"
)

# `JAKARTA, KOMPAS.com -`, `Jakarta, CNN Indonesia --`
_SITED = re.compile(
    rf"^({_CAPITAL}[\w.'’-]+(?: {_CAPITAL}[\w.'’-]+){{0,2}}), "
    rf"(?P<agency>{_CAPITAL}[\w.]+(?: {_CAPITAL}\w+)?) ?[-–—]{{1,2}} "
)

# `دمشق (سانا)`, `القاهرة - (رويترز)`, `नई दिल्ली, 3 मई (भाषा)`: marks are no letters for a pattern.
_UNCASED = re.compile(
    rf"^([^\s\d(),:.-]{{2,20}}(?: [^\s\d(),:.-]{{2,20}}){{0,2}})(?:,? ?\d{{1,2}} [^\s()]{{2,12}})? ?[-–ـ]? ?{_AGENCY}"
)

# `【東京時事】`, `【北京=共同】`, `(서울=연합뉴스)`
_OPEN, _CLOSE = r"[【〔［(（\[]", r"[】〕］)）\]]"
_ASIAN_AGENCY = "共同|時事|新華社|ロイター|聯合|朝日|AFP|ＡＦＰ|AP|ＡＰ|NNA"
_BRACKETED = re.compile(
    rf"^{_OPEN} ?(?P<place>[^\W\d_]{{2,12}}?)(?:[=＝]|(?=(?:{_ASIAN_AGENCY})[^】〕］)）\]\n]{{0,20}}{_CLOSE}))"
)

# `新华社北京4月24日电`
_CHINESE = re.compile(
    r"^[（(]?(?P<agency>新华社|新華社|中新社|中新网|人民网|中央社|法新社|路透社)(?P<place>[^\W\d_]{2,8}?)\d{1,2}(?:月\d{1,2})?日[电電]"
)


def dateline_places(field: ArticleField) -> Iterator[NameSpan]:
    """Yield the places of a text's dateline.

    Without an agency the gazetteer must know the place: `BERLIN -` is a dateline, `ANALYSIS -` is not.
    """
    text = field.text[:MAX_CHARACTERS]
    if field.language == ENGLISH:
        dateline = _ENGLISH.match(text)
        if dateline:
            yield from _places(field, dateline, is_certain=bool(dateline["agency"]))
        return
    text = field.published_text[:MAX_CHARACTERS]
    bracketed = _BRACKETED.match(text) or _CHINESE.match(text)
    if bracketed:
        yield NameSpan(field, bracketed.start("place"), bracketed.end("place"), EntityType.PLACE)
        return
    dateline = _CASED.match(text) or _UNCASED.match(text)
    if dateline and _is_agency(dateline["agency"], field):
        yield from _places(field, dateline, is_certain=True)
    elif sited := _SITED.match(text):
        yield from _places(field, sited, is_certain=False)


def dateline_agencies(field: ArticleField) -> Iterator[NameSpan]:
    """Yield the agency of a dateline, in other languages than English: taggers take `(Танјуг)` for a place."""
    if field.language == ENGLISH:
        return
    text = field.published_text[:MAX_CHARACTERS]
    dateline = _CHINESE.match(text) or _CASED.match(text) or _UNCASED.match(text)
    if dateline is None or re.search("[/,]", dateline["agency"]):
        return
    if dateline.re is _CHINESE or _is_agency(dateline["agency"], field):
        yield NameSpan(field, dateline.start("agency"), dateline.end("agency"), EntityType.ORGANISATION)


@cache
def agencies() -> frozenset[str]:
    """Return the names of news agencies in datelines, folded; of a longer name the first word."""
    return frozenset(files(__package__).joinpath("agencies.txt").read_text(encoding="utf-8").split())


def _is_agency(name: str, field: ArticleField) -> bool:
    """Whether brackets hold an agency: `(dpa)`, `(EFE)`, and not a party or an age."""
    words = fold_name(name.replace("/", " "), lexicon_of(field.language)).split()
    return bool(words) and any(word in agencies() for word in ("".join(words), *words))


def _places(field: ArticleField, dateline: re.Match[str], *, is_certain: bool) -> Iterator[NameSpan]:
    name, _, river = dateline[1].replace(PAIR_MARK, "/").rpartition("/")
    if name and river.lower() in lexicon_of(field.language).rivers:
        yield NameSpan(field, dateline.start(1), dateline.end(1), EntityType.PLACE)
        return
    for place in re.finditer(r"[^/,]+", dateline[1]):
        surface = place[0].strip()
        start = dateline.start(1) + place.start() + place[0].index(surface)
        if is_certain or lookup(surface.title(), EntityType.PLACE):
            yield NameSpan(field, start, start + len(surface), EntityType.PLACE)
