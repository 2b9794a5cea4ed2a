"""The job as a bare loop over aiokafka's transactional producer, as its documentation shows it.

Exactly once as long as no partition moves: a worker that lost one is not fenced (aio-libs/aiokafka#844).
"""

import asyncio
import os

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from job import CODEC, COMMIT_RECORDS, COMMIT_SECONDS, GROUP, INPUT, OUTPUT, SERVERS, SESSION_MS, work


async def main() -> None:
    """Run until killed."""
    consumer = AIOKafkaConsumer(
        INPUT,
        bootstrap_servers=SERVERS,
        group_id=GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        session_timeout_ms=SESSION_MS,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=SERVERS,
        transactional_id=f"{GROUP}-{os.getpid()}",
        compression_type=CODEC,
        max_batch_size=1 << 20,
    )
    async with consumer, producer:
        while True:
            batches = await consumer.getmany(timeout_ms=int(COMMIT_SECONDS * 1000), max_records=COMMIT_RECORDS)
            if not batches:
                continue
            async with producer.transaction():
                sent = [
                    await producer.send(OUTPUT, work(record.value), key=record.key, headers=record.headers)
                    for records in batches.values()
                    for record in records
                ]
                await asyncio.gather(*sent)
                offsets = {partition: records[-1].offset + 1 for partition, records in batches.items()}
                await producer.send_offsets_to_transaction(offsets, GROUP)


if __name__ == "__main__":
    asyncio.run(main())
