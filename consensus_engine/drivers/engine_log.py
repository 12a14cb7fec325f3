"""The engine's log: a directory with a file for each epoch, which one process at a time may hold.

Files:
    ``epoch-<n>.wal``   the records of epoch n; of the last two epochs that this node entered
    ``epochs.wal``      what is kept of the epochs before: their heads and certified ends
    ``fencing``         how often the log was opened, as text; see `api.Registration`
    ``never-proposed``  made with a new network's log: this node has written nothing yet
    ``lock``            held while the log is open

A log without a head, and without the file that says there need be none, has lost what this node wrote: the
node then rejoins. Such a log binds it to nothing, and is begun anew.

Source: consensus protocol, sections 2.11 and 2.12.
"""

import fcntl
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from consensus_engine.drivers.durable import remove_durably, sync_directory, write_durably
from consensus_engine.drivers.segment import Segment
from consensus_engine.errors import CorruptLogError, LogInUseError, LogNotEmptyError
from consensus_engine.log_records import EpochBegan, EpochEnded, Halted, LogRecord, epoch_of
from consensus_engine.types import Epoch, EpochEndCertificate
from consensus_engine.wal import encode_record, scan_log

_SEGMENTS: Final = "epoch-*.wal"
_MARKS: Final = "epochs.wal"
_FENCING: Final = "fencing"
_NEVER_PROPOSED: Final = "never-proposed"
_LOCK: Final = "lock"


def initialise_log(path: Path) -> None:
    """Make the log of a node that takes part in a network from its first start.

    Only such a node may write at once: do this when the network is made, and never to mend a node, which
    could then contradict what it wrote before.

    Args:
        path: The directory; its parents are made.

    Raises:
        LogNotEmptyError: There is a log.
        OSError: The disk refuses.
    """
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise LogNotEmptyError(f"{path} is not empty: a network's first log is made in a new directory")
    write_durably(path / _NEVER_PROPOSED, b"")
    sync_directory(path.parent)


