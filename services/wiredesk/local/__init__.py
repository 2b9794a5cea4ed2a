"""A local stack: everything that runs on one machine for demos, tests and development. It does not import the commands.

broker   the embedded Kafka
stack    the embedded Kafka with workers, started and stopped together
ports    free ports for what starts in a moment
figures  what the workers report of themselves, summed by stage
"""
