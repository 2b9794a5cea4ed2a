"""An extracted page: everything that was read from a page, before it is classified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from wiredesk.extractor import words
from wiredesk.extractor.body.features import FeatureMatrix
from wiredesk.extractor.body.segments import SegmentedPage
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.metadata.fields import Metadata
from wiredesk.extractor.site_rules import RuleMatches
from wiredesk_schemas import Block, Caption, Evidence


@dataclass(frozen=True)
class ExtractedPage:
    """What was read from a page.

    Attributes:
        method: name of the method, as in the event: `html` or `flattened-text`.
        place: the evidence of what was read from the page itself.
        metadata: headline, byline, dates and the like.
        blocks: the story.
        captions: of the page's pictures.
        texts: all texts of the page with their probabilities, those of the story among them.
        features: of these texts, for an explanation.
        segments: of an HTML page, in the order of `texts`; None for text.
        confidence: that `blocks` is the whole story and nothing else; 0 to 1.
        is_truncated: whether the page truncates the story, or says that there is more.
        omitted_words: words of likely prose of the story that `blocks` lacks.
        window_title: of an HTML page. It shows errors and consent walls if there is no headline.
        buttons: labels of the buttons of an HTML page with few words, which may ask for consent.
        signals: for the model of page types, by name; empty for text.
        rule: what the site's rule matched.
        body_place: the evidence of the story, if it is another than `place`.
    """

    method: str
    place: Evidence
    metadata: Metadata = field(default_factory=Metadata)
    blocks: tuple[Block, ...] = ()
    captions: tuple[Caption, ...] = ()
    texts: tuple[ScoredText, ...] = ()
    features: FeatureMatrix = field(default_factory=dict)
    segments: SegmentedPage | None = None
    confidence: float = 0.0
    is_truncated: bool = False
    omitted_words: int = 0
    window_title: str | None = None
    buttons: tuple[str, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    rule: RuleMatches = field(default_factory=RuleMatches)
    body_place: Evidence | None = None

    @cached_property
    def body(self) -> str:
        """The story as text, one block on a line."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def word_count(self) -> int:
        """Number of words of the story."""
        # Block by block, because a text is counted many times faster than one with a character of another script.
        return sum(words.count(block.text) for block in self.blocks)

    def evidence(self) -> dict[str, Evidence]:
        """Return where each field of the event was read from, by the field's name.

        A field of the site's rule whose selectors matched nothing has an additional entry `site_rule.<field>`; the
        field itself was then read without the rule.
        """
        places = self.metadata.evidence()
        places |= {name: self.place for name, value in self._own_fields().items() if value}
        if self.blocks and self.body_place is not None:
            places["paragraphs"] = self.body_place
        return places | {f"site_rule.{name}": self.place for name in self.rule.unmatched}

    def _own_fields(self) -> dict[str, tuple[Block, ...] | tuple[Caption, ...]]:
        return {"paragraphs": self.blocks, "captions": self.captions}
