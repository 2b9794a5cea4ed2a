"""Trains the encoder of many languages (docs/models/names.md), by `make train-encoder`.

weights     the published weights that it begins with
vocabulary  the word pieces that are kept
sentences   the sentences with names that it learns from
examples    windows of neighbouring sentences, with labels
network     the layers, as torch computes them
train       the training
graph       the graphs that ship
"""
