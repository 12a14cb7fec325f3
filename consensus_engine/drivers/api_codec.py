"""The consensus API's values as bytes, and back: the only place that knows its protobuf messages.

A frame is the concatenation of frames with one turn, or one notification, each: protobuf merges repeated
fields when encodings are joined. So each value is encoded once, when it is queued, and joining is free.

Every ``decode_*`` raises MalformedBytesError where the bytes are no such message, or break a limit of
`drivers.api_limits`, and every ``encode_*`` where the value does.

Source: Protocol Buffers encoding, "Last One Wins" (merging of concatenated messages).
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from google.protobuf.message import DecodeError, Message

from consensus_engine.api import (
    BundleArrived,
    BundleOffered,
    BundleRefused,
    ChainSynced,
    CommitDone,
    Executed,
    Notification,
    PeerMessage,
    Registration,
    Turn,
    Welcome,
)
from consensus_engine.drivers.api_limits import (
    check_addresses_asked,
    check_block,
    check_digests_asked,
    check_notification,
    check_registration,
    check_settings_asked,
    check_turn,
    check_welcome,
)
from consensus_engine.drivers.turn_codec import message_to_turn, turn_to_message
from consensus_engine.effects import LedgerBlock
from consensus_engine.errors import MalformedBytesError
from consensus_engine.types import Bundle, CommitIndex, Digest, Epoch, PeerId, TimestampMs
from protos.consensus import consensus_pb2 as pb

SERVICE_NAME: Final = pb.DESCRIPTOR.services_by_name["ConsensusService"].full_name

MessageT = TypeVar("MessageT", bound=Message)


# --- Frames of an engine ----------------------------------------------------------------------------------


def encode_registration(registration: Registration) -> bytes:
    """Return the first frame of an engine."""
    check_registration(registration)
    message = pb.Registration(
        consensus_key=registration.consensus_key,
        fencing=registration.fencing,
        binding=registration.binding,
    )
    return pb.EngineFrame(registration=message).SerializeToString()


def decode_registration(data: bytes) -> Registration:
    """Return the registration in an engine's first frame."""
    frame = _parse(pb.EngineFrame(), data)
    if not frame.HasField("registration") or frame.turns:
        raise MalformedBytesError("engine frame", "registration", "must be all there is in the first frame")
    message = frame.registration
    registration = Registration(PeerId(message.consensus_key), message.fencing, message.binding)
    check_registration(registration)
    return registration


def encode_turn(turn: Turn) -> bytes:
    """Return a frame with one turn; frames may be joined."""
    check_turn(turn)
    return pb.EngineFrame(turns=[turn_to_message(turn)]).SerializeToString()


def decode_turns(data: bytes) -> tuple[Turn, ...]:
    """Return the turns of an engine's later frame, in order."""
    frame = _parse(pb.EngineFrame(), data)
    if frame.HasField("registration"):
        raise MalformedBytesError("engine frame", "registration", "may stand in the first frame only")
    turns = tuple(map(message_to_turn, frame.turns))
    for turn in turns:
        check_turn(turn)
    return turns


# --- Frames of a validator --------------------------------------------------------------------------------


def encode_welcome(welcome: Welcome) -> bytes:
    """Return the first frame of a validator."""
    check_welcome(welcome)
    message = pb.Welcome(
        chain_id=welcome.chain_id,
        validator_key=welcome.validator_key,
        genesis_ms=welcome.genesis_ms,
        executed=_executed_to_message(welcome.executed),
    )
    return pb.ValidatorFrame(welcome=message).SerializeToString()


def decode_welcome(data: bytes) -> Welcome:
    """Return the welcome in a validator's first frame."""
    frame = _parse(pb.ValidatorFrame(), data)
    if not frame.HasField("welcome") or frame.notifications:
        raise MalformedBytesError("validator frame", "welcome", "must be all there is in the first frame")
    message = frame.welcome
    welcome = Welcome(
        message.chain_id,
        message.validator_key,
        TimestampMs(message.genesis_ms),
        _message_to_executed(message.executed),
    )
    check_welcome(welcome)
    return welcome


