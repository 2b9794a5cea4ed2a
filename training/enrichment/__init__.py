"""Training of the models of enrichment.

gazetteer    the names by which entities are linked
graph        the sentence model's graph
topics       the words model and the arrays of sentence vectors
calibration  the coefficients of the topics' scores
teacher      the model that labels sentences for the tagger
tagger       the tagger of names
parity       what the training libraries compute with the weights that ship, for tests/models/
"""
