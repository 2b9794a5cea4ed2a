"""An independent witness of a replay: counts with another client library, and shares no code with what it counts.

    python -m tests.faults.replay_witness BOOTSTRAP SOURCE TARGET SINCE_MS UNTIL_MS

It reads both topics to their end, read-committed, and prints one JSON object: how many records of the source arrived in
the time range, how many of them are missing in the target, how many are in it more than once, and how many records of
the target were made from no such record.
"""

import json
import sys
from collections import Counter
from typing import Any

from tests.faults.witness import committed


def main() -> None:
    bootstrap, source, target, since, until = sys.argv[1:]
    entered: set[str] = set()
    ended: Counter[str] = Counter()
    for message in committed(bootstrap, [source, target]):
        if message.topic() == target:
            headers: dict[str, Any] = dict(message.headers() or ())
            ended[headers["wiredesk_replayed"].decode()] += 1
        elif int(since) <= message.timestamp()[1] < int(until):
            entered.add(f"{source}/{message.partition()}/{message.offset()}")
    print(  # noqa: T201
        json.dumps(
            {
                "read": len(entered),
                "missing": sum(name not in ended for name in entered),
                "duplicated": sum(times > 1 for times in ended.values()),
                "strange": sum(name not in entered for name in ended),
            }
        )
    )


if __name__ == "__main__":
    main()
