"""Kafka: everything about its clients, its protocol and its failures.

Asking and reading:

    cluster             one client for many requests: topics, offsets, consumer groups, records
    cluster_client      the client under it: finds the right broker, raises errors that name a remedy
    descriptions        descriptions of topics and consumer groups
    offset_range        a range of offsets of a partition
    partition_reader    reads partitions over a shared client
    topics              describes and creates topics: a part of `cluster`
    topic_settings      reads and sets the settings of topics: a part of `cluster`
    group_offsets       committed offsets, and the note beside each
    open_transactions   open transactions, which hold up consumers with `read_committed`
    partition_identity  topic id and leader epoch: whether offsets still belong to the same records
    protocol            protocol messages that the client library lacks

Consuming and producing:

    clients             consumers, producers and admin clients with our settings
    fetching            makes the client library use our parser of record batches
    batches             record batches as a broker sends them
    damaged             records of a damaged batch, one by one
    unpacking           decompression within a bound
    packing             compression with gzip
    partitioning        the partition of a key
    delivery            writes outputs: what both guarantees share
    transactions        exactly once: outputs and offset in one transaction
    restore_note        how far a state is restored, as a note beside an offset
    at_least_once       at least once: outputs, then the offset

Connections:

    security            settings as options of the client library
    tls                 certificate files
    certificates        what a TLS error says of a certificate
    tokens              OAuth tokens
    authorization       messages for operations that an ACL does not allow
    diagnosis           why no broker accepts our connection
    port_probe          what listens at a port
"""
