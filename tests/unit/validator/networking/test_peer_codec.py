"""Items and frames: what is encoded once comes out everywhere as it went in, and garbage is named as such."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos.peers import peers_pb2 as pb
from validator.networking.codec import (
    PARTS_MAX,
    Urgency,
    decode_frame,
    encode_frame,
    encode_item,
    iterate_items,
)
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

LIMITS = PeerLimits(item_bytes_max=4_000, frame_bytes_wanted=2_000)
OVERHEAD = FRAME_OVERHEAD_BYTES_MAX

parts = st.lists(st.binary(max_size=40), max_size=5).map(tuple)
numbers = st.integers(0, 2**32 - 1)
items: st.SearchStrategy[Item] = st.one_of(
    st.builds(EngineData, st.binary(max_size=300), parts),
    st.builds(BundlesWanted, parts),
    st.builds(BundlesSent, parts),
    st.builds(BatchesPassed, numbers, parts),
    st.builds(BatchesTaken, numbers, st.lists(st.booleans(), max_size=9).map(tuple)),
    st.builds(BlocksWanted, numbers, numbers),
    st.builds(BlocksSent, parts, st.binary(max_size=40), parts),
)


def encode(item: Item) -> bytes:
    return encode_item(item, LIMITS.item_bytes_max).encoded


@given(st.lists(items, max_size=4), numbers, numbers)
def test_a_frame_of_items_laid_end_to_end_holds_them(sent: list[Item], ping: int, pong: int) -> None:
    frame = decode_frame(encode_frame(map(encode, sent), ping=ping, pong=pong), PeerLimits())

    assert list(iterate_items(frame)) == sent
    assert (frame.ping, frame.pong) == (ping, pong)


@given(items)
def test_a_joined_frame_is_what_protobuf_would_write(item: Item) -> None:
    """Other implementations need to know the .proto file alone."""
    joined = encode_frame([encode(item)], ping=1, pong=2)

    assert pb.Frame.FromString(joined).SerializeToString() == joined


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_give_items_or_misbehaviour(encoded: bytes) -> None:
    """No other error, so that a reader needs to catch no other."""
    with suppress(MisbehaviourError):
        list(iterate_items(decode_frame(encoded, LIMITS)))


@given(st.binary(max_size=8), st.binary(min_size=2_000 + OVERHEAD, max_size=2_100 + OVERHEAD))
def test_large_bytes_of_any_kind_give_items_or_misbehaviour(start: bytes, rest: bytes) -> None:
    with suppress(MisbehaviourError):
        list(iterate_items(decode_frame(start + rest, LIMITS)))


@pytest.mark.parametrize("size", [2_000 + OVERHEAD, 3_900])
def test_a_large_frame_of_one_item_is_decoded(size: int) -> None:
    item = EngineData(bytes(size))
    for numbers_sent in ({}, {"ping": 1}, {"pong": 1}, {"ping": 1, "pong": 2}):
        frame = decode_frame(encode_frame([encode(item)], **numbers_sent), LIMITS)
        assert list(iterate_items(frame)) == [item]


def test_a_large_frame_of_several_items_is_not_decoded() -> None:
    """Millions of empty items would take many times the frame's size in memory."""
    frame = b"\x22\x00" * ((2_000 + OVERHEAD) // 2 + 1)

    with pytest.raises(MisbehaviourError, match="one item may take 4000, several less") as caught:
        decode_frame(frame, LIMITS)

    assert caught.value.misbehaviour is Misbehaviour.OVERSIZED_FRAME


def test_a_frame_beyond_the_limit_is_not_decoded() -> None:
    frame = encode_frame([encode_item(EngineData(bytes(5_100)), 10_000).encoded])
    with pytest.raises(MisbehaviourError, match="a frame of 51"):
        decode_frame(frame, LIMITS)


def test_an_item_of_too_many_parts_is_refused_both_ways() -> None:
    many = BatchesTaken(1, (True,) * (PARTS_MAX + 1))
    taken = pb.BatchesTaken(passing_id=1, taken=many.taken)
    frame = pb.Frame(items=[pb.Item(batches_taken=taken)])

    with pytest.raises(ItemTooLargeError, match="65537 parts"):
        encode_item(many, 10**6)
    with pytest.raises(MisbehaviourError, match="BatchesTaken of more than 65536 parts"):
        list(iterate_items(frame))


@pytest.mark.parametrize(
    ("item", "urgency"),
    [
        (EngineData(b""), Urgency.CONSENSUS),
        (BundlesWanted(()), Urgency.CONSENSUS),
        (BundlesSent(()), Urgency.BULK),
        (BatchesPassed(1, ()), Urgency.BULK),
        (BatchesTaken(1, ()), Urgency.BULK),
        (BlocksWanted(1, 1), Urgency.BULK),
        (BlocksSent(()), Urgency.BULK),
    ],
)
def test_what_ordering_waits_for_goes_first(item: Item, urgency: Urgency) -> None:
    assert encode_item(item, 100).urgency is urgency
