"""The write-ahead log in a file.

Source: consensus protocol, section 2.12.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from consensus_engine.errors import LogInUseError
from consensus_engine.log_records import LogRecord
from consensus_engine.wal import encode_record, scan_log


class FileLog:
    """Records in one file, which one process at a time may hold.

    Opening it cuts a torn tail, so that what is appended follows the last complete record. A write that fails
    raises OSError and leaves the log as it is on disk: the node must stop, for it cannot promise any more
    what it has written.

    Raises:
        LogInUseError: Another process holds the log.
        CorruptLogError: The log is damaged elsewhere than at its end.
        OSError: The file cannot be opened or read.
    """

    def __init__(self, path: Path) -> None:
        is_new = not path.exists()
        self._file = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise LogInUseError(f"{path} is in use by another process: stop it first") from None
        try:
            self._file.seek(0)
            scan = scan_log(self._file.read())
            self._records = scan.records
            self._file.truncate(scan.size_bytes)
            self.flush()
            if is_new:
                _sync_directory(path.parent)
        except BaseException:
            self._file.close()
            raise

    def read(self) -> tuple[LogRecord, ...]:
        """Return the records that were there when the log was opened."""
        return self._records

    def append(self, records: Iterable[LogRecord]) -> None:
        """Add records at the end; a crash may lose them until ``flush`` returns.

        Raises:
            OSError: The disk refuses.
        """
        self._file.write(b"".join(encode_record(record) for record in records))

    def flush(self) -> None:
        """Return once everything appended is on the disk.

        Raises:
            OSError: The disk refuses.
        """
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let the log go; what was not flushed may be lost."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _sync_directory(path: Path) -> None:
    """Make a new file's name durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
