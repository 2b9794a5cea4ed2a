"""Page types: articles are separated from other pages, and a skipped page gets a reason for its publisher.

A page is set aside only where two witnesses agree: the model of page types, which reads signals of the whole page, and
the body, which is no story by its own measure. What has a story is published, with its type and its probability.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wiredesk.extractor import notices, words
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.models import IS_ENGLISH, PageModel
from wiredesk.extractor.notices import ErrorTitle
from wiredesk.extractor.story_measure import SHORT, StoryMeasure, measure_story
from wiredesk.extractor.words import length
from wiredesk_schemas import PageType, SkipReason

SKIP_THRESHOLD = 0.12
"""Probability of an article below which a page without a story is skipped: of web-pages' 666 articles three are, on
sites that the models have not seen."""

ARTICLE_THRESHOLD = 0.6
"""Probability below which a page that has a story is published, but not as an article. Consumers that want only
articles ignore such pages; consumers that prefer an extra listing to a lost story read them. On sites that the models
have not seen, 0.900 of web-pages' other pages are below or skipped, and 0.051 of its articles."""

ARTICLE_THRESHOLD_WITHOUT_WORDS = 0.5
"""The same for pages that the model types without their words, because they are not in English: it is less sure of
their stories, and has seen hardly any other page in other languages."""

BARE_TEXT_LINKS = 10
"""Links below which a page may be a bare text."""

BARE_TEXT_SHARE = 0.6
"""Share of the story in a page's text above which the page may be a bare text."""

MIN_WORDS = 40
"""Words below which a page with pictures or a video shows these, and the text is beside them."""

MIN_INDEX_LINKS = 30
"""Minimum number of links of an index page."""

LINKS_PER_LETTER = 0.04
"""Links for each letter of the story from which a page is an index page: one for four words."""

MIN_GALLERY_CAPTIONS = 4
"""Minimum number of captions of a gallery."""

STORY_UNDER_ERROR = {ErrorTitle.NONE: 0, ErrorTitle.BESIDE_SITE: 40, ErrorTitle.ALL: 80}
"""Words in sentences that a story has under a title that names an error: with fewer, the page is an error page."""

MIN_ASKED = 0.7
"""Share of a page's text in requests for consent from which it is a consent wall."""

MIN_ASKED_WITH_BUTTON = 0.3
"""The same for a page with a button to agree."""

FIRST_TEXTS = 60
"""Texts at the beginning of a page in which a notice is looked for."""


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
    story = measure_story(page)
    return _error(page, story) or _consent_wall(page, story) or _classify_by_signals(page, story, model)


def article_threshold(signals: Mapping[str, float]) -> float:
    """Return the probability from which a page with these signals is published as an article."""
    return ARTICLE_THRESHOLD if signals.get(IS_ENGLISH) else ARTICLE_THRESHOLD_WITHOUT_WORDS


def is_bare_text_page(page: ExtractedPage, story: StoryMeasure) -> bool:
    """Return whether a page has no text but its story, and perhaps a notice.

    The model is not used for such a page: it was not trained on pages from the time before there was metadata.
    """
    if page.signals["links"] >= BARE_TEXT_LINKS:
        return False
    beside = (text.text for text in page.texts[:FIRST_TEXTS] if not text.kept)
    others = sum(length(text) for text in beside if not notices.asks_consent(text))
    return story.letters > BARE_TEXT_SHARE * (story.letters + others)


def _error(page: ExtractedPage, story: StoryMeasure) -> Verdict | None:
    """Return the verdict for an error page: it names an error or apologises, and tells little else."""
    if story.words >= SHORT:
        return None
    titles = [title for title in (page.metadata.title.value, page.window_title) if title]
    named = max(map(notices.error_title, titles), default=ErrorTitle.NONE)
    if story.prose_words < STORY_UNDER_ERROR[named]:
        detail = f"the page says so itself: {' / '.join(titles)[:120]!r}"
        return Verdict(PageType.ERROR, 0.99, SkipReason.ERROR_PAGE, detail)
    apologies = () if story.is_flash else _notices(page, notices.is_apology)
    if apologies:
        return Verdict(PageType.ERROR, 0.9, SkipReason.ERROR_PAGE, f"the page says so itself: {apologies[0][:120]!r}")
    return None


