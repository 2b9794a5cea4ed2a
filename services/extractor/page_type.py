"""Page types: what is no article, told by what is on the page, with the reason that its publisher will read."""

import re
from urllib.parse import urlsplit

from schemas import SkipReason
from services.extractor import words
from services.extractor.reading import Reading
from services.extractor.structured import ARTICLE_TYPES

type Verdict = tuple[SkipReason, str]

MIN_WORDS = 40
"""Below this there is a teaser, a caption, a list of links; the shortest agency flashes have about as many."""

SHORT = 250
"""Words below which a page's other signs weigh more than its text."""

MIN_INDEX_LINKS = 30
LINKS_PER_WORD = 0.25
"""An index page has a link for every few words of what was taken for its body; articles with as many links around
them have more to say, or have a date."""

PROSE = 80
"""Letters from which a block is a paragraph rather than a teaser or a label."""

MAX_SENTENCE = 60
"""Words of a sentence on average, above which a block is a list whose items have been run together."""

MAX_INDEX_PROSE = 100
"""Words of prose that an index page may have: an introduction."""

MIN_GALLERY_PICTURES = 4

_SENTENCE_END = re.compile(r"[.!?…。！？।؟](?=\W|$|[^\x00-\x7f])")
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


def verdict(reading: Reading, url: str) -> Verdict | None:
    """Return why a page is no article, or None when it is one."""
    count = words.count(reading.text)
    heading = " ".join(filter(None, (reading.title, reading.page_title)))
    if count < SHORT and _ERROR.search(f"{heading}\n{reading.text[:500]}" if count < MIN_WORDS else heading):
        return SkipReason.ERROR_PAGE, f"the page says so itself: {heading[:120]!r}"
    consent = _CONSENT.search(f"{heading}\n{reading.text[:2000]}")
    if count < SHORT and consent:
        return SkipReason.CONSENT_WALL, f"{count} words, and {consent[0]!r} among them"
    if reading.pictures >= MIN_GALLERY_PICTURES and count < MIN_WORDS:
        return SkipReason.GALLERY, f"{reading.pictures} captioned pictures, and {count} words beside"
    if _is_index(reading, count, url):
        return SkipReason.INDEX_PAGE, f"{reading.links} links, and {count} words of text"
    if count < MIN_WORDS:
        return SkipReason.TOO_SHORT, f"{count} words; an article has {MIN_WORDS}"
    return None


def _is_index(reading: Reading, count: int, url: str) -> bool:
    if reading.links < MIN_INDEX_LINKS:
        return False
    if reading.published_at is not None:
        return False
    if urlsplit(url).path in ("", "/") and reading.declared_type not in ARTICLE_TYPES:
        return True
    prose = sum(words.count(block.text) for block in reading.blocks if _is_prose(block.text))
    return prose <= MAX_INDEX_PROSE and reading.links > LINKS_PER_WORD * count


def _is_prose(text: str) -> bool:
    sentences = len(_SENTENCE_END.findall(text))
    return words.length(text) >= PROSE and words.count(text) <= MAX_SENTENCE * sentences
