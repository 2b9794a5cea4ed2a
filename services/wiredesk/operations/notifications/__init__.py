"""Alerts: which stories are sent to which HTTP receivers, each once.

copies      which pages carry the same story
deciding    what a record of an article means for the receivers: pure
delivering  sends what is pending to one receiver, with retries
ledger      what was sent and what is pending, in a compacted topic
message     the body of a webhook
metrics     every metric of the notifier
notify      reads articles, decides, and sends, until it is stopped
rules       the rules file: receivers, and what each wants
settings    where the notifier serves its metrics
signing     signs a webhook, by the rules of Standard Webhooks
"""
