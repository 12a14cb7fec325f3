"""A ledger whose genesis wants the state root in Sawtooth's form."""

from dataclasses import replace
from pathlib import Path

import pytest

from protos.ledger import ledger_pb2
from signing.verification import InlineVerifier
from tests.helpers.sawtooth_root import sawtooth_root
from tests.helpers.script_family import batch
from tests.helpers.single_node import GENESIS, NODE_KEY, commit, open_node
from validator.errors import ConfigError
from validator.execution.executor import Executor
from validator.execution.handlers import Handlers
from validator.journal.block_store import BlockStore
from validator.journal.errors import GenesisError
from validator.journal.genesis import decode_genesis, encode_genesis
from validator.journal.ledger import Ledger
from validator.journal.pending import PendingBatches, PendingLimits
from validator.state import GlobalState, StateRootMode
from validator.storage import MemoryStore

SAWTOOTH = replace(GENESIS, state_root_mode=StateRootMode.SAWTOOTH)


def test_blocks_name_the_root_that_sawtooth_has_for_their_entries(tmp_path: Path) -> None:
    """From block 0 on, and again after a restart."""
    with open_node(tmp_path, genesis=SAWTOOTH) as node:
        assert node.head.state_root == sawtooth_root(dict(node.state.iterate()))
        commit(node, batch(["set", "a", "1"]))
    with open_node(tmp_path, genesis=SAWTOOTH) as node:
        commit(node, batch(["set", "b", "2"]))
        assert node.head.number == 2
        assert node.head.state_root == sawtooth_root(dict(node.state.iterate()))


def test_ledger_keeps_the_form_it_was_founded_with(tmp_path: Path) -> None:
    """Another genesis does not change it."""
    open_node(tmp_path, genesis=SAWTOOTH).close()

    with pytest.raises(ConfigError, match="state_root_mode is 'radix16'"):
        open_node(tmp_path)


def test_form_is_part_of_the_genesis_file() -> None:
    """The usual one is not written, so that older files are read as before."""
    assert decode_genesis(encode_genesis(SAWTOOTH)) == SAWTOOTH
    assert decode_genesis(encode_genesis(GENESIS)) == GENESIS
    assert len(encode_genesis(SAWTOOTH)) == len(encode_genesis(GENESIS)) + 2


def test_unknown_form_in_a_genesis_file_is_refused() -> None:
    """A form that this program does not know is not guessed at."""
    message = ledger_pb2.Genesis.FromString(encode_genesis(GENESIS))
    message.state_root_mode = 7  # type: ignore[assignment]

    with pytest.raises(GenesisError, match="state_root_mode is 7"):
        decode_genesis(message.SerializeToString())


def test_genesis_is_not_carried_out_on_a_state_of_another_form() -> None:
    """Whoever opens the state must open it as the genesis says."""
    store = MemoryStore()
    blocks = BlockStore(store)
    ledger = Ledger(
        chain_id=SAWTOOTH.chain_id,
        store=store,
        state=GlobalState(store),
        blocks=blocks,
        executor=Executor(Handlers([])),
        verified=PendingBatches(store, blocks, PendingLimits()),
        verifier=InlineVerifier(),
        key=NODE_KEY,
        history_blocks=1,
    )

    with pytest.raises(GenesisError, match="wants the state root as 'sawtooth'"):
        ledger.found(SAWTOOTH)
