"""What a command prints and leaves when its output cannot be written, or only in part."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "wiredesk.cli", "acls", "--principal", "User:ingest")


def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(COMMAND, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_reported_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(COMMAND, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "wiredesk: the output cannot be written: No space left on device\n"


def test_an_export_that_fails_leaves_no_file_that_passes_for_whole(tmp_path: Path) -> None:
    kept = tmp_path / "letters.jsonl"
    command = (sys.executable, "-m", "wiredesk.cli", "dlq", "export", str(kept), "--bootstrap-servers", "127.0.0.1:1")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert not kept.exists()


def test_an_address_of_ipv6_is_printed_as_it_is_given() -> None:
    command = (sys.executable, "-m", "wiredesk.cli", "topics", "list", "--bootstrap-servers", "[::1]:1")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert " [::1]:1 " in done.stderr
