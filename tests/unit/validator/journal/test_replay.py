"""Blocks go over to a node that lacks them, and come out the same."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consensus_engine.committee import Committee
from consensus_engine.drivers.consensus_key import ConsensusVerifier
from consensus_engine.types import Epoch
from protos.ledger import ledger_pb2
from signing.types import SignedBatch
from tests.helpers.script_family import ScriptHandler, batch, batch_of, script
from tests.helpers.single_node import GENESIS, START_MS, open_node
from tests.helpers.super_nodes import SuperNodes
from validator.journal import transfer as module
from validator.journal.bundles import OrderedPayloads, encode_bundle
from validator.journal.certificates import BlockCertificates
from validator.journal.errors import (
    DivergedError,
    MalformedCertificateError,
    MalformedTransferError,
    NotCertifiedYetError,
    UncertifiedBlockError,
    UnknownBlockError,
    UnknownEpochError,
    WrongChainTransferError,
)
from validator.journal.ledger_block import LedgerBlock
from validator.journal.replay import BlockReplay
from validator.journal.transfer import BlockServer, BlockTransfer, decode_blocks
from validator.node import Node
from validator.storage import MemoryStore

TERMS = [SuperNodes(epoch=epoch) for epoch in range(2)]
GOOD = [batch(["append", "k", str(index)]) for index in range(4)]
FIRST_OF_TWO = script(["set", "a", "1"])
POOL = [
    *(entry.encoded for entry in GOOD),
    batch(["refuse", "no"]).encoded,
    batch(["append", "k", "z"], ["crash", "boom"]).encoded,
    batch_of(FIRST_OF_TWO).encoded,
    batch_of(FIRST_OF_TWO, script(["set", "b", "2"])).encoded,  # a transaction that has its verdict elsewhere
    batch_of(script(["set", "c", "3"], dependencies=(FIRST_OF_TWO.transaction_id,))).encoded,
    GOOD[0].encoded.replace(GOOD[0].batch_id.encode(), GOOD[1].batch_id.encode()),  # badly signed
    GOOD[3].encoded.replace(GOOD[3].batch_id.encode(), GOOD[3].batch_id.encode()[::-1]),
    GOOD[2].encoded + b"\xf8\x01\x01",  # not in its canonical form
    b"junk",
]
HUGE = 10**9


class Side:
    """A node with its certificates: who serves, or who lacks."""

    def __init__(self, node: Node | None = None, *, epochs: int = 2) -> None:
        self.node = node or open_node()
        self.certificates = BlockCertificates(
            MemoryStore(), self.node.blocks, GENESIS.chain_id, ConsensusVerifier()
        )
        self.server = BlockServer(self.node.blocks, self.certificates)
        self.epochs = epochs

    def get_committee(self, epoch: Epoch) -> Committee:
        if epoch >= self.epochs:
            raise UnknownEpochError(epoch)
        return TERMS[epoch].committee

    def commit(
        self, index: int, *encoded: bytes, epoch: int = 0, time_ms: int = START_MS
    ) -> LedgerBlock | None:
        bundles = tuple(encode_bundle([each]) for each in encoded)
        return self.node.ledger.commit(OrderedPayloads(epoch, index, time_ms, bundles))

    def certify(self, *numbers: int) -> None:
        for number in numbers:
            block = self.node.blocks.get_block(number)
            self.certificates.adopt(TERMS[block.epoch].certify(block))

    def replay(self, transfer: BlockTransfer) -> list[LedgerBlock]:
        replay = BlockReplay(self.node.ledger, self.certificates, self.get_committee, ConsensusVerifier())
        return list(replay.replay(transfer))


def serving(blocks: int = 4, *, certified: tuple[int, ...] = (4,)) -> Side:
    side = Side()
    for index in range(1, blocks + 1):
        side.commit(index, batch(["append", "k", str(index)], nonce=str(index)).encoded)
    side.certify(*certified)
    return side


def ask(side: Side, first: int, *, count_max: int = 500, bytes_max: int = HUGE) -> BlockTransfer:
    return decode_blocks(side.server.encode_blocks(first, count_max=count_max, bytes_max=bytes_max))


def contents(node: Node) -> list[object]:
    return [
        (node.blocks.get_block(number), list(node.blocks.read_batches(number)))
        for number in range(node.head.number + 1)
    ]


@settings(max_examples=60, deadline=None)
@given(
    commits=st.lists(
        st.tuples(
            st.lists(st.integers(0, len(POOL) - 1), max_size=8), st.integers(-2000, 9000), st.booleans()
        ),
        min_size=1,
        max_size=8,
    ),
    step=st.integers(1, 4),
    bytes_max=st.sampled_from([1, 2000, HUGE]),
    certified=st.sets(st.integers(1, 8)),
    pending=st.sets(st.integers(0, 4)),
    scale=st.sampled_from([1, 60]),
)
def test_a_joiner_makes_the_very_same_blocks(
    commits: list[tuple[list[int], int, bool]],
    step: int,
    bytes_max: int,
    certified: set[int],
    pending: set[int],
    scale: int,
) -> None:
    """Of batches executed, refused, ordered again, badly signed or in another form, at any pace."""
    genesis = replace(GENESIS, time_scale=scale)
    there = Side(open_node(genesis=genesis))
    for index, (picks, time_ms, is_next_epoch) in enumerate(commits, start=1):
        epoch = int(is_next_epoch or there.node.head.epoch)
        there.commit(index, *(POOL[pick] for pick in picks), epoch=epoch, time_ms=START_MS + time_ms)
    last = there.node.head.number
    if last == 0:
        return
    there.certify(*(number for number in certified if number < last), last)
    here = Side(open_node(genesis=genesis))
    here.node.submit([POOL[index] for index in sorted(pending)])
    while (number := here.node.head.number) < last:
        assert here.replay(ask(there, number + 1, count_max=step, bytes_max=bytes_max))
    assert contents(here.node) == contents(there.node)
    assert here.node.state.root == there.node.state.root
    assert here.node.ledger.executed_root == there.node.ledger.executed_root
    assert here.certificates.certified_number == last
    assert not any(here.node.blocks.is_batch_decided(each.batch_id) for each in waiting(here.node))


def waiting(node: Node) -> list[SignedBatch]:
    """Return what is pending."""
    return node.pending.peek(batches_max=99, bytes_max=HUGE)


def test_a_transfer_ends_with_a_certified_block_where_one_is_in_reach() -> None:
    """Else the headers up to the next one follow; the limits hold, but one block comes in any case."""
    side = serving(6, certified=(2, 5))
    assert [len(ask(side, 1).blocks), len(ask(side, 1).later_headers)] == [5, 0]
    assert [len(ask(side, 1, count_max=3).blocks), ask(side, 1, count_max=3).certificate.number] == [2, 2]
    short = ask(side, 3, bytes_max=1)
    assert [len(short.blocks), len(short.later_headers), short.certificate.number] == [1, 2, 5]
    assert len(ask(side, 4, count_max=0).blocks) == 1


def test_only_certified_blocks_are_served() -> None:
    """Others may still turn out to be this node's alone."""
    side = serving(3, certified=(2,))
    with pytest.raises(NotCertifiedYetError, match="block 3"):
        ask(side, 3)
    with pytest.raises(UnknownBlockError):
        ask(side, -1)


