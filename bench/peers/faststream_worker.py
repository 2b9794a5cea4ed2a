"""The job as a subscriber of FastStream that publishes, and acknowledges what it has published. At least once."""

import asyncio
import sys

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from job import work

broker = KafkaBroker(sys.argv[1])
app = FastStream(broker)


@broker.subscriber(
    "jobs", group_id="faststream", auto_offset_reset="earliest", ack_policy=AckPolicy.ACK, session_timeout_ms=10_000
)
@broker.publisher("done")
async def handle(message: KafkaMessage) -> bytes:
    """Do the job, on the bytes as they came: a parameter of the body's own type would be decoded first."""
    return work(message.body)


if __name__ == "__main__":
    asyncio.run(app.run())
