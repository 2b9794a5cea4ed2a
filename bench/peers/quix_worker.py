"""The job as an application of Quix Streams, with its guarantee set to exactly-once."""

import sys

from job import work
from quixstreams import Application

app = Application(
    broker_address=sys.argv[1],
    consumer_group="quix",
    auto_offset_reset="earliest",
    processing_guarantee="exactly-once",
    auto_create_topics=False,
    consumer_extra_config={"session.timeout.ms": 10_000},
    loglevel="WARNING",
)
jobs = app.topic("jobs", value_deserializer="bytes")
done = app.topic("done", value_serializer="bytes")
app.dataframe(jobs).apply(work).to_topic(done)

if __name__ == "__main__":
    app.run()