def test_too_many_headers_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor taken: certificates lie closer together."""
    side = serving(4)
    data = side.server.encode_blocks(1, count_max=1, bytes_max=1)
    monkeypatch.setattr(module, "TRANSFER_HEADERS_MAX", 2)
    with pytest.raises(MalformedTransferError, match="3 later headers"):
        decode_blocks(data)
    with pytest.raises(NotCertifiedYetError):
        ask(side, 1, count_max=1, bytes_max=1)


def test_blocks_that_are_here_are_passed_over() -> None:
    """A transfer may overlap with what came meanwhile."""
    there, here = serving(4), Side()
    transfer = ask(there, 1)
    assert len(here.replay(transfer)) == 4
    assert here.replay(transfer) == []
    assert here.node.head == there.node.head


def tamper(transfer: BlockTransfer, place: int, **changes: object) -> BlockTransfer:
    blocks = list(transfer.blocks)
    blocks[place] = replace(blocks[place], **changes)  # type: ignore[arg-type] # its fields
    return replace(transfer, blocks=tuple(blocks))


def test_nothing_is_executed_of_blocks_that_do_not_continue_the_chain() -> None:
    """With a gap, in another order, of another ledger or with other batches or verdicts."""
    there = serving(4)
    transfer = ask(there, 1)
    block = transfer.blocks[1]
    header = block.header
    other_ledger = Side(open_node(genesis=replace(GENESIS, chain_id="other"))).node.head
    wrong = [
        ask(there, 2),
        replace(transfer, blocks=(*transfer.blocks[:2], *transfer.blocks[3:])),
        replace(transfer, blocks=transfer.blocks[::-1]),
        tamper(transfer, 1, header=replace(header, chain_id=other_ledger.chain_id)),
        tamper(transfer, 1, header=replace(header, time_scale=2)),
        tamper(transfer, 1, header=replace(header, commit_index=1)),
        tamper(transfer, 1, header=replace(header, time_ms=START_MS)),
        tamper(transfer, 3, batches=(POOL[0],)),
        tamper(transfer, 3, batches=()),
        tamper(transfer, 3, refused=frozenset({0})),
    ]
    for each in wrong:
        here = Side()
        with pytest.raises(WrongChainTransferError):
            here.replay(each)
        assert here.node.head.number == 0
        assert here.certificates.certified_number == 0


@pytest.mark.parametrize("changes", [{"time_ms": START_MS}, {"commit_index": 1}])
def test_a_header_that_goes_back_in_time_or_order_is_refused(changes: dict[str, int]) -> None:
    """Even under a certificate: no honest node makes one, so it is not for execution to find out."""
    transfer = ask(serving(2, certified=(2,)), 1)
    last = replace(transfer.blocks[1].header, **changes)  # type: ignore[arg-type] # its integers
    forged = replace(tamper(transfer, 1, header=last), certificate=TERMS[0].certify(last))
    here = Side()
    with pytest.raises(WrongChainTransferError, match="earlier commit"):
        here.replay(forged)
    assert here.node.head.number == 0


def test_nothing_is_executed_without_a_quorums_word() -> None:
    """Too few signatures, a certificate of another block, a committee out of office, or one not known yet."""
    there = serving(3, certified=(3,))
    there.commit(1, POOL[0], epoch=1)
    there.certify(4)
    transfer = ask(there, 1)
    last = transfer.blocks[-1].header
    for certificate in (
        TERMS[1].certify(last, 0, 1),
        TERMS[0].certify(last),
        TERMS[1].certify(there.node.blocks.get_block(3)),
    ):
        here = Side()
        with pytest.raises(UncertifiedBlockError):
            here.replay(replace(transfer, certificate=certificate))
        assert here.node.head.number == 0
    with pytest.raises(UnknownEpochError):
        Side(epochs=1).replay(transfer)


def test_a_node_that_makes_another_block_stops_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one would whose code means something else by a transaction; the evidence stays."""
    there, here = serving(2, certified=(2,)), Side()
    transfer = ask(there, 1)

    def misunderstand(self: ScriptHandler, context: object, key: str, value: str) -> None:
        self._set(context, key, value + "!")

    monkeypatch.setattr(ScriptHandler, "_append", misunderstand)
    with pytest.raises(DivergedError, match="block 1"):
        here.replay(transfer)
    assert here.node.head.number == 0
    found = here.certificates.find_divergence()
    assert found is not None
    assert found[0].number == 1
    assert found[1] == transfer.certificate


def test_what_is_no_transfer_is_refused() -> None:
    """Junk, nothing at all, a certificate of another form; no bytes make it fail otherwise."""
    for data in (b"\xff", b"", b"\x0a\x03\x0a\x01\xff"):
        with pytest.raises(MalformedTransferError):
            decode_blocks(data)
    empty = ledger_pb2.BlockTransfer(blocks=[ledger_pb2.TransferredBlock()])
    with pytest.raises(MalformedCertificateError):
        decode_blocks(empty.SerializeToString())


@given(data=st.binary(max_size=200))
def test_no_bytes_crash_the_decoder(data: bytes) -> None:
    """They are refused by a reason, or are a transfer."""
    with suppress(MalformedTransferError, MalformedCertificateError):
        decode_blocks(data)


def test_a_transfer_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody makes a node parse for ever."""
    monkeypatch.setattr(module, "TRANSFER_BYTES_MAX", 10)
    with pytest.raises(MalformedTransferError, match="at most 10"):
        decode_blocks(bytes(11))
