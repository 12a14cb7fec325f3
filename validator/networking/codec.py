"""Items and frames as bytes.

A frame is a protobuf message whose repeated field holds the items, so encoded items laid end to end are one:
an item is encoded once, with its field's tag and length, and frames for all peers are joined from the same
bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from google.protobuf.message import DecodeError

from protos.peers import peers_pb2 as pb
from validator.networking.errors import ItemTooLargeError, Misbehaviour, MisbehaviourError
from validator.networking.items import (
    BatchesPassed,
    BatchesTaken,
    BlocksSent,
    BlocksWanted,
    BundlesSent,
    BundlesWanted,
    EngineData,
    Item,
)
from validator.networking.limits import FRAME_OVERHEAD_BYTES_MAX, PeerLimits

_LENGTH_DELIMITED: Final = 2  # wire type; protobuf encoding, "Message structure"
_FIXED_64: Final = 1  # wire type
_FIXED_64_FIELD_BYTES: Final = 9
_ITEMS_TAG: Final = bytes([pb.Frame.ITEMS_FIELD_NUMBER << 3 | _LENGTH_DELIMITED])
_NUMBER_TAGS: Final = frozenset(
    number << 3 | _FIXED_64 for number in (pb.Frame.PING_FIELD_NUMBER, pb.Frame.PONG_FIELD_NUMBER)
)

PARTS_MAX: Final = 65_536  # bundles, batches, blocks and the like in one item


class Urgency(Enum):
    """Which of two queues an item waits in."""

    CONSENSUS = auto()
    BULK = auto()


@dataclass(frozen=True, slots=True)
class EncodedItem:
    """An item as it stands in a frame: tag, length and content."""

    encoded: bytes
    urgency: Urgency


def encode_item(item: Item, bytes_max: int) -> EncodedItem:
    """Return an item for any number of frames.

    Raises:
        ItemTooLargeError: It takes more than ``bytes_max`` bytes, or has more than ``PARTS_MAX`` parts.
    """
    if (parts := _count_parts(item)) > PARTS_MAX:
        raise ItemTooLargeError(type(item).__name__, parts, PARTS_MAX, "parts")
    urgency = Urgency.BULK
    message: pb.Item
    match item:
        case EngineData():
            urgency = Urgency.CONSENSUS
            message = pb.Item(engine_data=pb.EngineData(data=item.data, bundles=item.bundles))
        case BundlesWanted():
            urgency = Urgency.CONSENSUS  # small, and vertices wait for the answer
            message = pb.Item(bundles_wanted=pb.BundlesWanted(digests=item.digests))
        case BundlesSent():
            message = pb.Item(bundles_sent=pb.BundlesSent(bundles=item.bundles))
        case BatchesPassed():
            passed = pb.BatchesPassed(passing_id=item.passing_id, batches=item.batches)
            message = pb.Item(batches_passed=passed)
        case BatchesTaken():
            message = pb.Item(batches_taken=pb.BatchesTaken(passing_id=item.passing_id, taken=item.taken))
        case BlocksWanted():
            message = pb.Item(blocks_wanted=pb.BlocksWanted(first=item.first, count_max=item.count_max))
        case BlocksSent():
            sent = pb.BlocksSent(blocks=item.blocks, certificate=item.certificate, handovers=item.handovers)
            message = pb.Item(blocks_sent=sent)
    content = message.SerializeToString()
    encoded = b"".join((_ITEMS_TAG, _encode_varint(len(content)), content))
    if len(encoded) > bytes_max:
        raise ItemTooLargeError(type(item).__name__, len(encoded), bytes_max, "bytes")
    return EncodedItem(encoded, urgency)


def encode_frame(items: Iterable[bytes], *, ping: int = 0, pong: int = 0) -> bytes:
    """Return a frame of encoded items."""
    head = pb.Frame(ping=ping, pong=pong).SerializeToString() if ping or pong else b""
    return b"".join((head, *items))


def decode_frame(encoded: bytes, limits: PeerLimits) -> pb.Frame:
    """Return a frame, with its items still messages; see `iterate_items`.

    A frame beyond the size that is wanted is decoded only if one item fills it, so that no frame grows to
    many times its size in memory.

    Raises:
        MisbehaviourError: The bytes are no frame, too large a one, or one with a Hello, which only opens a
            link.
    """
    size = len(encoded)
    is_large = size > limits.frame_bytes_wanted + FRAME_OVERHEAD_BYTES_MAX
    if size > limits.frame_bytes_max or (is_large and not _is_single_item(encoded)):
        text = f"a frame of {size} bytes; one item may take {limits.item_bytes_max}, several less"
        raise MisbehaviourError(Misbehaviour.OVERSIZED_FRAME, text)
    try:
        frame = pb.Frame.FromString(encoded)
    except DecodeError:
        text = f"{len(encoded)} bytes that are no frame"
        raise MisbehaviourError(Misbehaviour.MALFORMED_FRAME, text) from None
    if frame.HasField("hello"):
        raise MisbehaviourError(Misbehaviour.MALFORMED_FRAME, "a second Hello")
    return frame


def iterate_items(frame: pb.Frame) -> Iterator[Item]:
    """Yield a frame's items in order.

    Raises:
        MisbehaviourError: An item is of no known kind, or of too many parts.
    """
    for message in frame.items:
        item = _decode_item(message)
        if _count_parts(item) > PARTS_MAX:
            text = f"{type(item).__name__} of more than {PARTS_MAX} parts"
            raise MisbehaviourError(Misbehaviour.MALFORMED_FRAME, text)
        yield item


def _decode_item(message: pb.Item) -> Item:
    match message.WhichOneof("kind"):
        case "engine_data":
            return EngineData(message.engine_data.data, tuple(message.engine_data.bundles))
        case "bundles_wanted":
            return BundlesWanted(tuple(message.bundles_wanted.digests))
        case "bundles_sent":
            return BundlesSent(tuple(message.bundles_sent.bundles))
        case "batches_passed":
            return BatchesPassed(message.batches_passed.passing_id, tuple(message.batches_passed.batches))
        case "batches_taken":
            return BatchesTaken(message.batches_taken.passing_id, tuple(message.batches_taken.taken))
        case "blocks_wanted":
            return BlocksWanted(message.blocks_wanted.first, message.blocks_wanted.count_max)
        case "blocks_sent":
            sent = message.blocks_sent
            return BlocksSent(tuple(sent.blocks), sent.certificate, tuple(sent.handovers))
    raise MisbehaviourError(Misbehaviour.MALFORMED_FRAME, "an item of no known kind")


def _count_parts(item: Item) -> int:
    match item:
        case EngineData() | BundlesSent():
            return len(item.bundles)
        case BundlesWanted():
            return len(item.digests)
        case BatchesPassed():
            return len(item.batches)
        case BatchesTaken():
            return len(item.taken)
        case BlocksWanted():
            return 0
        case BlocksSent():
            return len(item.blocks) + len(item.handovers)


def _is_single_item(encoded: bytes) -> bool:
    """Return whether one item reaches to the end of a large frame, with nothing but numbers before it."""
    start = 0
    while start < FRAME_OVERHEAD_BYTES_MAX and encoded[start] in _NUMBER_TAGS:
        start += _FIXED_64_FIELD_BYTES
    for length_bytes in range(1, 5):
        content = start + 1 + length_bytes
        length = _encode_varint(len(encoded) - content)
        if encoded[start:content] == _ITEMS_TAG + length:
            return True
    return False


def _encode_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
