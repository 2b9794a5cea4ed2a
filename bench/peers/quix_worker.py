"""The job as an application of Quix Streams, with its guarantee set to exactly-once."""

from job import CODEC, COMMIT_RECORDS, COMMIT_SECONDS, GROUP, INPUT, OUTPUT, SERVERS, SESSION_MS, work
from quixstreams import Application

app = Application(
    broker_address=SERVERS,
    consumer_group=GROUP,
    auto_offset_reset="earliest",
    processing_guarantee="exactly-once",
    commit_interval=COMMIT_SECONDS,
    commit_every=COMMIT_RECORDS,
    auto_create_topics=False,
    consumer_extra_config={"session.timeout.ms": SESSION_MS},
    producer_extra_config={"compression.type": CODEC},
    loglevel="WARNING",
)
jobs = app.topic(INPUT, value_deserializer="bytes")
done = app.topic(OUTPUT, value_serializer="bytes")
app.dataframe(jobs).apply(work).to_topic(done)

if __name__ == "__main__":
    app.run()
