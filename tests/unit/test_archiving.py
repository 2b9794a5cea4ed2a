"""The archive without a broker: names, rows, forgetting, and where files are."""

import random
import resource
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.newsfeed import Sent, revision, withdrawal
from tests.web_page import example
from wiredesk.archiving import forgetting
from wiredesk.archiving.columns import COLUMNS, row_of
from wiredesk.archiving.file_names import FileName, newest_files
from wiredesk.archiving.part import Part
from wiredesk.archiving.storage import Folder, ObjectStore, Storage, storage_of
from wiredesk.cli import app
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.records import Record
from wiredesk_schemas import RevisionKind
from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.ids import host_id

URL = "https://a.example/1"
NOON = int(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp() * 1000)
DAY = "2026-11-29"
MENTION = {"field": "/title", "start": 0, "end": 2, "surface": "xx"}


def record(sent: Sent, offset: int = 0, partition: int = 0) -> Record:
    return Record("articles.enriched", partition, offset, NOON, sent.key, sent.value, sent.headers)


def write(storage: Storage, *sent: Sent, first: int = 0) -> FileName:
    records = [record(one, offset) for offset, one in enumerate(sent, first)]
    part = Part(storage.scratch() / f"append-0-{first}.part", "articles.enriched", "id", records[0], DAY)
    for one in records:
        part.add(one)
    part.close()
    storage.publish(part.path, part.name)
    return part.name


def read(storage: Storage, name: FileName) -> pa.Table:
    with storage.open(name) as file:
        return pq.read_table(file)


@given(
    st.builds(
        FileName,
        st.from_regex(r"[a-z.-]{1,20}", fullmatch=True),
        st.integers(0, 9999),
        st.integers(0, 2**63 - 1),
        st.integers(0, 2**63 - 1),
        st.dates().map(str),
    )
)
def test_a_name_is_read_as_it_was_written(name: FileName) -> None:
    assert FileName.parse(name.path) == name


@pytest.mark.parametrize(
    "path",
    [
        "_unfinished/append-0-1.part",
        "day=2026-11-29/x.parquet",
        "articles.enriched-0-1-2.parquet",
        "day=2026-11-29/a-0-1-2.parquet.crc",
        "day=2026-11-29/a-0-١-2.parquet",
    ],
)
def test_other_files_are_not_ours(path: str) -> None:
    assert FileName.parse(path) is None


def test_an_archive_continues_after_its_newest_file() -> None:
    names = [
        FileName("t", 0, 5, 9, DAY),
        FileName("t", 0, 0, 4, DAY),
        FileName("t", 1, 7, 7, DAY),
        FileName("u", 0, 0, 99, DAY),
    ]
    assert {partition: name.last for partition, name in newest_files(names, "t").items()} == {0: 9, 1: 7}
    with pytest.raises(UsageError, match="the same offsets"):
        newest_files([*names, FileName("t", 0, 9, 12, DAY)], "t")


def test_a_row_says_what_its_record_says() -> None:
    row = row_of(record(revision(URL, 3, RevisionKind.CORRECTED, correction="Not ten, but two."), 7))
    assert set(row) <= set(COLUMNS.names)
    assert (row["type"], row["revision_number"], row["correction"]) == ("corrected", 3, "Not ten, but two.")
    assert row["text"] == f"What is said of {URL} for the 3th time."
    assert row["fetched_at"] == datetime(2026, 11, 1, 11, tzinfo=UTC)
    assert len(row["topics"]) == len(row["topic_names"]) == len(row["topic_scores"]) > 0
    gone = row_of(record(withdrawal(URL, 4)))
    assert (gone["type"], gone["withdrawal_reason"]) == ("withdrawn", "gone")
    assert row_of(record(Sent(b"p", None), 9)) | {"written_at": None} == {
        "type": "forgotten",
        "page_id": "p",
        "written_at": None,
        "partition": 0,
        "offset": 9,
    }


@pytest.mark.parametrize(
    "sent",
    [
        Sent(b"k", b""),
        Sent(b"k", b"[]"),
        Sent(b"k", b"{}"),
        Sent(b"k", b"\xff\x00"),
        Sent(b"k", b'{"schema_version":"2.0"}'),
        Sent(b"", None),
    ],
)
def test_what_is_no_event_is_no_row(sent: Sent) -> None:
    with pytest.raises(InvalidEventError):
        row_of(record(sent))


