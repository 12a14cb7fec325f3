"""Calls to whichever node answers: the sender's own first, then the others, until a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import grpc

from protos.services import ledger_pb2_grpc, market_pb2_grpc, node_pb2_grpc
from wattdag.client.credentials import Credentials
from wattdag.client.errors import ClientError, NodesUnavailableError
from wattdag.client.nodes import NodeAddress, rank_nodes
from wattdag.client.retry import Backoff, Failure, failure_of, find_retry_delay_s, refusal_of

if TYPE_CHECKING:  # the typed stubs exist for type checkers alone
    from protos.services.ledger_pb2_grpc import LedgerServiceAsyncStub
    from protos.services.market_pb2_grpc import MarketServiceAsyncStub
    from protos.services.node_pb2_grpc import NodeServiceAsyncStub

MESSAGE_BYTES_MAX: Final = 32 << 20
KEEPALIVE_MS: Final = 20_000
"""How often a quiet stream's node is asked whether it is still there; nodes allow twice that often."""

KEEPALIVE_TIMEOUT_MS: Final = 10_000
CONNECT_S: Final = 2.0
"""For one attempt to connect to a node."""

ATTEMPTS_KEPT: Final = 4
"""Failures that an error tells of."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """How long a client waits, in seconds.

    Attributes:
        call_s: For an answer, over all nodes and attempts.
        attempt_s: For one node's answer.
        rest_s: Before a node that failed is preferred again.
        stream_silence_s: For a stream that no node continues, before the watcher is told.
        resubmit_s: For a verdict, before batches are handed to a further node.
        backoff: Between attempts, once all nodes have failed.
    """

    call_s: float = 30.0
    attempt_s: float = 5.0
    rest_s: float = 3.0
    stream_silence_s: float = 60.0
    resubmit_s: float = 5.0
    backoff: Backoff = field(default_factory=Backoff)


class NodeLink:
    """One node and its services, over one channel."""

    def __init__(self, address: NodeAddress, credentials: Credentials) -> None:
        self.address: Final = address
        self._channel = grpc.aio.secure_channel(
            address.endpoint,
            credentials.for_channel(),
            options=(
                ("grpc.ssl_target_name_override", address.certified_host),
                ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
                ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
                ("grpc.keepalive_time_ms", KEEPALIVE_MS),
                ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
                ("grpc.http2.max_pings_without_data", 0),  # a quiet stream is asked for as long as it lasts
                ("grpc.initial_reconnect_backoff_ms", 100),
                (
                    "grpc.min_reconnect_backoff_ms",
                    int(CONNECT_S * 1000),
                ),  # for one attempt, too
                ("grpc.max_reconnect_backoff_ms", 2000),
            ),
        )
        self.ledger: LedgerServiceAsyncStub = ledger_pb2_grpc.LedgerServiceStub(self._channel)
        self.market: MarketServiceAsyncStub = market_pb2_grpc.MarketServiceStub(self._channel)
        self.node: NodeServiceAsyncStub = node_pb2_grpc.NodeServiceStub(self._channel)
        self.rests_until = 0.0  # by the loop's clock; it failed not long ago

    async def close(self) -> None:
        """Close the channel; calls under way are cancelled."""
        await self._channel.close()


class NodePool:
    """The links to all nodes that a client knows.

    Args:
        addresses: The nodes; at least one.
        credentials: The client's.
        limits: How long to wait.
    """

    def __init__(
        self, addresses: Sequence[NodeAddress], credentials: Credentials, limits: ClientLimits
    ) -> None:
        if not addresses:
            raise ClientError("a client needs the address of at least one node")
        self.limits: Final = limits
        self.seen_number = 0  # the highest block that the client knows to be committed
        self._links = {address: NodeLink(address, credentials) for address in addresses}

    @property
    def links(self) -> tuple[NodeLink, ...]:
        """The links, in the order of the addresses given."""
        return tuple(self._links.values())

    async def close(self) -> None:
        """Close all channels."""
        for link in self._links.values():
            await link.close()

    def ranked(self, sender: str) -> list[NodeLink]:
        """Return the links in a sender's order of preference, those that failed of late behind."""
        links = [self._links[address] for address in rank_nodes(self._links, sender)]
        now = asyncio.get_running_loop().time()
        return sorted(links, key=lambda link: link.rests_until > now)

    def note_failure(self, link: NodeLink) -> None:
        """Let a node rest after a failure."""
        link.rests_until = asyncio.get_running_loop().time() + self.limits.rest_s

    async def call(
        self,
        action: str,
        invoke: Callable[[NodeLink, float], Awaitable[R]],
        *,
        sender: str,
        timeout_s: float | None = None,
        is_current: Callable[[R], bool] = lambda _: True,
    ) -> R:
        """Return the first answer of any node that is current.

        Args:
            action: What is asked, for errors.
            invoke: Asks one node, waiting at most the given seconds; it must be safe to repeat.
            sender: Whose order of preference holds.
            timeout_s: For the answer; ``ClientLimits.call_s`` if left out.
            is_current: Tells whether an answer is as new as what the client knows already.

        Raises:
            CallRefusedError: A node said no.
            NodesUnavailableError: None answered in time.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self.limits.call_s if timeout_s is None else timeout_s)
        attempts: list[str] = []
        for lap in range(1 << 30):
            delay_s = self.limits.backoff.delay_s(lap)
            for link in self.ranked(sender):
                if (left_s := deadline - loop.time()) <= 0:
                    raise NodesUnavailableError(action, attempts)
                try:
                    answer = await invoke(link, min(left_s, self.limits.attempt_s))
                    if is_current(answer):
                        return answer
                    attempts = [*attempts[1 - ATTEMPTS_KEPT :], f"{link.address.label}: it is behind"]
                except grpc.aio.AioRpcError as error:
                    delay_s = max(delay_s, self._judge(link, error))
                    attempts = [*attempts[1 - ATTEMPTS_KEPT :], _described(link, error)]
            await asyncio.sleep(min(delay_s, max(deadline - loop.time(), 0)))
        raise AssertionError("a deadline ends the loop")

    def note_committed(self, number: int) -> None:
        """Remember that a block is committed: no read of the market goes back behind it."""
        self.seen_number = max(self.seen_number, number)

    @asynccontextmanager
    async def judged(self, link: NodeLink) -> AsyncIterator[None]:
        """Note a failure of the node in the body, and raise what it refuses as the caller's error.

        Raises:
            CallRefusedError: The node said no.
            AioRpcError: It failed, or is busy; another may answer.
        """
        try:
            yield
        except grpc.aio.AioRpcError as error:
            self._judge(link, error)
            raise

    def _judge(self, link: NodeLink, error: grpc.aio.AioRpcError) -> float:
        """Return how long the node wants to be left alone, seconds."""
        match failure_of(error):
            case Failure.REFUSED:
                raise refusal_of(error) from None
            case Failure.NODE:
                self.note_failure(link)
                return 0.0
            case Failure.BUSY:
                return find_retry_delay_s(error) or 0.0


def _described(link: NodeLink, error: grpc.aio.AioRpcError) -> str:
    return f"{link.address.label}: {error.code().name} {error.details() or ''}".strip()
