"""Training of the models of extraction.

train       the command that trains them
pages       page sets: pages whose story is known
further     pages of other extractors' tests, with labels of which texts are the story
labels      which texts of a page belong to its story
examples    pages as texts with labels
folds       splits by site
lexicon     log-odds of words
boosting    trees, by CatBoost
network     the network, by JAX
body        models of the body: lexicon, trees and network together
page_types  the model that tells articles from other pages
scores      the benchmark's metric
parity      what JAX and CatBoost compute with the shipped models on stored inputs
"""
