"""The job as a batch subscriber of FastStream that publishes batches, and commits what it has published.

At least once: FastStream has no transactions.
"""

import asyncio

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from job import CODEC, COMMIT_RECORDS, COMMIT_SECONDS, GROUP, INPUT, OUTPUT, SERVERS, SESSION_MS, work

broker = KafkaBroker(SERVERS, compression_type=CODEC, max_batch_size=1 << 20)
app = FastStream(broker)
publisher = broker.publisher(OUTPUT, batch=True)


@broker.subscriber(
    INPUT,
    group_id=GROUP,
    batch=True,
    max_records=COMMIT_RECORDS,
    batch_timeout_ms=int(COMMIT_SECONDS * 1000),
    auto_offset_reset="earliest",
    ack_policy=AckPolicy.ACK,
    session_timeout_ms=SESSION_MS,
)
async def handle(message: KafkaMessage) -> None:
    """Do the job on the raw bytes: parameters of the bodies' own type would be decoded first."""
    await publisher.publish(*[work(body) for body in message.body])


if __name__ == "__main__":
    asyncio.run(app.run())
