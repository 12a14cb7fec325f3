"""What waits for a peer: bounded, consensus first, the oldest lost first."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from validator.networking.codec import EncodedItem, Urgency
from validator.networking.limits import PeerLimits
from validator.networking.send_queue import SendQueue

LIMITS = PeerLimits(item_bytes_max=10, queue_bytes_max=30, queue_items_max=8)


def consensus(text: bytes) -> EncodedItem:
    return EncodedItem(text, Urgency.CONSENSUS)


def bulk(text: bytes) -> EncodedItem:
    return EncodedItem(text, Urgency.BULK)


def filled(*items: EncodedItem) -> SendQueue:
    queue = SendQueue(LIMITS)
    for item in items:
        queue.put(item)
    return queue


def test_consensus_goes_before_bulk_and_each_in_its_order() -> None:
    queue = filled(bulk(b"b1"), consensus(b"c1"), bulk(b"b2"), consensus(b"c2"))
    assert queue.take(100) == [b"c1", b"c2", b"b1", b"b2"]
    assert (len(queue), queue.bytes_waiting) == (0, 0)


def test_no_more_is_taken_than_fits_but_one_item_in_any_case() -> None:
    queue = filled(consensus(b"12345678"), consensus(b"123"), bulk(b"1"), bulk(b"2"))
    assert queue.take(5) == [b"12345678"]
    assert queue.take(4) == [b"123", b"1"]
    assert queue.take(4) == [b"2"]
    assert queue.take(4) == []


def test_consensus_pushes_out_the_oldest_bulk_first() -> None:
    queue = filled(consensus(b"c" * 10), bulk(b"x" * 10), bulk(b"y" * 10))
    assert queue.put(consensus(b"d" * 10))
    assert queue.take(100) == [b"c" * 10, b"d" * 10, b"y" * 10]
    assert queue.dropped == 1


def test_consensus_pushes_out_the_oldest_consensus_where_there_is_no_bulk() -> None:
    """Engines repeat what a peer may have missed; the newest says most."""
    queue = filled(*(consensus(bytes([n]) * 10) for n in range(4)))
    assert queue.take(100) == [b"\x01" * 10, b"\x02" * 10, b"\x03" * 10]


def test_bulk_finds_no_room_among_consensus() -> None:
    queue = filled(*(consensus(bytes([n]) * 10) for n in range(3)))
    assert not queue.put(bulk(b"b"))
    assert queue.dropped == 1
    assert queue.take(100) == [b"\x00" * 10, b"\x01" * 10, b"\x02" * 10]


def test_many_small_items_are_bounded_too() -> None:
    queue = filled(*(consensus(b"c") for _ in range(9)))
    assert len(queue) == 8


def test_an_item_larger_than_the_bound_waits_alone() -> None:
    """An operator's small bound makes links lossy, never mute."""
    queue = filled(consensus(b"c"), bulk(b"b"), consensus(b"d" * 31))
    assert queue.take(100) == [b"d" * 31]
    assert queue.put(bulk(b"e" * 31))
    assert queue.put(consensus(b"c"))
    assert queue.take(100) == [b"c"]


def test_what_is_cleared_counts_as_dropped() -> None:
    queue = filled(consensus(b"c"), bulk(b"b"))
    queue.clear()
    assert (queue.dropped, queue.bytes_waiting, len(queue)) == (2, 0, 0)


@dataclass
class Model:
    """The queue in its plainest form: one list, searched from the front."""

    waiting: list[EncodedItem] = field(default_factory=list)

    def put(self, item: EncodedItem) -> None:
        def oldest(urgency: Urgency) -> int | None:
            return next((i for i, each in enumerate(self.waiting) if each.urgency is urgency), None)

        while sum(len(i.encoded) for i in self.waiting) + len(item.encoded) > 30 or len(self.waiting) >= 8:
            index = oldest(Urgency.BULK)
            if index is None:
                if item.urgency is Urgency.BULK:
                    return
                index = oldest(Urgency.CONSENSUS)
            assert index is not None
            del self.waiting[index]
        self.waiting.append(item)

    def order(self) -> list[bytes]:
        return [i.encoded for i in sorted(self.waiting, key=lambda i: i.urgency is Urgency.BULK)]


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=10), st.sampled_from(Urgency)), max_size=40))
def test_the_queue_does_what_its_plain_form_does(puts: list[tuple[bytes, Urgency]]) -> None:
    queue, model = SendQueue(LIMITS), Model()
    for encoded, urgency in puts:
        queue.put(EncodedItem(encoded, urgency))
        model.put(EncodedItem(encoded, urgency))
        assert queue.bytes_waiting == sum(len(item.encoded) for item in model.waiting)
    assert queue.dropped == len(puts) - len(queue)
    assert queue.take(1_000) == model.order()
