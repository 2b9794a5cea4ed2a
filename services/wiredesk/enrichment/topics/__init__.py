"""Topics: which IPTC Media Topics an article is about.

release          a release of the IPTC Media Topics, as IPTC publishes it and as it ships
taxonomy         the topics in use: codes, names, definitions, the tree; what replaces retired codes
vocabulary       takes IPTC's next release: `python -m wiredesk.enrichment.topics.vocabulary FILE`
model_arrays     the trained arrays, and the arithmetic that the models share
words_model      top-level topics by words: TF-IDF and logistic regression
sentence_model   top-level topics by the example leads, in vectors of any encoder
universal_encoder  sentence vectors of sixteen languages
meaning_encoder  sentence vectors of all languages but English
unigram          word pieces of that encoder
news_model       whether a text has a topic at all
candidate        a topic that may be right, and the features of its score
narrower_topics  candidates below the top level, by name and by definition
sports           sports are candidates only where they are named
topic_names      names of topics in texts, by language
calibration      scores as probabilities
classifier       our classifier, which combines the models
"""

from wiredesk.enrichment.topics.classifier import ModelWeights, NewsClassifier
from wiredesk.enrichment.topics.taxonomy import taxonomy

__all__ = ["ModelWeights", "NewsClassifier", "taxonomy"]
