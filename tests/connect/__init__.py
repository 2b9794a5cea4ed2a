"""Kafka Connect, of the version of the embedded broker.

worker  a worker as a process, and its REST interface
lock    pins its jars by SHA-256, in `connect-<version>.toml`
"""
