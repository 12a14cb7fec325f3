"""The tree over all executed transactions."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.types import TransactionId
from tests.helpers.script_family import batch
from tests.helpers.single_node import commit, open_node
from validator.errors import CorruptStateError
from validator.journal.executed_ids import ExecutedIds, MerklePeaks, load_executed_ids
from validator.storage import MemoryStore, Table, WriteBatch

CERTIFICATE_LOG_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


def naive_root(leaves: list[bytes]) -> bytes:
    """The definition, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def ids(*numbers: int) -> list[TransactionId]:
    return [TransactionId(f"{number:0128x}") for number in numbers]


def stored(tree: ExecutedIds) -> MemoryStore:
    write, store = WriteBatch(), MemoryStore()
    tree.stage(write)
    store.write(write, sync=True)
    return store


def test_the_root_is_that_of_a_certificate_log() -> None:
    """The roots that certificate logs' own tests name for these leaves."""
    assert MerklePeaks().append(CERTIFICATE_LOG_LEAVES[:1]).root.hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert MerklePeaks().append(CERTIFICATE_LOG_LEAVES).root.hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@given(parts=st.lists(st.lists(st.binary(min_size=64, max_size=64), max_size=20), max_size=6))
def test_the_root_is_that_of_the_definition_however_the_leaves_came(parts: list[list[bytes]]) -> None:
    """Appended in any parts, the tree is that over all of them, and keeps a peak for each bit set."""
    tree = MerklePeaks()
    for part in parts:
        tree = tree.append(part)
    leaves = [leaf for part in parts for leaf in part]
    assert tree.root == naive_root(leaves)
    assert len(tree.peaks) == tree.count.bit_count()


@given(counts=st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_a_stored_tree_goes_on_where_it_was(counts: list[int]) -> None:
    """Only the peaks are stored."""
    tree, total = load_executed_ids(MemoryStore(), -1), 0
    for number, count in enumerate(counts):
        appended = tree.append(number, ids(*range(total, total + count)))
        tree = load_executed_ids(stored(appended), number)
        total += count
    assert tree.tree.root == naive_root([bytes.fromhex(each) for each in ids(*range(total))])


def test_a_tree_of_another_block_is_damage() -> None:
    """Tree and block are written together, so it cannot happen by a crash."""
    store = stored(ExecutedIds().append(0, ids(1, 2)))
    with pytest.raises(CorruptStateError, match="block 0, but the chain's head is block 1"):
        load_executed_ids(store, 1)
    with pytest.raises(CorruptStateError, match="head is block 3"):
        load_executed_ids(MemoryStore(), 3)
    store.write(WriteBatch({Table.EXECUTED_IDS.prefix: bytes(17)}), sync=True)
    with pytest.raises(CorruptStateError, match="damaged"):
        load_executed_ids(store, 0)


def test_the_ledgers_root_covers_what_was_executed_and_nothing_else() -> None:
    """In order of execution, from the genesis on; what is refused or decided does not count."""
    node = open_node()
    good, bad, other = batch(["set", "a", "1"]), batch(["refuse", "no"]), batch(["set", "b", "2"])
    commit(node, good, bad)
    commit(node, bad, other, good)
    executed = [each.transaction_id for each in node.blocks.iterate_transactions()][::-1]
    assert len(executed) == 3
    assert node.ledger.executed_root == naive_root([bytes.fromhex(each) for each in executed])
