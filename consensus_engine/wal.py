"""The log as bytes: records with a checksum each, and what is left of them after a crash.

Layout of a record: length u32 (of kind and body) | CRC-32 u32 (of kind and body) | kind u8 | body.

A crash may leave a torn tail: what follows the last complete record is cut. Damage with complete records
behind it is no torn tail: it is reported, since a log that has lost records may have lost what this node
wrote.

Source: consensus protocol, section 2.12.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from enum import IntEnum
from mmap import mmap
from typing import Final, Protocol
from zlib import crc32

from consensus_engine.binary import Reader, encode_u64
from consensus_engine.commit_codec import (
    COMMIT_VERTICES_MAX,
    decode_certificate,
    decode_commit,
    encode_certificate,
    encode_commit,
    encode_committee,
    read_committee,
)
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import ConsensusError, CorruptLogError, MalformedBytesError
from consensus_engine.log_records import (
    CommitLogged,
    EpochBegan,
    EpochEnded,
    Halted,
    LogRecord,
    VertexLogged,
)
from consensus_engine.parameters import ChainParameters
from consensus_engine.types import DIGEST_BYTES, Digest, Epoch, Round, TimestampMs
from consensus_engine.vertex_codec import decode_vertex, encode_vertex

RECORD_BYTES_MAX: Final = 64 + 42 * COMMIT_VERTICES_MAX + 1024  # the largest is a commit
REASON_BYTES_MAX: Final = 4096
_HEAD_BYTES: Final = 8
_RESYNC_BYTES_MAX: Final = 1 << 20  # searched behind damage for a complete record


Buffer = bytes | mmap


class _Kind(IntEnum):
    EPOCH_BEGAN = 1
    VERTEX = 2
    COMMIT = 3
    EPOCH_ENDED = 4
    HALTED = 5


class Log(Protocol):
    """Where records go; ``append`` may lose them in a crash until ``flush`` returns."""

    def append(self, records: Iterable[LogRecord]) -> None:
        """Add records at the end."""

    def flush(self) -> None:
        """Return once everything appended is durable."""

    def read(self) -> Iterable[LogRecord]:
        """Return the records that a restart needs, in order."""


@dataclass(frozen=True, slots=True)
class LogScan:
    """What a log's bytes hold."""

    records: tuple[LogRecord, ...]
    size_bytes: int  # of the complete records; what follows is a torn tail


@dataclass(frozen=True, slots=True)
class LocatedRecord:
    """A record and where its bytes stand in the log."""

    record: LogRecord
    start: int
    end: int


def encode_record(record: LogRecord) -> bytes:
    """Return a record with its length and checksum."""
    content = _encode_content(record)
    return len(content).to_bytes(4, "big") + crc32(content).to_bytes(4, "big") + content


def scan_log(data: Buffer) -> LogScan:
    """Return the records in a log's bytes, less a torn tail.

    Raises:
        CorruptLogError: Complete records follow damage, or a record's checksum is right and its content is
        not.
    """
    located = tuple(read_records(data))
    return LogScan(tuple(each.record for each in located), located[-1].end if located else 0)


def read_records(data: Buffer) -> Iterator[LocatedRecord]:
    """Yield the records in a log's bytes one after the other, less a torn tail.

    Raises:
        CorruptLogError: As `scan_log` does, once the damage is reached.
    """
    at = 0
    while (content := _find_content(data, at)) is not None:
        end = at + _HEAD_BYTES + len(content)
        try:
            yield LocatedRecord(_decode_content(content), at, end)
        except ConsensusError as error:
            raise CorruptLogError(at, f"a complete record cannot be read: {error}") from error
        at = end
    for later in range(at + 1, min(len(data) - _HEAD_BYTES, at + _RESYNC_BYTES_MAX)):
        if _find_content(data, later) is not None:
            raise CorruptLogError(at, f"a complete record follows at byte {later}")


def _find_content(data: Buffer, at: int) -> bytes | None:
    """Return the content of the record at a position, or ``None`` if there is no complete one."""
    length = int.from_bytes(data[at : at + 4], "big")
    end = at + _HEAD_BYTES + length
    if not 1 <= length <= RECORD_BYTES_MAX or end > len(data) or data[at + 8] not in _KINDS:
        return None
    content = data[at + _HEAD_BYTES : end]
    if crc32(content) != int.from_bytes(data[at + 4 : at + 8], "big"):
        return None
    return content


_KINDS: Final = frozenset(int(kind) for kind in _Kind)


def _encode_content(record: LogRecord) -> bytes:
    match record:
        case EpochBegan():
            return bytes((_Kind.EPOCH_BEGAN,)) + _encode_head(record)
        case VertexLogged(vertex=vertex):
            return bytes((_Kind.VERTEX,)) + encode_vertex(vertex)
        case CommitLogged(commit=commit):
            return bytes((_Kind.COMMIT,)) + encode_commit(commit)
        case EpochEnded(certificate=certificate):
            return bytes((_Kind.EPOCH_ENDED,)) + encode_certificate(certificate)
        case Halted(reason=reason):
            return bytes((_Kind.HALTED,)) + reason.encode()[:REASON_BYTES_MAX]


def _decode_content(content: bytes) -> LogRecord:
    kind, body = content[0], content[1:]
    match kind:
        case _Kind.EPOCH_BEGAN:
            return _decode_head(body)
        case _Kind.VERTEX:
            return VertexLogged(decode_vertex(body))
        case _Kind.COMMIT:
            return CommitLogged(decode_commit(body))
        case _Kind.EPOCH_ENDED:
            return EpochEnded(decode_certificate(body))
        case _Kind.HALTED:
            return Halted(body.decode(errors="replace"))
        case _:
            raise MalformedBytesError("log record", "kind", f"is {kind}")


def _encode_head(record: EpochBegan) -> bytes:
    context = record.context
    parts = [
        encode_u64(record.propose_round_min),
        context.chain_id,
        encode_u64(context.epoch),
        context.seed,
        encode_u64(context.start_ms),
        *(encode_u64(value) for value in astuple(context.parameters)),
        encode_committee(context.committee),
    ]
    return b"".join(parts)


def _decode_head(body: bytes) -> EpochBegan:
    reader = Reader(body, "epoch head")
    round_min = Round(reader.u64("first round"))
    chain_id = Digest(reader.raw(DIGEST_BYTES, "chain id"))
    epoch = Epoch(reader.u64("epoch"))
    seed = Digest(reader.raw(DIGEST_BYTES, "seed"))
    start_ms = TimestampMs(reader.u64("start"))
    parameters = ChainParameters(
        gc_depth=reader.u64("gc depth"),
        schedule_period=reader.u64("schedule period"),
        leaders_per_round=reader.u64("leaders"),
        epoch_ms=reader.u64("epoch length"),
        epoch_commits_max=reader.u64("epoch commits"),
        close_lag=reader.u64("close lag"),
    )
    committee = read_committee(reader)
    reader.end()
    return EpochBegan(EpochContext(chain_id, epoch, committee, seed, start_ms, parameters), round_min)
