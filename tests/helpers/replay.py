"""A fixed history of valid and invalid orders, whose head tells whether two nodes agree to the last bit."""

import sys
from pathlib import Path

from bench.workloads.orders import FAMILIES, START_S, make_genesis, make_orders, make_traders
from signing.keys import PrivateKey
from signing.types import SignedBatch
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.journal.ledger_block import LedgerBlock
from validator.node import Node

TRADERS = 20
ORDERS = 120
BLOCKS = 4


def history() -> list[SignedBatch]:
    """Return batches of one, of seven, and such as repeat orders or come from strangers."""
    traders = make_traders(TRADERS)
    singles = list(make_orders(traders, ORDERS, 1))
    brokered = list(make_orders(traders, ORDERS, 7))  # the same order ids: refused where they stand already
    strangers = list(make_orders(make_traders(TRADERS + 5)[TRADERS:], 5, 1))
    return [*singles[: ORDERS // 2], *brokered, *strangers, *singles[ORDERS // 2 :]]


def replay(data_dir: Path | None) -> LedgerBlock:
    """Return the head after the history was executed by a node in a directory, or in memory."""
    clock = SteppedClock(START_S * 1000)
    with Node.open(
        NodeConfig(data_dir),
        genesis=make_genesis(make_traders(TRADERS)),
        families=FAMILIES,
        key=PrivateKey.for_demo("replay"),
        clock=clock,
    ) as node:
        batches = history()
        size = -(-len(batches) // BLOCKS)
        for start in range(0, len(batches), size):
            node.submit([batch.encoded for batch in batches[start : start + size]])
            clock.advance(1500)
            node.produce_block()
        return node.head


if __name__ == "__main__":
    sys.stdout.write(replay(None).block_id)
