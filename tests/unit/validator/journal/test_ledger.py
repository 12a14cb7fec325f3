"""Commits become blocks, or nothing."""

import pytest

from signing.batches import decode_batch
from signing.verification import InlineVerifier
from tests.helpers.script_family import ALICE, BOB, address, batch, batch_of, script
from tests.helpers.single_node import GENESIS, NODE_KEY, START_MS, commit, open_node
from transaction_families.ledger_time import block_info_address
from validator.errors import CorruptStateError
from validator.journal.bundles import OrderedPayloads, encode_bundle
from validator.journal.checkpoint import Checkpoint
from validator.journal.errors import UnknownBlockError
from validator.journal.ledger import check_head
from validator.journal.ledger_block import NULL_BLOCK_ID, LedgerBlock
from validator.node import Node
from validator.state.global_state import GlobalState
from validator.storage import MemoryStore


def ordered(index: int, *bundles: bytes, time_ms: int = START_MS, epoch: int = 0) -> OrderedPayloads:
    return OrderedPayloads(epoch, index, time_ms, bundles)


def snapshot(node: Node) -> tuple[LedgerBlock, bytes]:
    return node.head, node.state.root


def test_a_commit_makes_one_block_on_the_one_before() -> None:
    """Number, previous id, root and counts follow; the batches stand in order, refused ones with why."""
    node = open_node()
    founded = node.head
    good, bad, other = batch(["set", "a", "1"]), batch(["refuse", "no"]), batch(["set", "b", "2"])
    block = node.ledger.commit(
        ordered(1, encode_bundle([good.encoded, bad.encoded]), encode_bundle([other.encoded]))
    )
    assert block == node.head
    assert (block.number, block.previous_id, block.chain_id) == (1, founded.block_id, "test-ledger")
    assert (block.executed_batches, block.refused_batches, block.transactions) == (2, 1, 2)
    assert block.state_root == node.state.root != founded.state_root
    stored = list(node.blocks.read_batches(1))
    assert [entry.batch for entry in stored] == [good, bad, other]
    assert [entry.refusal and entry.refusal.message for entry in stored] == [None, "no", None]


def test_a_commit_without_a_new_batch_makes_no_block_and_touches_nothing() -> None:
    """Empty, or with batches that have their verdict, executed or refused."""
    node = open_node()
    good, bad = batch(["set", "a", "1"]), batch(["refuse", "no"])
    commit(node, good, bad)
    before = snapshot(node)
    assert node.ledger.commit(ordered(2)) is None
    assert node.ledger.commit(ordered(3, encode_bundle([good.encoded, bad.encoded]))) is None
    assert node.produce_block() is None
    assert snapshot(node) == before


def test_a_commit_that_the_head_has_is_passed_over() -> None:
    """After a crash the ordering repeats commits; order is by epoch, then index."""
    node = open_node()
    first, second = (encode_bundle([batch(["set", "a", str(i)]).encoded]) for i in range(2))
    assert node.ledger.commit(ordered(5, first)) is not None
    assert node.ledger.commit(ordered(5, second)) is None
    assert node.ledger.commit(ordered(4, second)) is None
    assert node.ledger.commit(ordered(1, second, epoch=1)) is not None
    assert (node.head.epoch, node.head.commit_index) == (1, 1)


def test_ledger_time_rises_by_a_millisecond_at_least() -> None:
    """Whatever time a commit brings; transactions see it in whole seconds."""
    node = open_node()
    times = [START_MS - 5000, START_MS + 1500, START_MS + 1500]
    seen = []
    for index, time_ms in enumerate(times, start=1):
        bundle = encode_bundle([batch(["set", "a", str(index)]).encoded])
        block = node.ledger.commit(ordered(index, bundle, time_ms=time_ms))
        assert block is not None
        seen.append(block.time_ms - START_MS)
    assert seen == [1, 1500, 1501]
    assert node.state.get(block_info_address(3)) is not None


def test_batches_from_others_are_verified() -> None:
    """What was never admitted here is checked when it is executed, signatures included."""
    node = open_node()
    good, victim = batch(["set", "a", "1"]), batch(["set", "b", "2"])
    forged = victim.encoded.replace(victim.batch_id.encode(), good.batch_id.encode()[::-1])
    block = node.ledger.commit(ordered(1, encode_bundle([forged, good.encoded])))
    assert block is not None
    assert (block.executed_batches, block.refused_batches) == (1, 1)
    assert node.state.get(address("b")) is None
    forged_id = decode_batch(forged).batch_id
    assert node.blocks.find_batch(forged_id) is None, "a forged id has no verdict"


