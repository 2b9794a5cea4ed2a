"""The embedded broker: Apache Kafka itself, in KRaft mode, with no Docker and no Java to install.

    jars         Kafka's jars, pinned by SHA-256, in a cache outside the repository
    lock         pins the jars of a version of Kafka
    start_cache  what Java loads for Kafka, kept for the next start
    data_folder  whether a folder can be used, and whose cluster it holds
    folder_lock  one broker for each folder, as long as any of its processes runs
    node         the settings of a node, and the process that runs it
    guard        the process between, which ends Kafka when we end, however we end
    settings     settings of the embedded broker
    cluster      one node or three, started and stopped together

It binds loopback and is for one machine: demos, tests, development. Production is your Kafka.
"""
