"""A local stack: everything that runs on one machine for demos, tests and development. It never imports the commands.

broker  the embedded Kafka
stack   the embedded Kafka with workers, started, watched and stopped together
"""
