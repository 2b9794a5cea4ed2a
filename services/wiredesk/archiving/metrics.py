"""Every metric of the archive that follows its topic. A failure ends the process. Units are seconds."""

from prometheus_client import Counter, Gauge

FILES = Counter("wiredesk_archive_files", "Files that were published.")

ROWS = Counter("wiredesk_archive_rows", "Rows in them: articles, and withdrawals.")

UNREADABLE = Counter(
    "wiredesk_archive_unreadable",
    "Records that hold no event of a known version, and were left out: take a newer version.",
)

LAST_FILE = Gauge(
    "wiredesk_archive_last_file_timestamp_seconds", "When the last file was published, in seconds since 1970."
)

LAST_READ = Gauge(
    "wiredesk_archive_last_read_timestamp_seconds",
    "When the topic last answered, with articles or with none, in seconds since 1970. If it stands, read the log.",
)

OPEN_ROWS = Gauge("wiredesk_archive_open_rows", "Rows that are read, and not in a published file yet.")
