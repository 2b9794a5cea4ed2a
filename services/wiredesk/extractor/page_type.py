"""Page types: articles are separated from other pages, and a skipped page gets a reason for its publisher."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from wiredesk.extractor import words
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.models import PageModel
from wiredesk_schemas import PageType, SkipReason

SKIP_THRESHOLD = 0.25
"""Probability of an article below which a page is skipped. A lost story is worse than an extra page. On sites that
the model has not seen, 1.5 % of web-pages' articles are below it, most of them articles only by a generous definition;
none of the publishers' articles are below it, and four fifths of all other pages are."""

ARTICLE_THRESHOLD = 0.7
"""Probability below which a page that has a story is published, but not as an article: nine tenths of all other pages
are below, and 4.7 % of web-pages' articles. Consumers that want only articles ignore such pages; consumers that
prefer an extra listing to a lost story read them."""

NON_ENGLISH_LOG_ODDS_BONUS = 2.0
"""Log-odds that are added for pages that state another language than English. The model has seen hardly any other page
than articles in such a language, and gives publishers' stories in them two and a half log-odds less than those in
English."""

BARE_TEXT_LINKS = 10
"""Links below which a page may be a bare text."""

BARE_TEXT_SHARE = 0.6
"""Share of the story in a page's text above which the page may be a bare text."""

MIN_WORDS = 40
"""Words below which a page is not an article, but a teaser, a caption or a list of links. The shortest agency flashes
have about as many."""

SHORT = 250
"""Words below which the other signs of an error page or a consent wall weigh more than the text."""

MIN_INDEX_LINKS = 30
"""Minimum number of links of an index page."""

LINKS_PER_WORD = 0.25
"""Links for each word of the story from which a page is an index page."""

MIN_GALLERY_CAPTIONS = 4
"""Minimum number of captions of a gallery."""

_ERROR = re.compile(
    r"\b(?:404|403|410|500|502|503)\b.{0,40}\b(?:error|not found|forbidden|gone|unavailable)|"
    r"\b(?:page|article|file|document|site) (?:was |is |could |can ?)?(?:not|n't) (?:be )?(?:found|available|exist)|"
    r"^\W*(?:error|not found|access denied|forbidden|bad gateway|service unavailable)\b|"
    r"seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|"
    r"страница не найдена|页面不存在|ページが見つかりません",
    re.IGNORECASE,
)
"""Texts of error pages; add a language here."""

_CONSENT = re.compile(
    r"we value your privacy|before you continue|your privacy choices|we and our (?:\d+ )?(?:partners|vendors)|"
    r"(?:accept|manage|reject)(?: all)? (?:all )?cookies|consent to (?:the use|our use|cookies|processing)|"
    r"use of cookies|cookie consent|cookies zustimmen|mit werbung (?:und tracking )?weiterlesen|"
    r"nous (?:et nos partenaires|respectons votre vie privée)|su privacidad|хотите принять файлы cookie",
    re.IGNORECASE,
)
"""Texts of consent walls; add a language here."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The type of a page, and whether the page is skipped.

    Attributes:
        page_type: of the page.
        confidence: of a published page, that it is an article; of a skipped one, that it is not; None for text.
        reason: why the page is skipped; None if it is published.
        detail: of the reason, for people.
    """

    page_type: PageType
    confidence: float | None = None
    reason: SkipReason | None = None
    detail: str = ""


def classify_page(page: ExtractedPage, model: PageModel) -> Verdict:
    """Return the type of a page, and whether the page is published."""
    count = words.count(page.body)
    heading = " ".join(filter(None, (page.metadata.title.value, page.window_title)))
    if count < SHORT and _ERROR.search(f"{heading}\n{page.body[:500]}" if count < MIN_WORDS else heading):
        detail = f"the page says so itself: {heading[:120]!r}"
        return Verdict(PageType.ERROR, 0.99, SkipReason.ERROR_PAGE, detail)
    consent = _CONSENT.search(f"{heading}\n{_first_words(page)}")
    if count < SHORT and consent:
        detail = f"{count} words, and {consent[0]!r} among them"
        return Verdict(PageType.CONSENT_WALL, 0.95, SkipReason.CONSENT_WALL, detail)
    return _classify_by_signals(page, count, model)


def adjust_for_language(article: float, language: str | None) -> float:
    """Return the probability of an article, corrected for pages that are not in English."""
    if (language or "en").lower().startswith("en") or not 0 < article < 1:
        return article
    return 1 / (1 + math.exp(-NON_ENGLISH_LOG_ODDS_BONUS) * (1 - article) / article)


def is_bare_text_page(signals: Mapping[str, float]) -> bool:
    """Return whether a page has no text but its story.

    The model is not used for such a page: it was not trained on pages from the time before there was metadata.
    """
    return signals["links"] < BARE_TEXT_LINKS and signals["story_share"] > BARE_TEXT_SHARE


def _classify_by_signals(page: ExtractedPage, count: int, model: PageModel) -> Verdict:
    signals = page.signals
    article = model.probability(signals) if signals and not is_bare_text_page(signals) else None
    sure = None if article is None else round(max(article, 1 - article), 3)
    if len(page.captions) >= MIN_GALLERY_CAPTIONS and count < MIN_WORDS:
        detail = f"{len(page.captions)} captioned pictures, and {count} words beside"
        return Verdict(PageType.GALLERY, sure, SkipReason.GALLERY, detail)
    if count < MIN_WORDS and signals.get("declares_video", 0) + signals.get("<video>", 0) > 0:
        return Verdict(PageType.VIDEO, sure, SkipReason.VIDEO, f"a video, and {count} words beside")
    links = signals.get("links", 0)
    is_list = links >= MIN_INDEX_LINKS and links > LINKS_PER_WORD * count
    likely = 1.0 if article is None else adjust_for_language(article, page.metadata.language.value)
    if (likely < SKIP_THRESHOLD or count < MIN_WORDS) and is_list:
        return Verdict(PageType.INDEX, sure, SkipReason.INDEX_PAGE, f"{links:.0f} links, and {count} words of text")
    if count < MIN_WORDS:
        return Verdict(PageType.OTHER, sure, SkipReason.TOO_SHORT, f"{count} words; an article has {MIN_WORDS}")
    if likely < SKIP_THRESHOLD:
        detail = f"an article with a probability of {article:.2f}; {count} words, {links:.0f} links"
        return Verdict(PageType.OTHER, sure, SkipReason.NO_ARTICLE, detail)
    page_type = _published_type(signals, likely, is_list=is_list)
    return Verdict(page_type, None if article is None else round(article, 3))


def _published_type(signals: Mapping[str, float], likely: float, *, is_list: bool) -> PageType:
    if likely < ARTICLE_THRESHOLD:
        return PageType.INDEX if is_list else PageType.OTHER
    return PageType.LIVE_BLOG if signals.get("declares_live_blog", 0) > 0 else PageType.ARTICLE


def _first_words(page: ExtractedPage) -> str:
    """Return the beginning of the story, or of the page's texts if it has no story."""
    return page.body[:2000] or " ".join(text.text for text in page.texts[:40])[:2000]
