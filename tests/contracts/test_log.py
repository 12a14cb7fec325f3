"""Every log keeps what was flushed and gives it back in order."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consensus_engine.drivers.file_log import FileLog
from consensus_engine.errors import CorruptLogError, LogInUseError
from consensus_engine.log_records import Halted
from consensus_engine.simulation.memory_log import MemoryLog
from consensus_engine.wal import Log, encode_record

ONE, TWO, THREE = Halted("one"), Halted("two"), Halted("three")


@pytest.fixture(params=["memory", "file"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Log]]:
    """Return what opens the same log again and again."""
    log = MemoryLog()
    opened: list[FileLog] = []

    def open_file() -> Log:
        for each in opened:
            each.close()
        opened.append(FileLog(tmp_path / "log"))
        return opened[-1]

    yield open_file if request.param == "file" else lambda: log
    for each in opened:
        each.close()


def test_flushed_records_are_read_in_order(reopen: Callable[[], Log]) -> None:
    """Across reopening, appended after what was there."""
    log = reopen()
    log.append([ONE, TWO])
    log.flush()
    again = reopen()
    again.append([THREE])
    again.flush()

    assert reopen().read() == (ONE, TWO, THREE)


def test_new_log_is_empty(reopen: Callable[[], Log]) -> None:
    """No records, and so no head: the node rejoins unless the network starts."""
    assert reopen().read() == ()


def test_torn_tail_is_cut_and_written_over(tmp_path: Path) -> None:
    """The half record goes; what is appended next follows the last complete one."""
    path = tmp_path / "log"
    path.write_bytes(encode_record(ONE) + encode_record(TWO)[:-1])

    with FileLog(path) as log:
        assert log.read() == (ONE,)
        log.append([THREE])
        log.flush()

    assert path.read_bytes() == encode_record(ONE) + encode_record(THREE)


def test_damaged_log_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is cut that may be evidence."""
    path = tmp_path / "log"
    damaged = bytearray(encode_record(ONE) + encode_record(TWO))
    damaged[9] ^= 1
    path.write_bytes(damaged)

    with pytest.raises(CorruptLogError):
        FileLog(path)
    assert path.read_bytes() == bytes(damaged)


def test_second_process_cannot_hold_the_log(tmp_path: Path) -> None:
    """Two engines with one log would be two engines with one key."""
    path = tmp_path / "log"
    imports = "from pathlib import Path; from consensus_engine.drivers.file_log import FileLog"
    code = f"{imports}; FileLog(Path({str(path)!r})).close()"
    with FileLog(path):
        with pytest.raises(LogInUseError, match="in use by another process"):
            FileLog(path)
        process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "LogInUseError" in process.stderr
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
