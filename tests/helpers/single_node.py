"""A node of the script family, on memory or on disk."""

from pathlib import Path
from typing import Any

from signing.keys import PrivateKey
from signing.types import SignedBatch
from tests.helpers.script_family import ScriptHandler, batch
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.journal.genesis import Genesis
from validator.journal.ledger_block import LedgerBlock
from validator.node import Node

START_MS = 1_700_000_000_000
NODE_KEY = PrivateKey.for_demo("node")
GENESIS = Genesis("test-ledger", START_MS, (batch(["set", "founded", "yes"]),))


def open_node(data_dir: Path | None = None, *, genesis: Genesis = GENESIS, **settings: Any) -> Node:
    """Return an open node that runs the script family on a clock that stands still."""
    return Node.open(
        NodeConfig(data_dir, **settings),
        genesis=genesis,
        families=[ScriptHandler()],
        key=NODE_KEY,
        clock=SteppedClock(START_MS),
    )


def commit(node: Node, *batches: SignedBatch) -> LedgerBlock | None:
    """Submit batches and make one block of them."""
    node.submit([entry.encoded for entry in batches])
    return node.produce_block()