@pytest.fixture(params=["folder", "store"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Folder(tmp_path)
    return ObjectStore(pafs.SubTreeFileSystem(str(tmp_path), pafs.LocalFileSystem()), "bucket")


def test_a_file_is_there_whole_under_its_name(storage: Storage, tmp_path: Path) -> None:
    if isinstance(storage, ObjectStore):
        (tmp_path / "bucket" / f"day={DAY}").mkdir(parents=True)
    name = write(storage, revision(URL, 1), withdrawal(URL, 2), first=10)
    assert storage.names() == [name] == [FileName("articles.enriched", 0, 10, 11, DAY)]
    table = read(storage, name)
    assert table.schema.equals(COLUMNS)
    assert table["type"].to_pylist() == ["created", "withdrawn"]
    assert not list(storage.scratch().glob("*.part"))


def test_a_page_that_is_forgotten_is_taken_out_and_may_return(tmp_path: Path) -> None:
    storage = Folder(tmp_path)
    other = "https://sub.b.example/2"
    name = write(storage, revision(URL, 1), revision(other, 1), Sent(revision(URL, 1).key, None), revision(URL, 1))
    seen: list[tuple[FileName, int]] = []
    done = forgetting._forget(storage, set(), lambda file, rows: seen.append((file, rows)))
    assert (done.rewritten, done.rows, seen) == (1, 1, [(name, 1)])
    assert read(storage, name)["offset"].to_pylist() == [1, 2, 3]
    host = host_id("b.example")
    assert forgetting._forget(storage, {host}, lambda *_: None).rows == 1
    assert forgetting._forget(storage, {host}, lambda *_: None).rewritten == 0
    assert read(storage, name)["offset"].to_pylist() == [2, 3]
    assert storage.names() == [name]


def test_what_an_archive_that_was_killed_has_left_is_removed(tmp_path: Path) -> None:
    storage = Folder(tmp_path)
    left = storage.scratch() / "append-0-5.part"
    left.write_bytes(b"PAR1")
    assert storage.names() == []
    assert not left.exists()


def test_a_second_command_is_refused(tmp_path: Path) -> None:
    with (
        Folder(tmp_path).locked("append"),
        pytest.raises(UsageError, match="stop it first"),
        Folder(tmp_path).locked("append"),
    ):
        pass


def test_wrong_places_are_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="file"):
        storage_of(str(tmp_path / "file"))
    with pytest.raises(UsageError, match="--into gopher://x"):
        storage_of("gopher://x/y?key=secret")
    assert app.run(["archive", "--into", str(tmp_path / "a"), "--forget", "--follow"]) == 2
    assert "leave out --follow" in capsys.readouterr().err


@pytest.mark.parametrize("into", ["", " ", "s3://", "s3:///", "gs://"])
def test_a_place_without_a_name_is_wrong_usage(into: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["archive", "--into", into]) == 2
    assert capsys.readouterr().err.startswith("wiredesk: --into")


def test_a_folder_of_the_user_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A shell does not expand `--into=~/articles`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert storage_of("~/articles").scratch() == tmp_path / "articles" / "_unfinished"


@pytest.mark.parametrize(
    "fields",
    [
        {"word_count": 2**31},
        {"revision_number": 2**40},
        {"entities": [{"type": "person", "name": "x", "salience": 0.1, "count": 2**31, "mentions": [MENTION]}]},
    ],
)
def test_a_number_that_no_column_holds_is_no_row(fields: dict[str, Any], tmp_path: Path) -> None:
    """It would end the archive, and again at each start."""
    with pytest.raises(InvalidEventError, match="more than 2147483647"):
        row_of(record(Sent(b"k", example("enriched_article", **fields))))
    largest = record(Sent(b"k", example("enriched_article", word_count=2**31 - 1)))
    part = Part(tmp_path / "x.part", "t", "id", largest, DAY)
    part.add(largest)
    part.close()


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    storage = Folder(tmp_path)
    large = record(Sent(b"k", example("enriched_article", title=random.Random(1).randbytes(200_000).hex())))
    part = Part(storage.scratch() / "append-0-0.part", "t", "id", large, DAY)
    part.add(large)
    limits, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(UnavailableError, match="File too large"):
            part.close()
        part.discard()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(storage.scratch().iterdir()) == []


def test_a_file_that_is_damaged_is_named(tmp_path: Path) -> None:
    storage = Folder(tmp_path)
    name = write(storage, revision(URL, 1))
    (tmp_path / name.path).write_bytes(b"PAR1 and no more")
    with pytest.raises(UnavailableError, match=f"{name.path}: .*Parquet"):
        forgetting._forget(storage, {"x"}, lambda _name, _rows: None)


def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "wiredesk.archiving.storage", raising=False)
    assert app.run(["archive", "--into", str(tmp_path)]) == 1
    assert "pip install 'wiredesk[archive]'" in capsys.readouterr().err
