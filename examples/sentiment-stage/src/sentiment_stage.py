"""A stage for wiredesk: reads `articles.enriched`, and publishes to `articles.scored` how an article sounds.

It counts words of two short lists. That is easy to explain, but not a model of sentiment: it does not understand irony,
negation, or any language but English. It publishes nothing for an article in another language, or with too few such
words.
"""

import re
from typing import ClassVar, Literal

from pydantic import Field

from wiredesk import Envelope, Handler, Settings, Stage, Topic
from wiredesk.pipeline import ARTICLES_ENRICHED
from wiredesk_schemas import ArticleWithdrawn, DerivedEvent, EnrichedArticle, Tombstone

WORD = re.compile(r"[a-z]+")
"""A word, of text in lower case."""

POSITIVE = frozenset(WORD.findall("agreement calm growth hope peace praise recover rescue succeed success welcome win"))
"""Words that count for a positive tone."""

NEGATIVE = frozenset(WORD.findall("accuse arrest attack collapse crash crisis fear kill lose strike threat victim war"))
"""Words that count for a negative tone."""


class SentimentSettings(Settings):
    """Settings of the stage, each an environment variable."""

    prefix: ClassVar[str] = "SENTIMENT_"

    min_words: int = Field(2, ge=1, le=1000, description="Listed words that an article must have to be scored.")


class ScoredArticle(DerivedEvent):
    """How an article sounds."""

    TYPE: ClassVar[str] = "org.example.article.scored.v1"

    schema_version: str = Field(default="1.0", pattern=r"^1\.\d+$")
    tone: Literal["positive", "negative", "mixed"]
    score: float = Field(ge=-1, le=1, description="share of positive words minus share of negative ones")
    positive: int = Field(ge=0, description="positive words")
    negative: int = Field(ge=0, description="negative words")


ARTICLES_SCORED = Topic("articles.scored", "How articles sound", events=(ScoredArticle,))

STAGE = Stage(
    name="sentiment",
    description="Scores how an article sounds",
    consumes=ARTICLES_ENRICHED,
    produces=(ARTICLES_SCORED,),
    handler="sentiment_stage:handler",
    settings="sentiment_stage:SentimentSettings",
    one_to_one=False,  # it publishes nothing for some articles
)


class Sentiment:
    """Scores articles. Its version includes its setting, so that other results get other event ids."""

    name = "sentiment"

    def __init__(self, settings: SentimentSettings | None = None) -> None:
        self._min_words = (settings or SentimentSettings()).min_words
        self.version = f"1.0.0+min{self._min_words}"

    def __call__(self, article: EnrichedArticle | ArticleWithdrawn) -> ScoredArticle | Tombstone | None:
        """Return an article's score, or nothing if it cannot be scored; that of a withdrawn article is removed."""
        if isinstance(article, ArticleWithdrawn):
            return Tombstone(article.page_id, ScoredArticle)
        if article.detected_language is None or article.detected_language.code != "en":
            return None
        words = WORD.findall(" ".join([article.title or "", *(block.text for block in article.paragraphs)]).lower())
        positive, negative = sum(word in POSITIVE for word in words), sum(word in NEGATIVE for word in words)
        if positive + negative < self._min_words:
            return None
        score = (positive - negative) / (positive + negative)
        tone = "mixed" if abs(score) < 1 / 3 else "positive" if score > 0 else "negative"
        return ScoredArticle.derived_from(
            article, self.name, self.version, tone=tone, score=score, positive=positive, negative=negative
        )


def handler() -> Handler:
    """Load the stage; called in the child processes of a worker."""
    return Envelope(Sentiment(), STAGE)
