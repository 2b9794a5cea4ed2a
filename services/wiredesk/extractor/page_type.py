"""Page types: what is no article, told by what is on the page, with the reason that its publisher will read."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from wiredesk.extractor import words
from wiredesk.extractor.page_model import PageModel
from wiredesk.extractor.reading import Reading
from wiredesk_schemas import PageType, SkipReason

THRESHOLD = 0.25
"""Probability below which a page is no article. A lost story is worse than a page too many: on sites that the model
has not seen, 1.5 % of web-pages' articles are below, most of them pages that only a generous annotator calls one, and
none of the publishers'; and four fifths of all other pages."""

DOUBTFUL = 0.7
"""Probability below which a page that has a story goes out, but not as an article: nine tenths of all other pages are
below, and 4.7 % of web-pages' articles. Who wants articles alone passes these over; who would rather have a listing too
many than lose a story takes them."""

ELSEWHERE = 2.0
"""Log-odds by which pages that state another language than English are judged more kindly. The model has seen hardly
any page in one that is no article; publishers' stories in other languages are judged two and a half log-odds lower
than those in English."""

PLAIN_LINKS = 10
PLAIN_SHARE = 0.6
"""A page with fewer links, and with more of its text in the story, is nothing but that story. The model has seen no
pages of before there was metadata, and is not asked about one."""

MIN_WORDS = 40
"""Below this there is a teaser, a caption, a list of links; the shortest agency flashes have about as many."""

SHORT = 250
"""Words below which a page's other signs weigh more than its text."""

MIN_INDEX_LINKS = 30
LINKS_PER_WORD = 0.25
"""An index page has a link for every few words of what was taken for its body."""

MIN_GALLERY_PICTURES = 4

_ERROR = re.compile(
    r"\b(?:404|403|410|500|502|503)\b.{0,40}\b(?:error|not found|forbidden|gone|unavailable)|"
    r"\b(?:page|article|file|document|site) (?:was |is |could |can ?)?(?:not|n't) (?:be )?(?:found|available|exist)|"
    r"^\W*(?:error|not found|access denied|forbidden|bad gateway|service unavailable)\b|"
    r"seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|"
    r"страница не найдена|页面不存在|ページが見つかりません",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"we value your privacy|before you continue|your privacy choices|we and our (?:\d+ )?(?:partners|vendors)|"
    r"(?:accept|manage|reject)(?: all)? (?:all )?cookies|consent to (?:the use|our use|cookies|processing)|"
    r"use of cookies|cookie consent|cookies zustimmen|mit werbung (?:und tracking )?weiterlesen|"
    r"nous (?:et nos partenaires|respectons votre vie privée)|su privacidad|хотите принять файлы cookie",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page is.

    Attributes:
        confidence: that it is an article, or where `reason` is set that it is none; None where nothing measures it.
        reason, detail: why it is set aside; None for an article.
    """

    page_type: PageType
    confidence: float | None = None
    reason: SkipReason | None = None
    detail: str = ""


def verdict(reading: Reading, model: PageModel) -> Verdict:
    """Tell what a page is."""
    count = words.count(reading.text)
    heading = " ".join(filter(None, (reading.title, reading.page_title)))
    if count < SHORT and _ERROR.search(f"{heading}\n{reading.text[:500]}" if count < MIN_WORDS else heading):
        told = f"the page says so itself: {heading[:120]!r}"
        return Verdict(PageType.ERROR, 0.99, SkipReason.ERROR_PAGE, told)
    consent = _CONSENT.search(f"{heading}\n{_first_words(reading)}")
    if count < SHORT and consent:
        told = f"{count} words, and {consent[0]!r} among them"
        return Verdict(PageType.CONSENT_WALL, 0.95, SkipReason.CONSENT_WALL, told)
    return _by_signals(reading, count, model)


def _by_signals(reading: Reading, count: int, model: PageModel) -> Verdict:
    signals = reading.signals
    article = model.probability(signals) if signals and not _is_plain(signals) else None
    sure = None if article is None else round(max(article, 1 - article), 3)
    if reading.pictures >= MIN_GALLERY_PICTURES and count < MIN_WORDS:
        told = f"{reading.pictures} captioned pictures, and {count} words beside"
        return Verdict(PageType.GALLERY, sure, SkipReason.GALLERY, told)
    if count < MIN_WORDS and signals.get("declares_video", 0) + signals.get("<video>", 0) > 0:
        return Verdict(PageType.VIDEO, sure, SkipReason.VIDEO, f"a video, and {count} words beside")
    links = signals.get("links", 0)
    lists = links >= MIN_INDEX_LINKS and links > LINKS_PER_WORD * count
    likely = 1.0 if article is None else _judged_kindly(article, reading.language)
    if (likely < THRESHOLD or count < MIN_WORDS) and lists:
        return Verdict(PageType.INDEX, sure, SkipReason.INDEX_PAGE, f"{links:.0f} links, and {count} words of text")
    if count < MIN_WORDS:
        return Verdict(PageType.OTHER, sure, SkipReason.TOO_SHORT, f"{count} words; an article has {MIN_WORDS}")
    if likely < THRESHOLD:
        told = f"an article with a probability of {article:.2f}; {count} words, {links:.0f} links"
        return Verdict(PageType.OTHER, sure, SkipReason.NO_ARTICLE, told)
    return Verdict(_type_of_story(signals, likely, lists=lists), None if article is None else round(article, 3))


def _type_of_story(signals: Mapping[str, float], likely: float, *, lists: bool) -> PageType:
    if likely < DOUBTFUL:
        return PageType.INDEX if lists else PageType.OTHER
    return PageType.LIVE_BLOG if signals.get("declares_live_blog", 0) > 0 else PageType.ARTICLE


def _judged_kindly(article: float, language: str | None) -> float:
    """Return the probability of an article, by the measure of pages in English."""
    if (language or "en").lower().startswith("en") or not 0 < article < 1:
        return article
    return 1 / (1 + math.exp(-ELSEWHERE) * (1 - article) / article)


def _is_plain(signals: Mapping[str, float]) -> bool:
    return signals["links"] < PLAIN_LINKS and signals["story_share"] > PLAIN_SHARE


def _first_words(reading: Reading) -> str:
    """Return the begin of what a reader sees: of the story, or of a page that has none."""
    return reading.text[:2000] or " ".join(text.text for text in reading.judged[:40])[:2000]
