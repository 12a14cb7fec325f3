"""Lookups and listings in the chain."""

from collections.abc import Iterator
from itertools import islice

import pytest

from protos.sawtooth.transaction_receipt_pb2 import TransactionReceipt
from tests.helpers.script_family import batch, batch_of, script
from tests.helpers.single_node import commit, open_node
from validator.errors import CorruptStateError
from validator.journal import block_store as module
from validator.journal.block_store import BlockStore
from validator.journal.errors import UnknownBatchError, UnknownBlockError, UnknownTransactionError
from validator.node import Node
from validator.storage import MemoryStore, Table, WriteBatch

PAIR = batch_of(script(["set", "a", "1"]), script(["set", "b", "2"]))
SINGLES = [batch(["set", "k", str(index)]) for index in range(6)]
REFUSED = batch(["refuse", "no"])
NOWHERE = "ab" * 64


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    """Three blocks: the pair; four singles and a refused batch, in short segments; two singles."""
    monkeypatch.setattr(module, "SEGMENT_BYTES", 3 * len(SINGLES[0].encoded))
    with open_node() as opened:
        commit(opened, PAIR)
        commit(opened, *SINGLES[:2], REFUSED, *SINGLES[2:4])
        commit(opened, *SINGLES[4:])
        yield opened


def test_blocks_are_found_by_number_and_id(node: Node) -> None:
    """And equal what was made."""
    assert node.blocks.get_block(3) == node.head
    assert node.blocks.get_block_by_id(node.head.block_id) == node.head
    assert node.blocks.find_block(4) is None
    assert node.blocks.find_block(-1) is None


@pytest.mark.parametrize("block_id", ["", "zz", NOWHERE, NOWHERE.upper(), "ab", "ä" * 128])
def test_an_unknown_block_id_is_an_error_whatever_its_form(node: Node, block_id: str) -> None:
    """Ids come from anybody."""
    with pytest.raises(UnknownBlockError):
        node.blocks.get_block_by_id(block_id)
    with pytest.raises(UnknownBatchError):
        node.blocks.get_batch(block_id)
    with pytest.raises(UnknownTransactionError):
        node.blocks.get_transaction(block_id)
    assert node.blocks.find_receipt(block_id) is None


def test_batches_and_transactions_are_found_with_their_block(node: Node) -> None:
    """By id, wherever in a block they are."""
    assert node.blocks.get_batch(PAIR.batch_id).number == 1
    for single in SINGLES:
        assert node.blocks.get_batch(single.batch_id).batch == single
    second = PAIR.transactions[1]
    transaction, stored = node.blocks.get_transaction(second.transaction_id)
    assert (transaction, stored.batch) == (second, PAIR)


def test_receipts_are_found_by_transaction(node: Node) -> None:
    """Of executed transactions; a refused one has its reason instead."""
    for transaction in PAIR.transactions:
        receipt = node.blocks.find_receipt(transaction.transaction_id)
        assert receipt is not None
        assert TransactionReceipt.FromString(receipt).transaction_id == transaction.transaction_id
    refused = REFUSED.transactions[0].transaction_id
    assert node.blocks.find_receipt(refused) is None
    refusal = node.blocks.get_transaction(refused)[1].refusal
    assert refusal is not None
    assert (refusal.transaction_id, refusal.message) == (refused, "no")
    assert node.blocks.is_transaction_decided(refused)
    assert not node.blocks.is_transaction_executed(refused)


def test_blocks_are_listed_newest_first_by_page(node: Node) -> None:
    """From a number down, as many as asked for."""
    numbers = [block.number for block in node.blocks.list_blocks(limit=2)]
    assert numbers == [3, 2]
    assert [block.number for block in node.blocks.list_blocks(start=1)] == [1, 0]
    assert node.blocks.list_blocks(start=-1) == []
    assert BlockStore(MemoryStore()).list_blocks() == []


def test_batches_are_listed_newest_first_without_the_refused(node: Node) -> None:
    """Over segments and blocks, from the newest or from any batch on."""
    newest_first = [*reversed(SINGLES), PAIR]
    listed = [stored.batch for stored in node.blocks.iterate_batches()]
    assert listed[:-1] == newest_first  # the last is the genesis's
    for position, entry in enumerate(newest_first):
        page = islice(node.blocks.iterate_batches(entry.batch_id), 2)
        assert [stored.batch for stored in page] == listed[position : position + 2]
    with pytest.raises(UnknownBatchError):
        node.blocks.iterate_batches(NOWHERE)


def test_transactions_are_listed_newest_first(node: Node) -> None:
    """Inside a batch too, from the newest or from any transaction on, a refused one included."""
    everything = [transaction.transaction_id for transaction in node.blocks.iterate_transactions()]
    first, second = (transaction.transaction_id for transaction in PAIR.transactions)
    assert everything[-3:-1] == [second, first]
    assert [t.transaction_id for t in node.blocks.iterate_transactions(first)] == everything[-2:]
    refused = REFUSED.transactions[0].transaction_id
    after_refused = [t.transaction_id for t in node.blocks.iterate_transactions(refused)]
    assert after_refused == everything[everything.index(SINGLES[1].transactions[0].transaction_id) :]
    with pytest.raises(UnknownTransactionError):
        node.blocks.iterate_transactions(NOWHERE)


def test_a_page_reads_no_more_than_it_shows(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of a page does not grow with the chain."""
    reads = 0
    read = BlockStore._read_segment

    def counting(self: BlockStore, number: int, segment: int) -> object:
        nonlocal reads
        reads += 1
        return read(self, number, segment)

    monkeypatch.setattr(BlockStore, "_read_segment", counting)
    assert len(list(islice(node.blocks.iterate_batches(), 2))) == 2
    assert reads <= 2


def test_a_reopened_chain_has_its_head() -> None:
    """The last block is the head; an empty chain has none."""
    store = MemoryStore()
    assert BlockStore(store).head is None
    store.write(WriteBatch({Table.BLOCK.prefix + bytes(8): b"junk"}), sync=True)
    with pytest.raises(CorruptStateError, match="block 0"):
        BlockStore(store)