def test_duplicates_are_dropped_before_their_signatures_are_verified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch often comes in several nodes' bundles; only the first costs its signatures."""
    verified: list[int] = []
    submit = InlineVerifier.submit
    monkeypatch.setattr(
        InlineVerifier, "submit", lambda self, checks: verified.append(len(checks)) or submit(self, checks)
    )
    node = open_node()
    good, bad, other = batch(["set", "a", "1"]), batch(["refuse", "no"]), batch(["set", "b", "2"])
    node.ledger.commit(ordered(1, encode_bundle([good.encoded, bad.encoded])))
    verified.clear()
    node.ledger.commit(ordered(2, encode_bundle([good.encoded, bad.encoded, other.encoded])))
    assert verified == [2]


def test_bytes_that_are_no_batch_are_passed_over() -> None:
    """A bundle that is none, or holds junk, must not stop a node; all nodes pass over the same."""
    node = open_node()
    good = batch(["set", "a", "1"])
    block = node.ledger.commit(ordered(1, b"\xff", encode_bundle([b"junk", good.encoded])))
    assert block is not None
    assert [entry.batch for entry in node.blocks.read_batches(1)] == [good]
    assert node.ledger.commit(ordered(2, b"\xff", encode_bundle([b"junk"]))) is None


def test_what_a_commit_decides_is_no_longer_pending() -> None:
    """Also where another node carried it, and where it was refused."""
    node = open_node()
    good, bad, other = batch(["set", "a", "1"]), batch(["refuse", "no"]), batch(["set", "b", "2"])
    node.submit([good.encoded, bad.encoded, other.encoded])
    node.ledger.commit(ordered(1, encode_bundle([bad.encoded, good.encoded])))
    assert node.pending.peek(batches_max=9, bytes_max=9**9) == [other]


def test_a_forged_copy_does_not_push_out_the_pending_batch() -> None:
    """The id alone proves nothing."""
    node = open_node()
    good = batch(["set", "a", "1"])
    node.submit([good.encoded])
    other = batch(["set", "b", "2"])
    forged = other.encoded.replace(other.batch_id.encode(), good.batch_id.encode())
    assert decode_batch(forged).batch_id == good.batch_id
    node.ledger.commit(ordered(1, encode_bundle([forged])))
    assert node.pending.find(good.batch_id) == good
    assert node.produce_block() is not None
    assert node.state.get(address("a")) == b"1"


def test_every_block_has_a_checkpoint_of_the_nodes_own() -> None:
    """Signed in a domain of its own; it names chain, epoch, number, id and root."""
    node = open_node()
    commit(node, batch(["set", "a", "1"]))
    signed = node.ledger.get_checkpoint(1)
    assert signed.verify()
    assert signed.public_key == NODE_KEY.public_key
    assert signed.checkpoint == Checkpoint.of(node.head)
    with pytest.raises(UnknownBlockError):
        node.ledger.get_checkpoint(2)


def test_state_stays_readable_for_the_history_kept() -> None:
    """Root by root; the first block's predecessor is nothing."""
    node = open_node(history_blocks=2)
    for index in range(4):
        commit(node, batch(["set", "a", str(index)]))
    assert node.state_at(3).get(address("a")) == b"2"
    assert node.state_at(2).root == node.blocks.get_block(2).state_root
    assert node.blocks.get_block(0).previous_id == NULL_BLOCK_ID


def test_a_chain_and_a_state_that_differ_are_damage() -> None:
    """They are written together, so it cannot happen by a crash."""
    node = open_node()
    with pytest.raises(CorruptStateError, match="block 0"):
        check_head(GlobalState(MemoryStore()), node.head)


def test_a_broker_may_batch_what_others_signed() -> None:
    """One batch, two signers, one verdict."""
    node = open_node()
    mixed = batch_of(
        script(["append", "k", "a"], signer=ALICE, batcher=BOB),
        script(["append", "k", "b"], signer=BOB),
        batcher=BOB,
    )
    block = commit(node, mixed)
    assert block is not None
    assert block.transactions == 2
    assert GENESIS.chain_id == block.chain_id