def encode_notification(notification: Notification) -> bytes:
    """Return a frame with one notification; frames may be joined."""
    check_notification(notification)
    message = _notification_to_message(notification)
    return pb.ValidatorFrame(notifications=[message]).SerializeToString()


def decode_notifications(data: bytes) -> tuple[Notification, ...]:
    """Return the notifications of a validator's later frame, in order."""
    frame = _parse(pb.ValidatorFrame(), data)
    if frame.HasField("welcome"):
        raise MalformedBytesError("validator frame", "welcome", "may stand in the first frame only")
    notifications = tuple(map(_message_to_notification, frame.notifications))
    for notification in notifications:
        check_notification(notification)
    return notifications


def _notification_to_message(notification: Notification) -> pb.Notification:
    match notification:
        case PeerMessage(sender=sender, data=data, bundles=bundles):
            return pb.Notification(peer_message=pb.PeerMessage(sender=sender, data=data, bundles=bundles))
        case BundleArrived(digest=digest):
            return pb.Notification(bundle_arrived=digest)
        case BundleRefused(digest=digest):
            return pb.Notification(bundle_refused=digest)
        case BundleOffered(bundle=bundle):
            offered = pb.Bundle(digest=bundle.digest, size_bytes=bundle.size_bytes)
            return pb.Notification(bundle_offered=offered)
        case CommitDone(executed=executed):
            return pb.Notification(commit_done=_executed_to_message(executed))
        case ChainSynced(executed=executed):
            return pb.Notification(chain_synced=_executed_to_message(executed))


def _message_to_notification(message: pb.Notification) -> Notification:
    match message.WhichOneof("kind"):
        case "peer_message":
            heard = message.peer_message
            return PeerMessage(PeerId(heard.sender), heard.data, tuple(map(Digest, heard.bundles)))
        case "bundle_arrived":
            return BundleArrived(Digest(message.bundle_arrived))
        case "bundle_refused":
            return BundleRefused(Digest(message.bundle_refused))
        case "bundle_offered":
            offered = message.bundle_offered
            return BundleOffered(Bundle(Digest(offered.digest), offered.size_bytes))
        case "commit_done":
            return CommitDone(_message_to_executed(message.commit_done))
        case "chain_synced":
            return ChainSynced(_message_to_executed(message.chain_synced))
        case _:
            raise MalformedBytesError("notification", "kind", "is none that is known")


# --- Questions --------------------------------------------------------------------------------------------


def encode_find_absent(fencing: int, digests: Sequence[Digest]) -> bytes:
    """Return the question which bundles are not here."""
    check_digests_asked(digests)
    return pb.FindAbsentRequest(fencing=fencing, digests=digests).SerializeToString()


def decode_find_absent(data: bytes) -> tuple[int, tuple[Digest, ...]]:
    """Return fencing number and digests of a question."""
    message = _parse(pb.FindAbsentRequest(), data)
    digests = tuple(map(Digest, message.digests))
    check_digests_asked(digests)
    return message.fencing, digests


def encode_absent(absent: frozenset[Digest]) -> bytes:
    """Return the answer which bundles are not here."""
    return pb.FindAbsentResponse(digests=sorted(absent)).SerializeToString()


def decode_absent(data: bytes) -> frozenset[Digest]:
    """Return the digests of an answer."""
    digests = tuple(map(Digest, _parse(pb.FindAbsentResponse(), data).digests))
    check_digests_asked(digests)
    return frozenset(digests)


def encode_get_state(fencing: int, block_number: int, addresses: Sequence[str]) -> bytes:
    """Return the question for state entries after a block."""
    check_addresses_asked(block_number, addresses)
    message = pb.GetStateRequest(fencing=fencing, block_number=block_number, addresses=addresses)
    return message.SerializeToString()


def decode_get_state(data: bytes) -> tuple[int, int, tuple[str, ...]]:
    """Return fencing number, block number and addresses of a question."""
    message = _parse(pb.GetStateRequest(), data)
    addresses = tuple(message.addresses)
    check_addresses_asked(message.block_number, addresses)
    return message.fencing, message.block_number, addresses


