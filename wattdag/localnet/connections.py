"""A connection to one node's services, as load and supervision need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, NoReturn

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2

from protos.services import ledger_pb2, ledger_pb2_grpc, node_pb2, node_pb2_grpc
from wattdag.client.credentials import Credentials
from wattdag.client.nodes import NodeAddress
from wattdag.localnet.load import CertifiedBlock, Submitted

CALL_LIMIT_S: Final = 30.0
HEALTH_LIMIT_S: Final = 2.0
MESSAGE_BYTES_MAX: Final = 64 * 1024 * 1024
RECONNECT_S: Final = 0.2

_PASSING: Final = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
)
_ACCEPTED: Final = (ledger_pb2.SubmittedBatch.ACCEPTED, ledger_pb2.SubmittedBatch.DECIDED)


class NodeConnection:
    """One node's ledger and node services.

    Args:
        address: The node.
        credentials: Whom to come as.
    """

    def __init__(self, address: NodeAddress, credentials: Credentials) -> None:
        self.address = address
        options = [
            ("grpc.ssl_target_name_override", address.certified_host),
            ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1_000),
        ]
        self._channel = aio.secure_channel(address.endpoint, credentials.for_channel(), options=options)
        self._ledger = ledger_pb2_grpc.LedgerServiceStub(self._channel)
        self._node = node_pb2_grpc.NodeServiceStub(self._channel)
        self._check_health = self._channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )

    async def close(self) -> None:
        """Hang up."""
        await self._channel.close()

    async def is_serving(self) -> bool:
        """Return whether the node answers and is healthy."""
        try:
            health = await self._check_health(health_pb2.HealthCheckRequest(), timeout=HEALTH_LIMIT_S)
        except aio.AioRpcError:
            return False
        return bool(health.status == health_pb2.HealthCheckResponse.SERVING)

    async def get_node(self) -> node_pb2.Node:
        """Return how the node stands.

        Raises:
            ConnectionError: It cannot be reached, or does not answer as it should.
        """
        try:
            return await self._node.GetNode(node_pb2.GetNodeRequest(), timeout=CALL_LIMIT_S)
        except aio.AioRpcError as error:
            self._give_up(error)

    async def get_header(self, number: int) -> ledger_pb2.Block:
        """Return a block's header, with whether it is certified.

        Raises:
            ConnectionError: The node cannot be reached, or has no such block.
        """
        try:
            return await self._ledger.GetBlock(
                ledger_pb2.GetBlockRequest(number=number), timeout=CALL_LIMIT_S
            )
        except aio.AioRpcError as error:
            self._give_up(error)

    async def get_committee(self) -> node_pb2.Committee:
        """Return the committee in office there.

        Raises:
            ConnectionError: The node cannot be reached, or is in no epoch yet.
        """
        try:
            return await self._node.GetCommittee(node_pb2.GetCommitteeRequest(), timeout=CALL_LIMIT_S)
        except aio.AioRpcError as error:
            self._give_up(error)

    async def get_dag(self) -> node_pb2.DagSummary:
        """Return how the ordering stands there.

        Raises:
            ConnectionError: The node cannot be reached.
        """
        try:
            return await self._node.GetDagSummary(node_pb2.GetDagSummaryRequest(), timeout=CALL_LIMIT_S)
        except aio.AioRpcError as error:
            self._give_up(error)

    async def get_state(self, address: str, block_number: int | None = None) -> bytes | None:
        """Return a state entry after a block, the last one if left out; ``None`` where there is none.

        Raises:
            ConnectionError: The node cannot be reached, or does not answer as it should.
        """
        request = ledger_pb2.GetStateRequest(address=address, block_number=block_number)
        try:
            found = await self._ledger.GetState(request, timeout=CALL_LIMIT_S)
        except aio.AioRpcError as error:
            self._give_up(error)
        return found.entry.value if found.entry.HasField("value") else None

    async def submit(self, batches: Sequence[bytes]) -> list[Submitted]:
        """Hand in batches; return what became of each, in order. A node that is busy may take them later.

        Raises:
            ConnectionError: The node cannot be reached, or does not answer as it should.
        """
        request = ledger_pb2.SubmitBatchesRequest(batches=batches)
        try:
            response = await self._ledger.SubmitBatches(request, timeout=CALL_LIMIT_S)
        except aio.AioRpcError as error:
            if error.code() not in _PASSING:
                self._give_up(error)
            busy = Submitted(is_accepted=False, may_retry=True, reason=error.details() or "")
            return [busy] * len(batches)
        return [
            Submitted(
                is_accepted=one.verdict in _ACCEPTED,
                may_retry=one.HasField("retry_delay"),
                reason=f"{one.reason}: {one.message}" if one.reason else "",
            )
            for one in response.batches
        ]

    async def watch(self, from_number: int) -> AsyncIterator[CertifiedBlock]:
        """Yield certified blocks from a number on, without a gap, as long as it takes.

        A node that is away for a while, or too busy to go on, is asked again from where it stopped.

        Raises:
            ConnectionError: It refuses the call.
        """
        number = from_number
        while True:
            request = ledger_pb2.WatchBlocksRequest(
                from_number=number, view=ledger_pb2.BLOCK_VIEW_VERDICTS, certified_only=True
            )
            try:
                async for response in self._ledger.WatchBlocks(request):
                    if response.HasField("block"):
                        block = _certified(response.block)
                        number = block.number + 1
                        yield block
            except aio.AioRpcError as error:
                if error.code() not in _PASSING:
                    self._give_up(error)
            await asyncio.sleep(RECONNECT_S)

    def _give_up(self, error: aio.AioRpcError) -> NoReturn:
        text = f"{self.address.label}: {error.code().name}: {error.details()}"
        raise ConnectionError(text) from error


def _certified(block: ledger_pb2.Block) -> CertifiedBlock:
    batches = block.batches
    return CertifiedBlock(
        block.header.number,
        block.header.state_root.hex(),
        tuple(batch.batch_id for batch in batches if not batch.HasField("refusal")),
        tuple(
            (batch.batch_id, f"{batch.refusal.error}: {batch.refusal.message}")
            for batch in batches
            if batch.HasField("refusal")
        ),
    )
