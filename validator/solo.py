"""The ordering of one node: it puts its own pending batches forward, in the order in which they came.

It drives the ledger through the same narrow interface as the consensus of many nodes: ordered payloads in,
ledger blocks out.
"""

from __future__ import annotations

from typing import Protocol

from validator.clock import Clock
from validator.journal.bundles import OrderedPayloads, encode_bundle
from validator.journal.ledger_block import LedgerBlock
from validator.journal.pending import PendingBatches


class OrderedLedger(Protocol):
    """What an ordering drives."""

    @property
    def head(self) -> LedgerBlock | None:
        """The last block."""
        ...

    def commit(self, ordered: OrderedPayloads) -> LedgerBlock | None:
        """Execute one commit; return the block that it made, if any."""
        ...


class SoloOrdering:
    """Orders for a node that is alone.

    Args:
        ledger: What is driven; it has been founded.
        pending: Where the batches come from.
        clock: Where their time comes from.
        block_batches_max: Batches in one block.
        block_bytes_max: Bytes of batches in one block.
    """

    def __init__(
        self,
        ledger: OrderedLedger,
        pending: PendingBatches,
        clock: Clock,
        *,
        block_batches_max: int,
        block_bytes_max: int,
    ) -> None:
        self._ledger = ledger
        self._pending = pending
        self._clock = clock
        self._block_batches_max = block_batches_max
        self._block_bytes_max = block_bytes_max

    def produce_block(self) -> LedgerBlock | None:
        """Order what is pending, up to a block's limits; return the block, `None` if nothing is pending."""
        batches = self._pending.peek(batches_max=self._block_batches_max, bytes_max=self._block_bytes_max)
        if not batches:
            return None
        head = self._ledger.head
        assert head is not None
        bundle = encode_bundle([batch.encoded for batch in batches])
        ordered = OrderedPayloads(head.epoch, head.commit_index + 1, self._clock.now_ms(), (bundle,))
        return self._ledger.commit(ordered)