def _consent_wall(page: ExtractedPage, story: StoryMeasure) -> Verdict | None:
    """Return the verdict for a consent wall: it asks its reader for consent, and has little text beside."""
    if story.words >= SHORT or story.is_flash:
        return None
    asking = _notices(page, notices.asks_consent)
    asked = sum(map(words.count, asking))
    everything = sum(words.count(text.text) for text in page.texts[:FIRST_TEXTS])
    has_button = any(map(notices.is_consent_button, (*page.buttons, *(text.text for text in page.texts[:FIRST_TEXTS]))))
    if not asking or asked < (MIN_ASKED_WITH_BUTTON if has_button else MIN_ASKED) * everything:
        return None
    detail = f"{story.words} words, and {asking[0][:60]!r} among them"
    return Verdict(PageType.CONSENT_WALL, 0.95, SkipReason.CONSENT_WALL, detail)


def _notices(page: ExtractedPage, is_notice: Callable[[str], bool]) -> Sequence[str]:
    """Return the notices of a body, or at the beginning of a page without one."""
    kept = [text.text for text in page.texts if text.kept]
    return [text for text in kept or [text.text for text in page.texts[:FIRST_TEXTS]] if is_notice(text)]


def _classify_by_signals(page: ExtractedPage, story: StoryMeasure, model: PageModel) -> Verdict:
    signals = page.signals
    article = model.probability(signals) if signals and not is_bare_text_page(page, story) else None
    sure = None if article is None else round(max(article, 1 - article), 3)
    likely = 1.0 if article is None else article
    links = signals.get("links", 0)
    is_list = links >= MIN_INDEX_LINKS and links > LINKS_PER_LETTER * story.letters
    shown = _shown_beside(page, story)
    if not story.is_flash:
        return _without_story(page, story, shown, sure, is_list=is_list and likely < article_threshold(signals))
    if likely < SKIP_THRESHOLD and not story.is_story:
        detail = f"an article with a probability of {likely:.2f}; {story.words} words, {links:.0f} links"
        if is_list:
            return Verdict(PageType.INDEX, sure, SkipReason.INDEX_PAGE, detail)
        return Verdict(PageType.OTHER, sure, SkipReason.NO_ARTICLE, detail)
    page_type = shown or _published_type(signals, likely, is_list=is_list)
    return Verdict(page_type, None if article is None else round(article, 3))


def _shown_beside(page: ExtractedPage, story: StoryMeasure) -> PageType | None:
    """Return what a page shows beside a text of a sentence or two: a gallery, a video, or neither."""
    if story.words >= MIN_WORDS:
        return None
    if len(page.captions) >= MIN_GALLERY_CAPTIONS:
        return PageType.GALLERY
    has_video = page.signals.get("declares_video", 0) + page.signals.get("<video>", 0) > 0
    return PageType.VIDEO if has_video else None


def _without_story(
    page: ExtractedPage, story: StoryMeasure, shown: PageType | None, sure: float | None, *, is_list: bool
) -> Verdict:
    """Return the verdict for a page without any story, however short."""
    beside = f"{story.words} words beside"
    if shown is PageType.GALLERY:
        return Verdict(shown, sure, SkipReason.GALLERY, f"{len(page.captions)} captioned pictures, and {beside}")
    if shown is PageType.VIDEO:
        return Verdict(shown, sure, SkipReason.VIDEO, f"a video, and {beside}")
    if is_list:
        detail = f"{page.signals.get('links', 0):.0f} links, and {story.words} words of text"
        return Verdict(PageType.INDEX, sure, SkipReason.INDEX_PAGE, detail)
    return Verdict(PageType.OTHER, sure, SkipReason.TOO_SHORT, f"{story.words} words, and no sentences of a story")


def _published_type(signals: Mapping[str, float], likely: float, *, is_list: bool) -> PageType:
    if likely < article_threshold(signals):
        return PageType.INDEX if is_list else PageType.OTHER
    return PageType.LIVE_BLOG if signals.get("declares_live_blog", 0) > 0 else PageType.ARTICLE
