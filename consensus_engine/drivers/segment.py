"""One epoch's records in a file, found again by name.

A record in memory takes some ten bytes: each round has the places of its vertices, and the commits theirs in
order. What is asked for is read back from the file.
"""

import os
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from consensus_engine.errors import CorruptLogError
from consensus_engine.log_records import CommitLogged, LogRecord, VertexLogged
from consensus_engine.types import Commit, CommitIndex, Epoch, Round, Vertex, VertexRef
from consensus_engine.wal import Buffer, encode_record, read_records

_PLACE_BITS: Final = 48  # of a vertex's place in the file; above them stands its author
_PLACE_MASK: Final = (1 << _PLACE_BITS) - 1
_HEAD_BYTES: Final = 8
_FILE_MODE: Final = 0o600


class Segment:
    """The log of one epoch.

    Attributes:
        epoch: Whose records it holds.
        marks: All of them but vertices and commits, in order: few, and kept for ever.
        vertex_count: How many of them are vertices.

    Raises:
        CorruptLogError: The file is damaged elsewhere than at its end, or at its end where ``may_be_torn`` is
            false.
        OSError: The file cannot be opened, read or cut.
    """

    __slots__ = (
        "_commits",
        "_descriptor",
        "_first_commit",
        "_is_dirty",
        "_rounds",
        "_size",
        "epoch",
        "marks",
        "path",
        "vertex_count",
    )

    def __init__(self, path: Path, epoch: Epoch, *, may_be_torn: bool) -> None:
        self.path = path
        self.epoch = epoch
        self.marks: list[LogRecord] = []
        self.vertex_count = 0
        self._rounds: dict[Round, array[int]] = {}
        self._commits: array[int] = array("Q")
        self._first_commit = CommitIndex(1)
        self._size = 0
        self._is_dirty = True
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _FILE_MODE)
        try:
            self._load(may_be_torn=may_be_torn)
        except BaseException:
            self.close()
            raise

    def append(self, records: Iterable[LogRecord]) -> None:
        """Write records at the end; a crash may lose them until ``flush`` returns.

        Raises:
            OSError: The disk refuses.
        """
        parts: list[bytes] = []
        size = self._size
        for record in records:
            encoded = encode_record(record)
            self._index(record, size)
            size += len(encoded)
            parts.append(encoded)
        self._is_dirty = True
        rest = memoryview(b"".join(parts))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        self._size = size

    def flush(self) -> None:
        """Return once everything appended is on the disk.

        Raises:
            OSError: The disk refuses.
        """
        if self._is_dirty:
            os.fsync(self._descriptor)
            self._is_dirty = False

    def records(self) -> Iterator[LogRecord]:
        """Yield all records in order, read from the file."""
        with self._view() as data:
            for located in read_records(data):
                yield located.record

    def find_vertex(self, ref: VertexRef) -> Vertex | None:
        """Return a vertex, or ``None`` where it is not here."""
        for packed in self._rounds.get(ref.round, ()):
            if packed >> _PLACE_BITS == ref.author:
                record = self._read(packed & _PLACE_MASK)
                if isinstance(record, VertexLogged) and record.vertex.ref == ref:
                    return record.vertex
        return None

    def find_commit(self, index: CommitIndex) -> Commit | None:
        """Return a commit, or ``None`` where it is not here."""
        at = index - self._first_commit
        if not 0 <= at < len(self._commits):
            return None
        record = self._read(self._commits[at])
        assert isinstance(record, CommitLogged)  # the index says so
        return record.commit

    def close(self) -> None:
        """Let the file go; what was not flushed may be lost."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _load(self, *, may_be_torn: bool) -> None:
        size = os.fstat(self._descriptor).st_size
        try:
            with self._view() as data:
                for located in read_records(data):
                    self._index(located.record, located.start)
                    self._size = located.end
        except CorruptLogError as error:
            raise CorruptLogError(error.position, f"{self.path.name}: {error.what}") from error
        if self._size < size:
            if not may_be_torn:
                raise CorruptLogError(self._size, f"{self.path.name} ends in no complete record")
            os.ftruncate(self._descriptor, self._size)
            self.flush()

    def _index(self, record: LogRecord, place: int) -> None:
        match record:
            case VertexLogged(vertex=vertex):
                home = self._rounds.setdefault(vertex.round, array("Q"))
                self.vertex_count += 1
                home.append(vertex.author << _PLACE_BITS | place)
            case CommitLogged(commit=commit):
                if not self._commits:
                    self._first_commit = commit.index
                if commit.index == self._first_commit + len(self._commits):
                    self._commits.append(place)
            case _:
                self.marks.append(record)

    def _read(self, place: int) -> LogRecord:
        size = int.from_bytes(os.pread(self._descriptor, 4, place), "big")
        data = os.pread(self._descriptor, _HEAD_BYTES + size, place)
        for located in read_records(data):
            return located.record
        raise CorruptLogError(place, f"{self.path.name} has changed on the disk")

    @contextmanager
    def _view(self) -> Iterator[Buffer]:
        """Return the file's bytes as they are now."""
        if os.fstat(self._descriptor).st_size == 0:
            yield b""
            return
        with mmap(self._descriptor, 0, access=ACCESS_READ) as data:
            yield data
