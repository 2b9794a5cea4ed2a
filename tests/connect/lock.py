"""Pins Kafka Connect, its transforms, and the file sink that Kafka ships.

python -m tests.connect.lock
"""

import tempfile
from pathlib import Path

import jgo

from tests.connect.worker import LOCK
from wiredesk.local.broker.jars import KAFKA_VERSION
from wiredesk.local.broker.lock import SLF4J


def main() -> None:
    """Write the lock file, in jgo's own format."""
    wanted = [f"org.apache.kafka:{name}:{KAFKA_VERSION}" for name in ("connect-runtime", "connect-file")]
    with tempfile.TemporaryDirectory() as cache:
        environment = jgo.build("+".join([*wanted, f"org.slf4j:slf4j-simple:{SLF4J}"]), cache_dir=Path(cache))
        LOCK.write_bytes((environment.path / "jgo.lock.toml").read_bytes())


if __name__ == "__main__":
    main()
