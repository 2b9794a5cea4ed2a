"""Kafka, as everything here uses it: clients, topics, transactions, and reading a topic to its end."""
