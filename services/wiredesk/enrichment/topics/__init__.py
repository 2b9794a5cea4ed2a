"""Topics: which IPTC Media Topics an article is about.

taxonomy         the IPTC Media Topics: codes, names, definitions, the tree
model_arrays     the trained arrays, and the arithmetic that the models share
words_model      top-level topics by words: TF-IDF and logistic regression
sentence_model   sentence vectors of MiniLM, and top-level topics by the nearest example leads
narrower_topics  candidates below the top level, by name and by definition
calibration      scores as probabilities
classifier       our classifier, which combines the models
"""

from wiredesk.enrichment.topics.classifier import ModelWeights, NewsClassifier
from wiredesk.enrichment.topics.taxonomy import taxonomy

__all__ = ["ModelWeights", "NewsClassifier", "taxonomy"]
