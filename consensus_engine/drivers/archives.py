"""What peers may ask for out of the log: the epoch a node is in, and the one before.

Source: consensus protocol, section 2.11.
"""

from consensus_engine.drivers.engine_log import EngineLog
from consensus_engine.effects import ServeFromLog
from consensus_engine.epoch import EpochContext
from consensus_engine.log_records import EpochEnded, LogRecord
from consensus_engine.messages import CommitResponse, FetchResponse
from consensus_engine.serving import Archive
from consensus_engine.types import Commit, CommitIndex, Epoch, Vertex, VertexRef


class Archives:
    """Answers out of the log's files; in memory are places and votes alone."""

    __slots__ = ("_archives", "_log")

    def __init__(self, log: EngineLog) -> None:
        self._log = log
        self._archives: dict[Epoch, Archive] = {}

    def enter(self, context: EpochContext) -> None:
        """Serve an epoch from now on, and the one before it; earlier ones no more.

        What the log holds of the epoch is read.
        """
        if context.epoch in self._archives:
            return
        epoch = context.epoch
        archive = Archive(epoch, context.committee.quorum, _EpochRecords(self._log, epoch))
        self._archives[epoch] = archive
        segment = self._log.find_segment(epoch)
        if segment is not None:
            for record in segment.records():
                archive.add(record)
            if (certificate := self._log.find_end(epoch)) is not None:
                archive.certified_index = certificate.end.last_index
        for old in [each for each in self._archives if each < epoch - 1]:
            del self._archives[old]

    def add(self, record: LogRecord) -> None:
        """Take note of a record that has been appended to the log."""
        for archive in self._archives.values():
            archive.add(record)
        if isinstance(record, EpochEnded):
            end = record.certificate.end
            if (ended := self._archives.get(end.epoch)) is not None:
                ended.certified_index = end.last_index

    def answer(self, asked: ServeFromLog) -> FetchResponse | CommitResponse | None:
        """Return the answer to a peer's request, or ``None`` if nothing that was asked for is here."""
        archive = self._archives.get(asked.epoch)
        return archive.answer(asked.request) if archive is not None else None


class _EpochRecords:
    """An epoch's records in the log, also while the log has none yet."""

    __slots__ = ("_epoch", "_log")

    def __init__(self, log: EngineLog, epoch: Epoch) -> None:
        self._log = log
        self._epoch = epoch

    def find_vertex(self, ref: VertexRef) -> Vertex | None:
        """Return a vertex, or ``None`` where it is not kept."""
        segment = self._log.find_segment(self._epoch)
        return segment.find_vertex(ref) if segment is not None else None

    def find_commit(self, index: CommitIndex) -> Commit | None:
        """Return a commit, or ``None`` where it is not kept."""
        segment = self._log.find_segment(self._epoch)
        return segment.find_commit(index) if segment is not None else None
