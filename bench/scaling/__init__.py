"""How many machines a deployment needs: measured costs, arithmetic on them, and a simulation of its queues.

`figures` holds what was measured, `budget` computes cores, partitions, traffic, disk and money from it, `simulation`
plays a time of work on such a deployment, `scenarios` are what may happen to it, and `real` measures a run on this
machine beside the simulation of it.
"""
