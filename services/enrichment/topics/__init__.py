"""Topics: which media topics an article is about.

media_topics  the IPTC taxonomy
words         the words model: TF-IDF and logistic regression
sentences     the sentence model: MiniLM, a regression on its vectors, and the nearest example leads
narrow        candidates below the top level
calibration   scores that mean what they say
classifier    the interface of a classifier, and ours
"""

from services.enrichment.topics.classifier import Classifier, NewsClassifier
from services.enrichment.topics.media_topics import media_topics

__all__ = ["Classifier", "NewsClassifier", "media_topics"]
