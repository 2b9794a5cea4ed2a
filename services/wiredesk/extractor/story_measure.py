"""What a story is measured by: how much of a body is prose, and how sure the models of the body are of it.

The measure knows neither address nor language. A page whose body is a story by it is published, whatever else speaks
against the page.
"""

import re
from dataclasses import dataclass

from wiredesk.extractor import words
from wiredesk.extractor.body.segments import MAX_LINKED_PROSE, PROSE
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.notices import asks_consent, is_apology
from wiredesk.extractor.words import length
from wiredesk_schemas import BlockKind

MAX_TEXTS = 2000
"""Texts of a story that are measured."""

SHORT = 250
"""Words below which a body may be a notice."""

MIN_PROSE = 40.0
"""Letters of the shortest prose: a short sentence."""

MIN_STORY = 350.0
"""Letters of prose from which a body is a story, if the other measures agree: about sixty words."""

MIN_STORY_SHARE = 0.5
"""Share of prose in a story."""

MIN_STORY_CERTAINTY = 0.65
"""Mean probability of a story's prose."""

MIN_FLASH = 100.0
"""Letters of prose of the shortest agency flash: about twenty words."""

MIN_FLASH_CERTAINTY = 0.5
"""Mean probability of a flash's prose."""

_SENTENCE = re.compile(rf"[.!?…。！？।؟۔።։][{re.escape(words.CLOSING_MARKS)}]*(?:\s|$)|[。！？]")
"""The end of a sentence in a text."""

_CODE = re.compile(r"[{}=<>;_\\|]")
"""A character of which programs have many, and stories hardly any."""

MAX_CODE = 0.005
"""Share of such characters up to which a preformatted text is none of a program: agencies send stories so, too."""

_PROSE_KINDS = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)
"""Kinds of blocks that may be prose: pages of the time before style sheets have theirs in tables and lists."""


@dataclass(frozen=True, slots=True)
class StoryMeasure:
    """Measures of a body.

    Attributes:
        words: of all its blocks.
        letters: of all its blocks, as `words.length` measures them.
        prose: letters in sentences that are no notice and hardly any link.
        prose_words: words of these.
        certainty: mean probability of these, by letters; 0 without any.
        notices: words in notices: apologies for a page, and requests for consent.
        apologises: whether one of the notices is an apology.
        asks: whether one of the notices asks for consent.
    """

    words: int = 0
    letters: float = 0.0
    prose: float = 0.0
    prose_words: int = 0
    certainty: float = 0.0
    notices: int = 0
    apologises: bool = False
    asks: bool = False

    @property
    def is_story(self) -> bool:
        """Whether the body is a story with certainty."""
        return (
            self.prose >= MIN_STORY
            and self.prose >= MIN_STORY_SHARE * self.letters
            and self.certainty >= MIN_STORY_CERTAINTY
        )

    @property
    def is_flash(self) -> bool:
        """Whether the body may be a story of a sentence or two."""
        return self.prose >= MIN_FLASH and self.certainty >= MIN_FLASH_CERTAINTY


def measure_story(page: ExtractedPage) -> StoryMeasure:
    """Measure the body of a page. Notices are looked for in a short one only, where they may be all there is."""
    linked = [segment.linked for segment in page.segments.segments] if page.segments else [0.0] * len(page.texts)
    kept = [(text, share) for text, share in zip(page.texts, linked, strict=True) if text.kept][:MAX_TEXTS]
    count = page.word_count
    is_short = count < SHORT
    prose = sure = letters = 0.0
    prose_words = notices = 0
    apologises = asks = False
    for text, share in kept:
        size = length(text.text)
        letters += size
        apology, request = (is_apology(text.text), asks_consent(text.text)) if is_short else (False, False)
        if apology or request:
            notices += words.count(text.text)
            apologises |= apology
            asks |= request
        elif is_prose(text, size, share):
            prose += size
            prose_words += words.count(text.text) if is_short else 0
            sure += text.probability * size
    return StoryMeasure(
        words=count,
        letters=letters,
        prose=prose,
        prose_words=prose_words if is_short else count,
        certainty=sure / prose if prose else 0.0,
        notices=notices,
        apologises=apologises,
        asks=asks,
    )


def is_prose(text: ScoredText, size: float, linked: float) -> bool:
    """Return whether a text consists of sentences, and not of links.

    Args:
        text: of a page.
        size: its length.
        linked: share of it in links.
    """
    kept_lines = text.kind is BlockKind.PREFORMATTED and not _is_code(text.text)
    if not (kept_lines or text.kind in _PROSE_KINDS) or linked > MAX_LINKED_PROSE or size < MIN_PROSE:
        return False
    return _SENTENCE.search(text.text) is not None or (size >= PROSE and words.is_spaceless(text.text))


def _is_code(text: str) -> bool:
    return len(_CODE.findall(text)) > MAX_CODE * len(text)
