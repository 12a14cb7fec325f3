"""The block's own entries in state, from which transactions read the ledger's time.

Before a block's first batch runs, its number, the id of the block before and its time in whole seconds
are written where Sawtooth's ``block_info`` family keeps them, and the oldest entry beyond
`BLOCKS_DESCRIBED` goes.
"""

from __future__ import annotations

from typing import Final

from protos.sawtooth import block_info_pb2
from transaction_families.ledger_time import BLOCK_INFO_CONFIG_ADDRESS, block_info_address
from validator.execution.outcomes import BlockContext
from validator.execution.overlay import BlockOverlay

BLOCKS_DESCRIBED: Final = 256
"""How many blocks' entries state keeps; part of the ledger's format."""


def describe_block(block: BlockContext, overlay: BlockOverlay) -> None:
    """Write the block's entry and the configuration, and remove the entry that falls out."""
    oldest = max(0, block.number - BLOCKS_DESCRIBED + 1)
    changes: dict[str, bytes | None] = {
        BLOCK_INFO_CONFIG_ADDRESS: block_info_pb2.BlockInfoConfig(
            latest_block=block.number, oldest_block=oldest, target_count=BLOCKS_DESCRIBED
        ).SerializeToString(),
        block_info_address(block.number): block_info_pb2.BlockInfo(
            block_num=block.number,
            previous_block_id=block.previous_id,
            timestamp=block.time_ms // 1000,
        ).SerializeToString(),
    }
    if oldest:
        changes[block_info_address(oldest - 1)] = None
    overlay.apply(changes)
