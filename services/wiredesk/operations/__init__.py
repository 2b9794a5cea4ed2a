"""What the commands do, as functions without a terminal: they take settings or a cluster, and return dataclasses.

acls           the minimal ACLs of a principal
article_text   articles as text
audit          what became of every raw page
canary         synthetic pages through every partition, and what a reader gets
command_acls   the ACLs that each command needs
compare        what differs between two topics of articles
completeness   the audit that goes on, and what it measures
copy_groups    the groups of copies that name a page
dead_letters   count, look up, redrive, export and delete dead letters
enrich_one     enrich a page, an article or a text, without Kafka
enriched_page  an enriched article as an HTML page
flow_topics    the topics of the flow as an audit sees them
forgetting     forget pages and hosts, and find what is still there
first_page     the first page of a file, and what ingest makes of it
ledger         what became of each record of a topic, one byte for each
named_page     the page that a URL or an id names
notifications  send articles that match rules to HTTP receivers
outcome_kinds  what became of a page, in one word
page_urls      the URL and the host of the page of a record
progress       how a long operation reports its progress
publishing     publish pages to the topic of raw pages
reasons_by_hour  why pages were skipped and dead-lettered, hour by hour
record_view    a record as a JSON object
replays        plan, run, reconcile and list replays; rewind live workers
rights_text    what is stated about an article's rights, on one line
sample_run     publish the sample pages of the demo, and follow each to its end
status         throughput, lag, workers, dead letters and broker health
story          the revisions of a page's story, what changed in each, and its copies
topic_manifests  topics as manifests, for Strimzi and Terraform
trace          all records of a page
user_manifests   users and what they may do as manifests, for Strimzi
"""
