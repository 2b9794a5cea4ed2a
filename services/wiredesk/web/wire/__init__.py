"""The wire: the newest articles, as they come.

brief      what the wire shows of an article or a withdrawal
filters    which articles a reader wants
position   how far a reader has read: an offset for each partition
ring       the newest articles, in memory, within bounds
feed       fills the ring from Kafka, and follows the topic
catch_up   what a reader missed, beyond what the ring holds
stream     articles as server-sent events
"""
