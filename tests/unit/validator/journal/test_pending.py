"""The queue of accepted batches: on disk, bounded, in order."""

import pytest

from signing.types import BatchId, SignedBatch, TransactionId
from tests.helpers.script_family import ALICE, BOB, batch, batch_of, script
from validator.errors import CorruptStateError
from validator.journal import pending as module
from validator.journal.errors import ConflictingBatchError, PendingFullError
from validator.journal.pending import PendingBatches, PendingLimits
from validator.storage import MemoryStore, Table, WriteBatch


class Decided:
    """Which batches the chain has decided."""

    def __init__(self, *ids: BatchId) -> None:
        self.ids = set(ids)

    def is_batch_decided(self, batch_id: BatchId) -> bool:
        return batch_id in self.ids

    def is_transaction_decided(self, transaction_id: TransactionId) -> bool:
        raise NotImplementedError

    def is_transaction_executed(self, transaction_id: TransactionId) -> bool:
        raise NotImplementedError


def batches(count: int) -> list[SignedBatch]:
    return [batch(["set", "k", str(index)]) for index in range(count)]


def peek(pending: PendingBatches, batches_max: int = 1000, bytes_max: int = 10**9) -> list[SignedBatch]:
    return pending.peek(batches_max=batches_max, bytes_max=bytes_max)


def decide(store: MemoryStore, pending: PendingBatches, *decided: SignedBatch) -> None:
    write = WriteBatch()
    removed = pending.stage_removal([entry.batch_id for entry in decided], write)
    store.write(write, sync=True)
    pending.remove(removed)


def groups_on_disk(store: MemoryStore) -> int:
    return len(list(store.iterate(Table.PENDING_BATCH.prefix)))


def test_batches_come_out_in_the_order_in_which_they_came() -> None:
    """First come, first served, over several groups."""
    pending = PendingBatches(MemoryStore(), Decided())
    first, second, third = batches(3)
    pending.add([second])
    pending.add([first, third])
    assert peek(pending) == [second, first, third]


def test_what_is_taken_is_bounded_by_number_and_bytes() -> None:
    """Up to both limits, but one batch in any case, or a large one would wait for ever."""
    pending = PendingBatches(MemoryStore(), Decided())
    entries = batches(3)
    pending.add(entries)
    assert peek(pending, batches_max=2) == entries[:2]
    assert peek(pending, bytes_max=2 * len(entries[0].encoded)) == entries[:2]
    assert peek(pending, bytes_max=1) == entries[:1]


def test_accepted_batches_are_there_after_a_restart() -> None:
    """Accepted means written and synced; the order is kept."""
    store = MemoryStore()
    entries = batches(4)
    before = PendingBatches(store, Decided())
    before.add(entries[:2])
    before.add(entries[2:])
    after = PendingBatches(store, Decided())
    assert peek(after) == entries
    assert after.bytes_pending == before.bytes_pending


def test_many_batches_are_one_write_and_one_key() -> None:
    """Group commit: the cost of a sync is shared."""
    store = MemoryStore()
    PendingBatches(store, Decided()).add(batches(50))
    assert groups_on_disk(store) == 1


def test_a_group_stays_on_disk_until_all_of_it_is_decided() -> None:
    """What a reopened node finds of a group decided in part, the chain tells from the rest."""
    store = MemoryStore()
    first, second = batches(2)
    pending = PendingBatches(store, Decided())
    pending.add([first, second])
    decide(store, pending, first)
    assert peek(pending) == [second]
    assert groups_on_disk(store) == 1
    reopened = PendingBatches(store, Decided(first.batch_id))
    assert peek(reopened) == [second]
    decide(store, reopened, second)
    assert groups_on_disk(store) == 0
    assert peek(PendingBatches(store, Decided())) == []


def test_a_group_that_was_decided_meanwhile_is_removed_at_start() -> None:
    """As happens where the blocks came from elsewhere."""
    store = MemoryStore()
    (only,) = batches(1)
    PendingBatches(store, Decided()).add([only])
    assert peek(PendingBatches(store, Decided(only.batch_id))) == []
    assert groups_on_disk(store) == 0


def test_a_batch_added_again_is_pending_once() -> None:
    """In one call or in two."""
    pending = PendingBatches(MemoryStore(), Decided())
    (only,) = batches(1)
    assert pending.add([only, only]) == [None, None]
    assert pending.add([only]) == [None]
    assert peek(pending) == [only]


def test_another_batch_of_the_same_id_is_refused() -> None:
    """A signer can make two messages that one signature fits; the first that comes counts."""
    pending = PendingBatches(MemoryStore(), Decided())
    first, second = batches(2)
    pending.add([first])
    twin = second._replace(batch_id=first.batch_id)
    assert isinstance(pending.add([twin])[0], ConflictingBatchError)
    with pytest.raises(ConflictingBatchError):
        pending.check_room(twin)


def test_the_number_of_batches_is_bounded() -> None:
    """What exceeds the limit is refused with the time after which to retry; the rest is accepted."""
    pending = PendingBatches(MemoryStore(), Decided(), PendingLimits(batches_max=2))
    entries = batches(3)
    *accepted, refused = pending.add(entries)
    assert accepted == [None, None]
    assert isinstance(refused, PendingFullError)
    assert refused.retry_after_ms > 0
    with pytest.raises(PendingFullError, match="number of batches"):
        pending.check_room(entries[2])


def test_the_bytes_are_bounded_and_come_free_again() -> None:
    """Room is there again once batches are decided."""
    store = MemoryStore()
    first, second = batches(2)
    pending = PendingBatches(store, Decided(), PendingLimits(bytes_max=len(first.encoded)))
    assert pending.add([first]) == [None]
    with pytest.raises(PendingFullError, match="bytes"):
        pending.check_room(second)
    decide(store, pending, first)
    assert pending.add([second]) == [None]


def test_nobody_can_fill_the_queue_alone() -> None:
    """One sender's part is bounded; another still gets in."""
    pending = PendingBatches(MemoryStore(), Decided(), PendingLimits(per_sender_max=1))
    first, second = batches(2)
    bobs = batch_of(script(["set", "k", "v"], signer=BOB), batcher=BOB)
    results = pending.add([first, second, bobs])
    assert [type(result) for result in results] == [type(None), PendingFullError, type(None)]
    assert ALICE.public_key != BOB.public_key


def test_groups_stay_below_what_one_record_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long submissions become several records of one write."""
    entries = batches(5)
    monkeypatch.setattr(module, "_GROUP_BYTES_MAX", 2 * len(entries[0].encoded))
    store = MemoryStore()
    PendingBatches(store, Decided()).add(entries)
    assert groups_on_disk(store) == 3
    assert peek(PendingBatches(store, Decided())) == entries


def test_damage_is_reported() -> None:
    """What is stored and is no group of batches is never skipped."""
    store = MemoryStore()
    store.write(WriteBatch({Table.PENDING_BATCH.prefix + bytes(8): b"\x0a\x05junk!"}), sync=True)
    with pytest.raises(CorruptStateError, match="group 0"):
        PendingBatches(store, Decided())
