"""The runtime: everything that all stages share, and that knows no news.

    topology, records, errors, settings   the words: stages and topics, records and outcomes
    kafka/                                clients, topics, transactions, reading
    isolation/                            handlers in processes of their own
    worker/                               lanes, rebalances, health: one worker process of a stage
    audit/                                what became of every record, told by the topics alone

A stage gives it a handler, a pure function from a record to its outputs; the runtime does the rest, once.
"""
