"""A ledger block with the paper's period on the public chain, and its proof."""

from signing.keys import PrivateKey
from tests.helpers.states import commit
from tests.helpers.trading import PAPER_TRADES, make_clearing
from transaction_families.trade_records.blocks import (
    make_public_chain_block,
    make_transaction_chain_block,
)
from transaction_families.trade_records.state import PublicChainBlock, TransactionChainBlock
from validator.journal.checkpoint import Checkpoint, sign_checkpoint
from validator.journal.ledger_block import BlockId, LedgerBlock
from validator.public_proof import PublicProof, make_public_proof
from validator.state import GlobalState
from validator.storage import MemoryStore

KEYS = [PrivateKey.for_demo(f"super node {number}") for number in range(3)]


def make_ledger_block(state_root: bytes) -> LedgerBlock:
    """Return a ledger block whose state has this root."""
    return LedgerBlock(
        chain_id="microgrid",
        number=7,
        previous_id=BlockId("ab" * 64),
        epoch=0,
        commit_index=7,
        time_ms=1_700_000_000_000,
        state_root=state_root,
        batches_digest=bytes(range(32)),
        executed_batches=1,
        refused_batches=0,
        transactions=1,
    )


def make_paper_proof(keys: list[PrivateKey] | None = None) -> PublicProof:
    """Return the proof of the paper's first public-chain block among other entries."""
    clearing = make_clearing(PAPER_TRADES)
    block = make_transaction_chain_block(1, b"", clearing, b"d" * 32)
    public = make_public_chain_block(block, clearing, spare_producers_min=1)
    store = MemoryStore()
    state = GlobalState(store)
    entries: dict[str, bytes | None] = {
        public.address: PublicChainBlock.CODEC.encode(public),
        block.address: TransactionChainBlock.CODEC.encode(block),
    }
    entries |= {f"{number:02x}".ljust(70, "0"): b"entry" for number in range(40)}
    root = commit(state, store, entries)
    ledger_block = make_ledger_block(root)
    checkpoints = [
        sign_checkpoint(key, Checkpoint.of(ledger_block)) for key in ([KEYS[0]] if keys is None else keys)
    ]
    return make_public_proof(1, state.at(root), ledger_block, checkpoints)
