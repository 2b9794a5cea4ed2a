"""The stage on a real Kafka: what it publishes, for which articles it publishes nothing, and what it dead-letters."""

from sentiment_stage import ScoredArticle, Sentiment, SentimentSettings

from wiredesk.testing import StartStage, example_event
from wiredesk_schemas import ArticleWithdrawn, Block, EnrichedArticle, LanguageGuess, Tombstone


def article(text: str, language: str = "en") -> EnrichedArticle:
    """Return an article of one paragraph."""
    changes = {
        "title": None,
        "paragraphs": (Block(text=text),),
        "detected_language": LanguageGuess(code=language, confidence=1),
    }
    return example_event(EnrichedArticle).model_copy(update=changes)


def test_the_tone_is_that_of_more_words() -> None:
    """A third of the words decides."""
    sentiment = Sentiment(SentimentSettings(min_words=1))
    for text, tone in (("They hope for peace", "positive"), ("War and fear", "negative"), ("War and peace", "mixed")):
        scored = sentiment(article(text))
        assert isinstance(scored, ScoredArticle)
        assert scored.tone == tone
    assert sentiment(article("Rain")) is None


def test_the_score_of_a_withdrawn_article_is_removed() -> None:
    """A reader of the scores sees that the article is gone."""
    withdrawn = example_event(ArticleWithdrawn)
    assert Sentiment()(withdrawn) == Tombstone(withdrawn.page_id, ScoredArticle)


def test_it_publishes_a_score_once_or_nothing_and_dead_letters_other_records(wiredesk_stage: StartStage) -> None:
    """One article is scored, one is not English, and one record is not an article."""
    stage = wiredesk_stage("sentiment", {"SENTIMENT_MIN_WORDS": "2"})
    cheerful = article("They welcome the agreement and hope for peace.")
    stage.publish(cheerful, article("Sie hoffen auf peace, peace.", "de"), b"no article")
    scored, dead = sorted(stage.published(), key=lambda one: one.topic, reverse=True)
    assert scored.topic == "articles.scored"
    assert isinstance(scored.event, ScoredArticle)
    assert (scored.event.tone, scored.event.positive, scored.event.page_id) == ("positive", 4, cheerful.page_id)
    assert (dead.topic, dead.reason) == ("articles.enriched.dlq", "invalid_event")
