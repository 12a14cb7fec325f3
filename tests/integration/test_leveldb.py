"""LevelDB as the node opens it: one owner, and damage reported as what it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import plyvel
import pytest

from validator.errors import CorruptStateError, StorageError
from validator.storage import LevelDbStore, WriteBatch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a node's data" / "db"


def fill(path: Path, *, batches: int = 20, value_bytes: int = 500) -> None:
    """Write batches of three keys each and close."""
    store = LevelDbStore(path)
    for number in range(batches):
        keys = (b"%04d%s" % (number, part) for part in (b"a", b"b", b"c"))
        store.write(WriteBatch(dict.fromkeys(keys, bytes(value_bytes))), sync=True)
    store.close()


def crash(path: Path, *, batches: int = 20) -> None:
    """Write as `fill` does, in a process that ends without closing: all is in the log."""
    program = (
        "import os, sys; from pathlib import Path\n"
        "from validator.storage import LevelDbStore, WriteBatch\n"
        "store = LevelDbStore(Path(sys.argv[1]))\n"
        f"for n in range({batches}):\n"
        "    keys = [b'%04d%s' % (n, part) for part in (b'a', b'b', b'c')]\n"
        "    store.write(WriteBatch(dict.fromkeys(keys, bytes(500))), sync=True)\n"
        "os._exit(1)\n"
    )
    assert run(program, path).returncode == 1


def run(program: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def only_file(path: Path, pattern: str) -> Path:
    [file] = [file for file in path.glob(pattern) if file.stat().st_size]
    return file


def move_log_to_table(path: Path) -> None:
    database = plyvel.DB(str(path), compression=None)
    database.compact_range()
    database.close()


def flip_byte(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 0x01
    file.write_bytes(data)


def keys_of(path: Path) -> list[bytes]:
    store = LevelDbStore(path)
    keys = [key for key, _ in store.iterate()]
    store.close()
    return keys


def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    """Closing and opening loses nothing."""
    fill(path)

    assert len(keys_of(path)) == 60


def test_what_was_synced_survives_the_end_of_the_process(path: Path) -> None:
    """A process that dies without closing leaves every batch it had written."""
    crash(path)

    assert len(keys_of(path)) == 60


def test_second_open_in_the_owner_is_refused(path: Path) -> None:
    """One process opens a database once, by whatever name, and may again after closing it."""
    store = LevelDbStore(path)
    with pytest.raises(StorageError, match="already open in this process"):
        LevelDbStore(path / ".." / path.name)
    store.close()

    LevelDbStore(path).close()


OPEN = (
    "import sys; from pathlib import Path\n"
    "from validator.errors import StorageError\n"
    "from validator.storage import LevelDbStore\n"
    "try: LevelDbStore(Path(sys.argv[1]))\n"
    "except StorageError as error: sys.exit(str(error))\n"
)


def test_open_by_another_process_is_refused_and_names_the_owner(path: Path) -> None:
    """The second process is told that the database is in use, by whom, and what to do."""
    store = LevelDbStore(path)
    refused = run(OPEN, path)
    store.close()

    assert refused.returncode == 1
    assert f"in use by another process (pid {os.getpid()})" in refused.stderr
    assert run(OPEN, path).returncode == 0


def test_failed_second_open_in_the_owner_does_not_let_others_in(path: Path) -> None:
    """LevelDB's own lock would be gone after the owner's failed attempt; this one holds."""
    store = LevelDbStore(path)
    with pytest.raises(StorageError):
        LevelDbStore(path)
    refused = run(OPEN, path)
    store.close()

    assert "in use by another process" in refused.stderr


def test_directory_is_given_up_where_opening_fails(path: Path) -> None:
    """A failed open leaves no lock: once mended, the database opens."""
    fill(path)
    (path / "CURRENT").rename(path / "mislaid")
    with pytest.raises(CorruptStateError):
        LevelDbStore(path)
    (path / "mislaid").rename(path / "CURRENT")

    assert len(keys_of(path)) == 60


def test_database_that_must_exist_is_not_made(path: Path) -> None:
    """Without `create`, a path without a database is an error that names it."""
    with pytest.raises(StorageError, match="there is no database at"):
        LevelDbStore(path, create=False)
    path.mkdir(parents=True)
    with pytest.raises(StorageError, match="does not exist"):
        LevelDbStore(path, create=False)


def test_path_that_cannot_be_a_directory_is_refused(path: Path) -> None:
    """A file in the way is reported with its name."""
    path.parent.mkdir(parents=True)
    path.write_text("not a database")

    with pytest.raises(StorageError, match="cannot make the directory"):
        LevelDbStore(path)


def test_batch_torn_off_at_the_end_of_the_log_is_dropped_as_a_whole(path: Path) -> None:
    """A crash in the midst of a write leaves all batches before it and nothing of it."""
    crash(path)
    log = only_file(path, "*.log")
    os.truncate(log, log.stat().st_size - 700)  # within the last batch of 1,500 bytes

    assert len(keys_of(path)) == 57


def test_damage_in_the_middle_of_the_log_is_refused(path: Path) -> None:
    """LevelDB by default would skip the damaged batches and apply the later ones."""
    crash(path)
    log = only_file(path, "*.log")
    flip_byte(log, log.stat().st_size // 2)

    with pytest.raises(CorruptStateError, match=r"is damaged .*fetch its state from its peers"):
        LevelDbStore(path)


def test_flipped_byte_in_a_table_is_refused_when_read(path: Path) -> None:
    """A value whose block fails its checksum is never served, by lookup or by iteration."""
    fill(path, batches=100)
    move_log_to_table(path)
    flip_byte(only_file(path, "*.ldb"), 1000)
    store = LevelDbStore(path)

    with pytest.raises(CorruptStateError, match="is damaged"):
        store.get(b"0000a")
    with pytest.raises(CorruptStateError, match="is damaged"):
        list(store.iterate())
    store.close()


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("CURRENT", "lost its file CURRENT"),
        ("MANIFEST-*", "is damaged"),
        ("*.ldb", "is damaged"),
        ("*.log", "lost its log"),
    ],
)
def test_lost_file_is_reported_and_nothing_is_made_anew(path: Path, pattern: str, said: str) -> None:
    """LevelDB by itself takes a directory without CURRENT for a new one and empties it."""
    fill(path)
    move_log_to_table(path)
    for file in path.glob(pattern):
        file.unlink()
    left = sorted(path.iterdir())

    with pytest.raises(CorruptStateError, match=said):
        LevelDbStore(path)
    assert set(left) <= set(path.iterdir())


def test_node_of_another_user_or_a_full_disk_is_a_storage_error(path: Path) -> None:
    """Trouble with the disk says nothing against the data."""
    fill(path)
    (path / "owner.lock").unlink()
    (path / "owner.lock").mkdir()

    with pytest.raises(StorageError, match="cannot make the lock file"):
        LevelDbStore(path)
