"""The models that ship, on fixed inputs: their outputs are compared with stored ones.

golden/     outputs of the models that ship: a change of a library or of the code fails a test
reference/  outputs of the training library with the same weights, where inference is implemented a second time

`python -m tests.models.regenerate` writes golden/ again, after an intended change. The modules named `parity` in
training/ write reference/, in the training environment.
"""
