"""What tests read from an archive, and the documented query over it."""

import re
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.support import ROOT
from wiredesk.archiving.columns import COLUMNS

type Rows = list[dict[str, Any]]


def rows(folder: Path) -> Rows:
    """Return all rows of an archive, in the order of the topic."""
    found = [row for path in folder.glob("day=*/*.parquet") for row in pq.ParquetFile(path).read().to_pylist()]
    return sorted(found, key=lambda row: (row["partition"], row["offset"]))


def newest_query() -> str:
    """Return the query of `docs/integrations.md` that selects the newest article of each page."""
    page = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
    (query,) = re.findall(r"```sql\n(-- newest.*?)```", page, re.DOTALL)
    return str(query)


def newest(folder: Path) -> dict[str, tuple[str, str]]:
    """Return event id and title of the newest article of each page: by the documented query, on another database."""
    names = [field.name for field in COLUMNS if not str(field.type).startswith("list")]
    columns = ", ".join(f'"{name}"' for name in names)
    with sqlite3.connect(":memory:") as database:
        database.execute(f"CREATE TABLE articles ({columns})")
        values = [[_plain(row[name]) for name in names] for row in rows(folder)]
        database.executemany(f"INSERT INTO articles VALUES ({', '.join('?' * len(names))})", values)  # noqa: S608
        database.row_factory = sqlite3.Row
        found = database.execute(newest_query()).fetchall()
    return {row["page_id"]: (row["event_id"], row["title"]) for row in found}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
