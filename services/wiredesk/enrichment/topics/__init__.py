"""Topics: which media topics an article is about.

media_topics  the IPTC taxonomy
words         the words model: TF-IDF and logistic regression
sentences     the sentence model: MiniLM, and the example leads that lie nearest to its vectors
narrow        candidates below the top level
calibration   scores that mean what they say
classifier    the interface of a classifier, and ours
"""

from wiredesk.enrichment.topics.classifier import Classifier, NewsClassifier, Weights
from wiredesk.enrichment.topics.media_topics import media_topics

__all__ = ["Classifier", "NewsClassifier", "Weights", "media_topics"]
