"""The models that ship, on fixed inputs: their outputs are compared with stored ones.

golden/     what the models that ship said when they were stored: a change of library or of code shows
reference/  what the library that trained a model said with the same weights: inference is written a second time

`python -m tests.models.regenerate` writes golden/ anew, after a change that is meant. The modules in training/ named
`parity` write reference/, in the training environment.
"""
