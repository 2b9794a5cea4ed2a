"""Kafka: all that is known of its clients, its protocol and its failures.

Asking and reading:

    cluster             one client for a question: topics, offsets, consumer groups, records
    cluster_client      the client under it: asks the right broker, raises errors that say what to do
    descriptions        what a cluster says of topics and consumer groups
    offset_range        a range of offsets of a partition
    partition_reader    reads partitions over a client that is shared
    topics              describes and creates topics: a part of `cluster`
    group_offsets       committed offsets, and the note beside each
    open_transactions   transactions that keep readers from reading on
    partition_identity  topic id and leader epoch: whether offsets still mean the same records
    protocol            messages that the client library does not have

Consuming and producing:

    clients             consumers, producers and admin clients with our settings
    fetching            puts our reading of record batches into the client library
    batches             record batches as a broker sends them
    damaged             records of a damaged batch, one by one
    unpacking           decompression within a bound
    packing             compression with gzip
    partitioning        the partition of a key
    delivery            writes outputs: what both guarantees share
    transactions        exactly once: outputs and offset in one transaction
    at_least_once       at least once: outputs, then the offset

Connections:

    security            settings as options of the client library
    tls                 certificate files
    certificates        what a TLS error says of a certificate
    tokens              OAuth tokens
    authorization       what an ACL does not allow, and to whom
    diagnosis           why no broker accepts our connection
    port_probe          what listens at a port
"""
