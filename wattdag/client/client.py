"""A participant's connection to the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from signing.types import SignedBatch
from wattdag.client.batching import sign_batches
from wattdag.client.credentials import Credentials
from wattdag.client.ledger import LedgerReads
from wattdag.client.market import MarketReads
from wattdag.client.nodes import NodeAddress
from wattdag.client.pool import ClientLimits, NodePool
from wattdag.client.streams import Streams
from wattdag.client.submission import Submission
from wattdag.client.wallet import Wallet


class WattDagClient:
    """Submits, reads and watches through several nodes; made by `connect`.

    Attributes:
        ledger: Blocks, batches, state.
        market: Orders, trades, readings, statements, mining, elections.
        watch: Blocks and events as they are committed.
    """

    def __init__(self, pool: NodePool, sender: str) -> None:
        self._pool = pool
        self._sender = sender
        self.ledger = LedgerReads(pool, sender)
        self.market = MarketReads(pool, sender)
        self.watch = Streams(pool, sender)

    @classmethod
    def connect(
        cls,
        nodes: Iterable[NodeAddress | str],
        credentials: Credentials,
        *,
        limits: ClientLimits | None = None,
    ) -> Self:
        """Return a client; use it in ``async with``. Nothing is sent before the first call.

        Args:
            nodes: Any number of the network's nodes, one at least; as text, ``HOST:PORT``.
            credentials: The client's certificate and key. Reads go first to the node that its key prefers.
            limits: How long to wait.

        Raises:
            ClientError: No node is given.
            CertificateError: The certificate names nobody of a network.
        """
        addresses = [node if isinstance(node, NodeAddress) else NodeAddress(node) for node in nodes]
        pool = NodePool(addresses, credentials, limits or ClientLimits())
        return cls(pool, credentials.identity().public_key_hex)

    async def submit(
        self, wallet: Wallet, payloads: Iterable[object], *, transactions_max: int = 1
    ) -> Submission:
        """Sign payloads, hand them in, and return once a node has them on its disk.

        Args:
            wallet: Whose key signs; its transactions all go to the node that the key prefers.
            payloads: Payload dataclasses of any family, in order.
            transactions_max: Payloads in one batch, which takes effect whole or not at all.

        Raises:
            As `sign_batches` and `submit_batches`.
        """
        return await self.submit_batches(sign_batches(wallet, payloads, transactions_max=transactions_max))

    async def submit_batches(self, batches: Sequence[SignedBatch]) -> Submission:
        """Hand in signed batches, and return once a node has them on its disk.

        Raises:
            ValueError: There is no batch.
            BatchNotAcceptedError: One is wrong in itself.
            CallRefusedError: The certificate does not allow it.
            NodesUnavailableError: No node took them in time.
        """
        if not batches:
            raise ValueError("there is no batch to submit")
        submission = Submission(self._pool, batches, batches[0].signer_public_key)
        await submission.accepted()
        return submission

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"WattDagClient({self._sender})"
