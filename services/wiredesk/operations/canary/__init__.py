"""The canary: synthetic pages that travel through every partition, and what a reader gets.

probe        the pages that are sent: where they go, and what they say
round_trips  which probes are on their way, which arrived, and which are missing
readership   articles that readers get, by language and source
canary       sends, reads, and measures
metrics      every metric of the canary
settings     which sources and languages are counted
"""
