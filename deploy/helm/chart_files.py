"""Write the files of the chart that are made from others: its topics from the topology, its alerts from the rules.

python deploy/helm/chart_files.py
"""

import json
from pathlib import Path

from wiredesk import pipeline
from wiredesk.runtime.topology import changelogs_of

DEPLOY = Path(__file__).parents[1]
FILES = DEPLOY / "helm" / "wiredesk" / "files"


def chart_files() -> dict[str, str]:
    """Return the content of each file, by its name."""
    topics = [
        {
            "name": topic.name,
            "partitions": topic.partitions,
            # Their number of partitions is no matter of load.
            "fixed": topic.partitions == 1,
            "settings": topic.settings(),
        }
        for topic in (*pipeline.TOPICS, *changelogs_of(pipeline.STAGES.values()))
    ]
    return {
        "topics.json": json.dumps({"topics": topics}, indent=1) + "\n",
        "wiredesk.rules.yml": (DEPLOY / "prometheus" / "wiredesk.rules.yml").read_text(encoding="utf-8"),
    }


if __name__ == "__main__":
    for name, content in chart_files().items():
        (FILES / name).write_text(content, encoding="utf-8")
