"""A log in memory that can lose its tail as a disk does."""

from collections.abc import Iterable
from random import Random

from consensus_engine.log_records import LogRecord
from consensus_engine.wal import encode_record, scan_log

TORN_RECORDS_MAX = 40  # records written as bytes to be torn; those before are kept as they are


class MemoryLog:
    """Records in order; what was not flushed may be lost in a crash."""

    __slots__ = ("_durable", "_records")

    def __init__(self) -> None:
        self._records: list[LogRecord] = []
        self._durable = 0

    def append(self, records: Iterable[LogRecord]) -> None:
        """Add records at the end."""
        self._records.extend(records)

    def flush(self) -> None:
        """Make everything appended durable."""
        self._durable = len(self._records)

    def read(self) -> tuple[LogRecord, ...]:
        """Return all records."""
        return tuple(self._records)

    def crash(self, draw: Random) -> None:
        """Lose a part of what was not flushed; the last record that is left may be torn.

        The end of the log goes through its byte form, so that tearing is the codec's to recognise.
        """
        kept = draw.randint(self._durable, len(self._records))
        start = max(kept - TORN_RECORDS_MAX, 0)
        data = b"".join(encode_record(record) for record in self._records[start:kept])
        if kept < len(self._records):
            torn = encode_record(self._records[kept])
            data += torn[: draw.randrange(len(torn))]
        self._records[start:] = scan_log(data).records
        self._durable = len(self._records)

    def wipe(self) -> None:
        """Lose everything."""
        self._records.clear()
        self._durable = 0
