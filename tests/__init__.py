"""Tests: pure logic in unit/, the contracts, the pipeline on a real Kafka, faults, and the architecture itself."""
