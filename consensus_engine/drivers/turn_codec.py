"""A turn as its protobuf message, and back; and a large turn as several that mean the same."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from consensus_engine.api import (
    Alert,
    BundleWanted,
    EpochInfo,
    OrderedCommit,
    Outgoing,
    Progress,
    SeenCheckpoint,
    SuperNode,
    Turn,
)
from consensus_engine.drivers.api_limits import PUBLIC_KEY_BYTES
from consensus_engine.effects import Alarm
from consensus_engine.errors import MalformedBytesError
from consensus_engine.types import (
    DIGEST_BYTES,
    Checkpoint,
    CommitIndex,
    Digest,
    Epoch,
    Evidence,
    PeerId,
    TimestampMs,
)
from consensus_engine.vertex_codec import decode_signed_header, encode_signed_header
from protos.consensus import consensus_pb2 as pb

_ALARMS: Final[Mapping[Alarm, pb.Alarm]] = {
    Alarm.KEY_IN_USE_ELSEWHERE: pb.ALARM_KEY_IN_USE_ELSEWHERE,
    Alarm.OTHERS_COMMIT_OTHERWISE: pb.ALARM_OTHERS_COMMIT_OTHERWISE,
    Alarm.OTHERS_EXECUTE_OTHERWISE: pb.ALARM_OTHERS_EXECUTE_OTHERWISE,
    Alarm.SAFETY_HALT: pb.ALARM_SAFETY_HALT,
    Alarm.PEER_AT_FAULT: pb.ALARM_PEER_AT_FAULT,
}
_ALARMS_BY_NUMBER: Final = {number: alarm for alarm, number in _ALARMS.items()}
_OVERHEAD_BYTES: Final = 64  # of an entry, about: its numbers, and the tags and lengths of its fields
_SMALL_ENTRY_BYTES: Final = 512  # at least what an entry of fixed size takes


def turn_to_message(turn: Turn) -> pb.Turn:
    """Return the message of a turn within its limits."""
    return pb.Turn(
        epoch=None if turn.epoch is None else _epoch_to_message(turn.epoch),
        send=[pb.Outgoing(to=out.to or b"", data=out.data, bundles=out.bundles) for out in turn.send],
        wanted=[pb.BundleWanted(digest=want.digest, holders=want.holders) for want in turn.wanted],
        commits=map(_commit_to_message, turn.commits),
        taken=turn.taken or b"",
        returned=turn.returned,
        checkpoints=map(_checkpoint_to_message, turn.checkpoints),
        evidence=map(_evidence_to_message, turn.evidence),
        alerts=[
            pb.Alert(alarm=_ALARMS[alert.alarm], text=alert.text, peer=alert.peer or b"")
            for alert in turn.alerts
        ],
        sync_to=turn.sync_to,
        halted=turn.halted,
        progress=None if turn.progress is None else _progress_to_message(turn.progress),
    )


def message_to_turn(message: pb.Turn) -> Turn:
    """Return the turn of a message; its limits are checked apart.

    Raises:
        MalformedBytesError: A part cannot be read.
    """
    return Turn(
        epoch=_message_to_epoch(message.epoch) if message.HasField("epoch") else None,
        send=tuple(
            Outgoing(_find_peer(out.to), out.data, tuple(map(Digest, out.bundles))) for out in message.send
        ),
        wanted=tuple(
            BundleWanted(Digest(want.digest), tuple(map(PeerId, want.holders))) for want in message.wanted
        ),
        commits=tuple(map(_message_to_commit, message.commits)),
        taken=Digest(message.taken) if message.taken else None,
        returned=tuple(map(Digest, message.returned)),
        checkpoints=tuple(map(_message_to_checkpoint, message.checkpoints)),
        evidence=tuple(
            Evidence(decode_signed_header(one.first), decode_signed_header(one.second))
            for one in message.evidence
        ),
        alerts=tuple(map(_message_to_alert, message.alerts)),
        sync_to=message.sync_to,
        halted=message.halted,
        progress=_message_to_progress(message.progress) if message.HasField("progress") else None,
    )


def split_turn(turn: Turn, bytes_target: int) -> Iterator[Turn]:
    """Yield turns that together say the same in the same order, each little over a size.

    A turn is done in the order of its fields, so that its first fields may be a turn of their own.

    Args:
        turn: Of any size.
        bytes_target: A piece ends with the entry that reaches it; an entry is never divided.
    """
    piece: dict[str, Any] = {}
    size_bytes = 0
    for name, value, value_bytes in _entries(turn):
        if size_bytes >= bytes_target:
            yield Turn(**{key: _frozen(part) for key, part in piece.items()})
            piece, size_bytes = {}, 0
        if isinstance(getattr(turn, name), tuple):
            piece.setdefault(name, []).append(value)
        else:
            piece[name] = value
        size_bytes += value_bytes
    yield Turn(**{key: _frozen(part) for key, part in piece.items()})


def _frozen(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) else part


def _entries(turn: Turn) -> Iterator[tuple[str, Any, int]]:
    """Yield what a turn says, in order: the field's name, one entry of it, and about its encoded size."""
    for each in fields(Turn):
        value = getattr(turn, each.name)
        if isinstance(value, tuple):
            for entry in value:
                yield each.name, entry, _entry_bytes(entry)
        elif value != each.default:
            yield each.name, value, _entry_bytes(value)


