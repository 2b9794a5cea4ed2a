"""Pins a version of Kafka: resolves its jars and writes the lock file.

python -m wiredesk.local.broker.lock 4.3.1
"""

import sys
import tempfile
from pathlib import Path

import jgo

from wiredesk.local.broker.jars import lock_file

SLF4J = "1.7.36"  # the version that kafka-clients is built with: it writes Kafka's log to standard error


def main() -> None:
    """Write `locks/kafka-<version>.toml`, in jgo's own format."""
    (version,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as cache:
        environment = jgo.build(
            f"org.apache.kafka:kafka_2.13:{version}+org.slf4j:slf4j-simple:{SLF4J}", cache_dir=Path(cache)
        )
        lock_file(version).write_bytes((environment.path / "jgo.lock.toml").read_bytes())


if __name__ == "__main__":
    main()