def encode_state(entries: Sequence[bytes | None]) -> bytes:
    """Return the answer with state entries."""
    return pb.GetStateResponse(entries=[pb.StateEntry(data=entry) for entry in entries]).SerializeToString()


def decode_state(data: bytes, count: int) -> tuple[bytes | None, ...]:
    """Return the state entries of an answer, one for each of ``count`` addresses."""
    entries = _parse(pb.GetStateResponse(), data).entries
    _check_count("state", len(entries), count)
    return tuple(entry.data if entry.HasField("data") else None for entry in entries)


def encode_get_settings(fencing: int, block_number: int, keys: Sequence[str]) -> bytes:
    """Return the question for settings after a block."""
    check_settings_asked(block_number, keys)
    message = pb.GetSettingsRequest(fencing=fencing, block_number=block_number, keys=keys)
    return message.SerializeToString()


def decode_get_settings(data: bytes) -> tuple[int, int, tuple[str, ...]]:
    """Return fencing number, block number and keys of a question."""
    message = _parse(pb.GetSettingsRequest(), data)
    keys = tuple(message.keys)
    check_settings_asked(message.block_number, keys)
    return message.fencing, message.block_number, keys


def encode_settings(values: Sequence[str | None]) -> bytes:
    """Return the answer with settings."""
    return pb.GetSettingsResponse(settings=[pb.Setting(value=value) for value in values]).SerializeToString()


def decode_settings(data: bytes, count: int) -> tuple[str | None, ...]:
    """Return the settings of an answer, one for each of ``count`` keys."""
    settings = _parse(pb.GetSettingsResponse(), data).settings
    _check_count("settings", len(settings), count)
    return tuple(setting.value if setting.HasField("value") else None for setting in settings)


def encode_get_head(fencing: int) -> bytes:
    """Return the question for the chain's last block."""
    return pb.GetHeadRequest(fencing=fencing).SerializeToString()


def decode_get_head(data: bytes) -> int:
    """Return the fencing number of a question."""
    return _parse(pb.GetHeadRequest(), data).fencing


def encode_head(block: LedgerBlock) -> bytes:
    """Return the answer with the chain's last block."""
    check_block(block)
    return pb.GetHeadResponse(block=_block_to_message(block)).SerializeToString()


def decode_head(data: bytes) -> LedgerBlock:
    """Return the block of an answer."""
    block = _message_to_block(_parse(pb.GetHeadResponse(), data).block)
    check_block(block)
    return block


# --- Parts ------------------------------------------------------------------------------------------------


def _executed_to_message(executed: Executed) -> pb.Executed:
    return pb.Executed(
        epoch=executed.epoch,
        index=executed.index,
        state_root=executed.state_root,
        executed_root=executed.executed_root,
        head_number=executed.head_number,
        block=None if executed.block is None else _block_to_message(executed.block),
    )


def _message_to_executed(message: pb.Executed) -> Executed:
    return Executed(
        Epoch(message.epoch),
        CommitIndex(message.index),
        message.state_root,
        message.executed_root,
        message.head_number,
        _message_to_block(message.block) if message.HasField("block") else None,
    )


def _block_to_message(block: LedgerBlock) -> pb.LedgerBlock:
    return pb.LedgerBlock(number=block.number, block_id=block.block_id, state_root=block.state_root)


def _message_to_block(message: pb.LedgerBlock) -> LedgerBlock:
    return LedgerBlock(message.number, message.block_id, message.state_root)


def _check_count(what: str, count: int, asked: int) -> None:
    if count != asked:
        raise MalformedBytesError(what, "answer", f"has {count} entries for {asked} asked")


def _parse(message: MessageT, data: bytes) -> MessageT:
    try:
        message.ParseFromString(data)
    except DecodeError:
        name = message.DESCRIPTOR.name
        raise MalformedBytesError(name, "bytes", "are no such protobuf message") from None
    return message