def _entry_bytes(entry: Any) -> int:
    match entry:
        case Outgoing(data=data, bundles=bundles):
            return _OVERHEAD_BYTES + len(data) + (DIGEST_BYTES + 2) * len(bundles)
        case OrderedCommit(bundles=bundles):
            return _OVERHEAD_BYTES + (DIGEST_BYTES + PUBLIC_KEY_BYTES) * len(bundles)
        case BundleWanted(holders=holders):
            return _OVERHEAD_BYTES + (PUBLIC_KEY_BYTES + 2) * len(holders)
        case EpochInfo(committee=committee, handover=handover):
            return _OVERHEAD_BYTES + _OVERHEAD_BYTES * len(committee) + len(handover)
        case Alert(text=text):
            return _OVERHEAD_BYTES + len(text.encode())
        case bytes():
            return len(entry)
        case str():
            return len(entry.encode())
        case _:
            return _SMALL_ENTRY_BYTES


def _epoch_to_message(info: EpochInfo) -> pb.EpochInfo:
    return pb.EpochInfo(
        epoch=info.epoch,
        committee=[pb.SuperNode(key=node.key, tickets=node.tickets) for node in info.committee],
        quorum=info.quorum,
        start_ms=info.start_ms,
        handover=info.handover,
    )


def _message_to_epoch(message: pb.EpochInfo) -> EpochInfo:
    return EpochInfo(
        Epoch(message.epoch),
        tuple(SuperNode(PeerId(node.key), node.tickets) for node in message.committee),
        message.quorum,
        TimestampMs(message.start_ms),
        message.handover,
    )


def _commit_to_message(commit: OrderedCommit) -> pb.OrderedCommit:
    return pb.OrderedCommit(
        epoch=commit.epoch,
        index=commit.index,
        time_ms=commit.time_ms,
        bundles=b"".join(commit.bundles),
        authors=b"".join(commit.authors),
    )


def _message_to_commit(message: pb.OrderedCommit) -> OrderedCommit:
    return OrderedCommit(
        Epoch(message.epoch),
        CommitIndex(message.index),
        TimestampMs(message.time_ms),
        tuple(map(Digest, _cut(message.bundles, DIGEST_BYTES))),
        tuple(map(PeerId, _cut(message.authors, PUBLIC_KEY_BYTES))),
    )


def _cut(joined: bytes, size_bytes: int) -> Iterator[bytes]:
    """Yield the values that ``joined`` consists of; the last may be short, which the limits refuse."""
    return (joined[at : at + size_bytes] for at in range(0, len(joined), size_bytes))


def _checkpoint_to_message(seen: SeenCheckpoint) -> pb.SeenCheckpoint:
    checkpoint = seen.checkpoint
    return pb.SeenCheckpoint(
        author=seen.author,
        epoch=seen.epoch,
        block=pb.LedgerBlock(
            number=checkpoint.block_number,
            block_id=checkpoint.block_id,
            state_root=checkpoint.state_root,
        ),
        signature=checkpoint.signature,
    )


def _message_to_checkpoint(message: pb.SeenCheckpoint) -> SeenCheckpoint:
    block = message.block
    return SeenCheckpoint(
        PeerId(message.author),
        Epoch(message.epoch),
        Checkpoint(block.number, block.block_id, block.state_root, message.signature),
    )


def _evidence_to_message(evidence: Evidence) -> pb.Evidence:
    return pb.Evidence(
        first=encode_signed_header(evidence.first), second=encode_signed_header(evidence.second)
    )


def _message_to_alert(message: pb.Alert) -> Alert:
    alarm = _ALARMS_BY_NUMBER.get(message.alarm)
    if alarm is None:
        raise MalformedBytesError("alert", "alarm", f"is {message.alarm}, none that is known")
    return Alert(alarm, message.text, _find_peer(message.peer))


def _progress_to_message(progress: Progress) -> pb.Progress:
    return pb.Progress(
        round=progress.round,
        commit_index=progress.commit_index,
        quorum_index=progress.quorum_index,
        leader=progress.leader or b"",
        vertices=progress.vertices,
        is_rejoining=progress.is_rejoining,
    )


def _message_to_progress(message: pb.Progress) -> Progress:
    return Progress(
        message.round,
        CommitIndex(message.commit_index),
        CommitIndex(message.quorum_index),
        _find_peer(message.leader),
        message.vertices,
        message.is_rejoining,
    )


def _find_peer(key: bytes) -> PeerId | None:
    return PeerId(key) if key else None
