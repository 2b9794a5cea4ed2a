"""What the commands do, as functions without a terminal: they take settings or a cluster, and return dataclasses.

acls           the least access that a principal needs
article_text   articles as text
audit          what became of every raw page
command_acls   the ACLs that each command needs
compare        what differs between two topics of articles
dead_letters   counted, found, redriven, kept in files, deleted
enrich_one     a page, an article or a text is enriched without Kafka
enriched_page  an enriched article as an HTML page
ledger         what became of each record of a topic, one byte for each
page_files     pages from files
page_urls      the URL and the host of the page of a record
progress       how a long operation tells how far it has come
publishing     pages are published to the topic of raw pages
record_view    a record as a JSON object
replays        planned, run, reconciled, listed; the live workers are rewound
sample_run     the sample pages of the demo, published and followed until each has ended
status         throughput, lag, workers, dead letters and broker health
trace          all records of a page
"""
