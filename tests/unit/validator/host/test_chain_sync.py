"""A node that fetches blocks stays a neighbour to its peers."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest

from consensus_engine.api import Executed
from consensus_engine.commit_codec import encode_certificate
from consensus_engine.drivers.consensus_key import ConsensusVerifier
from consensus_engine.types import EpochEndCertificate, PeerId
from tests.helpers.script_family import batch
from tests.helpers.single_node import GENESIS, START_MS, open_node
from tests.helpers.super_nodes import SuperNodes
from validator.host.chain_sync import ChainSync
from validator.journal.bundles import OrderedPayloads, encode_bundle
from validator.journal.certificates import BlockCertificates
from validator.journal.handovers import Handovers
from validator.journal.ledger_block import LedgerBlock
from validator.journal.replay import BlockReplay
from validator.journal.transfer import BlockServer, BlockTransfer
from validator.networking.items import BlocksSent, BlocksWanted
from validator.node import Node
from validator.storage import MemoryStore

BLOCKS = 10
BLOCK_S = 0.02
TURNS_MIN = 5
"""Of the loop for each block: what hearing a peer takes."""

PEER = PeerId(bytes(33))
MEMBERS = SuperNodes()


class SlowReplay(BlockReplay):
    """Executes a block in no less than `BLOCK_S`, holding the loop."""

    def replay(self, transfer: BlockTransfer) -> Iterator[LedgerBlock]:
        for block in super().replay(transfer):
            time.sleep(BLOCK_S)
            yield block


class NoHandovers:
    """All blocks are of the first committee."""

    def add(self, handovers: object) -> None:
        assert handovers == []


def certificates_of(node: Node) -> BlockCertificates:
    return BlockCertificates(MemoryStore(), node.blocks, GENESIS.chain_id, ConsensusVerifier())


def serve() -> tuple[Node, bytes]:
    """Return a node with certified blocks, and its transfer of them."""
    node = open_node()
    for index in range(1, BLOCKS + 1):
        bundle = encode_bundle([batch(["append", "k", str(index)], nonce=str(index)).encoded])
        node.ledger.commit(OrderedPayloads(0, index, START_MS + index, (bundle,)))
    certificates = certificates_of(node)
    certificates.adopt(MEMBERS.certify(node.head))
    return node, BlockServer(node.blocks, certificates).encode_blocks(1, count_max=100, bytes_max=10**8)


@pytest.mark.asyncio
async def test_other_tasks_have_many_turns_while_blocks_are_executed() -> None:
    """Else links fall silent, peers drop the node, and it starts over with nobody to ask."""
    source, transfer = serve()
    joiner = open_node()
    replaying = SlowReplay(
        joiner.ledger, certificates_of(joiner), lambda _: MEMBERS.committee, ConsensusVerifier()
    )
    turns = 0
    grown: list[int] = []
    synced: asyncio.Future[Executed] = asyncio.get_running_loop().create_future()

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    def ask(peer: PeerId, wanted: BlocksWanted) -> bool:
        assert wanted.first == 1
        loop = asyncio.get_running_loop()
        loop.call_soon(sync.receive, peer, BlocksSent((transfer,)))
        return True

    sync = ChainSync(
        joiner.ledger,
        joiner.blocks,
        replaying,
        cast(Handovers, NoHandovers()),
        peers=lambda: [PEER],
        ask=ask,
        mark_fault=lambda _, reason: pytest.fail(reason),
        synced=synced.set_result,
        grown=lambda block: grown.append(block.number),
    )
    handed_over = MEMBERS.hand_over(SuperNodes(epoch=1), GENESIS.chain_id).certificate
    end = replace(
        handed_over.end,
        state_root=source.head.state_root,
        executed_root=source.ledger.executed_root,
    )
    sync.sync_to(encode_certificate(EpochEndCertificate(end, handed_over.signatures)))
    running, turning = asyncio.create_task(sync.run()), asyncio.create_task(take_turns())
    done = await asyncio.wait_for(synced, 10)
    for task in (running, turning):
        task.cancel()
    await asyncio.gather(running, turning, return_exceptions=True)

    assert (done.head_number, grown) == (BLOCKS, list(range(1, BLOCKS + 1)))
    assert turns >= TURNS_MIN * BLOCKS
