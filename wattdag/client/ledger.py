"""Typed reads of the chain and the state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from protos.services import ledger_pb2 as pb
from protos.services import node_pb2
from signing.types import PublicKeyHex
from transaction_families.state_view import Address, Entry
from wattdag.client.errors import InvalidAnswerError
from wattdag.client.pool import NodeLink, NodePool
from wattdag.client.state_proofs import InvalidProofError, verify_state_proof
from wattdag.client.trust import Trust, UntrustedError
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


@dataclass(frozen=True, slots=True)
class ProvenValue:
    """What stood at an address, shown by a proof under a root that a quorum signed.

    Attributes:
        address: 70 hex digits.
        value: The entry's bytes; ``None`` where there was none.
        block_number: After which block.
        state_root: 32 bytes.
        signers: The trusted super nodes that vouch for it, by consensus key.
    """

    address: Address
    value: bytes | None
    block_number: int
    state_root: bytes
    signers: frozenset[PublicKeyHex]


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

    async def prove(self, address: Address, trust: Trust, *, block_number: int | None = None) -> ProvenValue:
        """Return what stands at an address, verified here: no node is believed.

        Args:
            address: 70 hex digits.
            trust: Whose signatures count.
            block_number: After which block; the last one that the node says is certified if left out.

        Raises:
            InvalidAnswerError: A proof does not hold, or too few of the trusted vouch for the block.
        """
        if block_number is None:
            node = await self._call(
                "find the chain's end", lambda n, s: n.node.GetNode(node_pb2.GetNodeRequest(), timeout=s)
            )
            block_number = node.certified_number
        request = pb.GetCertificateRequest(block_number=block_number)
        certificate = await self._call(
            "read a certificate", lambda n, s: n.ledger.GetCertificate(request, timeout=s)
        )
        found = await self.state(address, block_number=block_number)
        try:
            header, signers = trust.verify_block(
                block_number,
                certificate.headers,
                ((one.public_key, one.signature) for one in certificate.signatures),
            )
            value = verify_state_proof(header.state_root, address, found.proof)
        except (UntrustedError, InvalidProofError) as error:
            raise InvalidAnswerError("(any)", str(error)) from error
        return ProvenValue(address, value, block_number, header.state_root, signers)

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