class EngineLog:
    """Records by epoch, durable once flushed.

    Opening it cuts a torn tail. A write that fails raises OSError: the engine must stop, for it cannot
    promise any more what it has written.

    Attributes:
        fencing: Rises with every opening. A new directory's first is the time in Unix milliseconds, so that a
            node that lost its log comes after its former self.

    Raises:
        LogInUseError: Another process holds the log.
        CorruptLogError: The log is damaged elsewhere than at its end.
        OSError: The directory cannot be made, or a file opened or read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock = (path / _LOCK).open("a")
        self._segments: dict[Epoch, Segment] = {}
        self._old: list[LogRecord] = []  # what is kept of the epochs before the segments
        try:
            self._take_lock()
            self.fencing: Final = self._raise_fencing()
            self._load()
        except BaseException:
            self.close()
            raise

    # --- What is there ------------------------------------------------------------------------------------

    @property
    def heads(self) -> tuple[EpochBegan, ...]:
        """All epochs that this node could ever write in, ascending."""
        found = [mark for mark in self._marks_backwards() if isinstance(mark, EpochBegan)]
        return tuple(reversed(found))

    @property
    def head(self) -> EpochBegan | None:
        """The last epoch that this node may write in, or ``None``."""
        return next((mark for mark in self._marks_backwards() if isinstance(mark, EpochBegan)), None)

    @property
    def is_new(self) -> bool:
        """Whether this node has certainly written nothing: its network starts."""
        return self.head is None and (self._path / _NEVER_PROPOSED).exists()

    def read(self) -> "LogRecords":
        """Return what a restart needs: the marks of all epochs, and all records of the head's epoch."""
        return LogRecords(self)

    def find_segment(self, epoch: Epoch) -> Segment | None:
        """Return an epoch's records, or ``None`` where they are kept no more."""
        return self._segments.get(epoch)

    def find_end(self, epoch: Epoch) -> EpochEndCertificate | None:
        """Return the certified end of an epoch, or ``None`` if this node has not reached it."""
        for mark in self._marks_backwards():
            if isinstance(mark, EpochEnded) and mark.certificate.end.epoch == epoch:
                return mark.certificate
        return None

    # --- Writing ------------------------------------------------------------------------------------------

    def append(self, records: Iterable[LogRecord]) -> None:
        """Write records; a crash may lose them until ``flush`` returns.

        Raises:
            OSError: The disk refuses.
        """
        for epoch, run in groupby(records, self._home_of):
            if epoch not in self._segments:
                self._begin_segment(epoch)
            self._segments[epoch].append(run)

    def flush(self) -> None:
        """Return once everything appended is on the disk; drop what is no longer needed there.

        Raises:
            OSError: The disk refuses.
        """
        for _, segment in sorted(self._segments.items()):
            segment.flush()
        self._compact()

    def close(self) -> None:
        """Let the log go; what was not flushed may be lost."""
        for segment in self._segments.values():
            segment.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- Opening ------------------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LogInUseError(f"{self._path} is in use by another process: stop it first") from None

    def _raise_fencing(self) -> int:
        path = self._path / _FENCING
        try:
            number = int(path.read_text(encoding="ascii")) + 1
        except FileNotFoundError:
            number = time.time_ns() // 1_000_000
        except ValueError as error:
            raise CorruptLogError(0, f"{path} holds no number") from error
        write_durably(path, b"%d" % number)
        return number

    def _load(self) -> None:
        marks = self._path / _MARKS
        if marks.exists():
            data = marks.read_bytes()
            scan = scan_log(data)
            if scan.size_bytes < len(data):
                raise CorruptLogError(scan.size_bytes, f"{_MARKS} ends in no complete record")
            self._old = list(scan.records)
        epochs = sorted(Epoch(int(each.stem.removeprefix("epoch-"))) for each in self._path.glob(_SEGMENTS))
        for epoch in epochs:
            segment = Segment(self._path_of(epoch), epoch, may_be_torn=epoch == epochs[-1])
            self._segments[epoch] = segment
        head = self.head
        if head is not None and head.context.epoch not in self._segments:
            raise CorruptLogError(0, f"the records of epoch {head.context.epoch} are gone")
        if head is None and not any(isinstance(mark, Halted) for mark in self._marks_backwards()):
            self._drop(epochs)
        self._compact()

    def walk(self) -> Iterator[LogRecord]:
        """Yield what ``read`` returns."""
        yield from self._old
        head = self.head
        for epoch, segment in sorted(self._segments.items()):
            is_current = head is not None and epoch == head.context.epoch
            yield from segment.records() if is_current else segment.marks

    # --- Parts --------------------------------------------------------------------------------------------

    def _home_of(self, record: LogRecord) -> Epoch:
        match record:
            case EpochEnded(certificate=certificate):
                return certificate.end.epoch
            case Halted():
                return max(self._segments, default=Epoch(0))
            case _:
                epoch = epoch_of(record)
                assert epoch is not None  # the other kinds belong to one
                return epoch

    def _begin_segment(self, epoch: Epoch) -> None:
        """Make a new file, with all before it durable, so that only the last one can ever be torn."""
        for segment in self._segments.values():
            segment.flush()
        self._segments[epoch] = Segment(self._path_of(epoch), epoch, may_be_torn=True)
        sync_directory(self._path)

    def _compact(self) -> None:
        """Keep only the marks of epochs that nobody asks for: those before the one before the head's."""
        head = self.head
        if head is None:
            return
        if (self._path / _NEVER_PROPOSED).exists():
            remove_durably(self._path / _NEVER_PROPOSED)
        past = [epoch for epoch in sorted(self._segments) if epoch < head.context.epoch - 1]
        if past:
            kept = set(self._old)  # a crash may have come between the two steps below
            self._old += [mark for each in past for mark in self._segments[each].marks if mark not in kept]
            write_durably(self._path / _MARKS, b"".join(encode_record(mark) for mark in self._old))
            self._drop(past)

    def _drop(self, epochs: Iterable[Epoch]) -> None:
        for epoch in epochs:
            segment = self._segments.pop(epoch)
            segment.close()
            remove_durably(segment.path)

    def _marks_backwards(self) -> Iterator[LogRecord]:
        for _, segment in sorted(self._segments.items(), reverse=True):
            yield from reversed(segment.marks)
        yield from reversed(self._old)

    def _path_of(self, epoch: Epoch) -> Path:
        return self._path / f"epoch-{epoch}.wal"


class LogRecords:
    """A log's records, read from the disk whenever they are walked."""

    __slots__ = ("_log",)

    def __init__(self, log: EngineLog) -> None:
        self._log = log

    def __iter__(self) -> Iterator[LogRecord]:
        return self._log.walk()
