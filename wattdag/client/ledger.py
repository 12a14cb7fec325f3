"""Typed reads of the chain and the state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from protos.services import ledger_pb2 as pb
from transaction_families.state_view import Address, Entry
from wattdag.client.pool import NodeLink, NodePool
from wattdag.client.values import BatchStanding, Block, BlockView, read_block, read_standing

R = TypeVar("R")
E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class StateValue:
    """What stood at an address after a block.

    Attributes:
        address: 70 hex digits.
        value: The entry's bytes; ``None`` where there was none.
        proof: Leads from value, or its absence, to the block's state root.
        block: After which block.
    """

    address: Address
    value: bytes | None
    proof: bytes
    block: Block


class LedgerReads:
    """Reads the ledger for one client. All methods raise as `MarketReads`' do."""

    def __init__(self, pool: NodePool, sender: str) -> None:
        self._pool = pool
        self._sender = sender

    async def head(self) -> Block:
        """Return the last block of the node that answers, certified or not."""
        return await self._block(pb.GetBlockRequest())

    async def block(self, number: int, *, view: BlockView = BlockView.VERDICTS) -> Block:
        """Return the block of a number."""
        return await self._block(pb.GetBlockRequest(number=number, view=view.value))

    async def standings(self, batch_ids: Sequence[str]) -> tuple[BatchStanding, ...]:
        """Return how far batches have come at one node, in order; at most 1000."""
        request = pb.GetBatchStatusesRequest(batch_ids=batch_ids)
        answer = await self._call(
            "ask for batches", lambda n, s: n.ledger.GetBatchStatuses(request, timeout=s)
        )
        return tuple(map(read_standing, answer.statuses))

    async def transaction_events(self, transaction_id: str) -> tuple[tuple[str, dict[str, str]], ...]:
        """Return type and attributes of each event that a committed transaction told."""
        request = pb.GetReceiptRequest(transaction_id=transaction_id)
        answer = await self._call("read a receipt", lambda n, s: n.ledger.GetReceipt(request, timeout=s))
        return tuple(
            (event.event_type, {one.key: one.value for one in event.attributes})
            for event in answer.receipt.events
        )

    async def state(self, address: Address, *, block_number: int | None = None) -> StateValue:
        """Return what stands at an address, with a proof, after a block or at the head."""
        request = pb.GetStateRequest(address=address, with_proof=True)
        if block_number is not None:
            request.block_number = block_number
        answer = await self._call("read state", lambda n, s: n.ledger.GetState(request, timeout=s))
        entry = answer.entry
        value = entry.value if entry.HasField("value") else None
        return StateValue(address, value, entry.proof, read_block(answer.block))

    async def find(self, kind: type[E], address: Address) -> E | None:
        """Return an entry of the state at the head, as the node says; ``None`` where there is none."""
        found = await self.state(address)
        return kind.CODEC.decode(found.value) if found.value else None

    async def _block(self, request: pb.GetBlockRequest) -> Block:
        return read_block(
            await self._call("read a block", lambda n, s: n.ledger.GetBlock(request, timeout=s))
        )

    async def _call(self, action: str, invoke: Callable[[NodeLink, float], Awaitable[R]]) -> R:
        return await self._pool.call(action, invoke, sender=self._sender)
