"""What operators ask of one node; not of whichever answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, Self, TypeVar

import grpc

from protos.services import node_pb2 as pb
from wattdag.client.credentials import Credentials
from wattdag.client.errors import NodesUnavailableError
from wattdag.client.nodes import NodeAddress
from wattdag.client.pool import ClientLimits, NodePool
from wattdag.client.retry import Failure, failure_of, refusal_of

PEERS_PAGE: Final = 1000

R = TypeVar("R")


class NodeClient:
    """One node's own services; use it in ``async with``.

    Its answers are the service's messages, which operators' tools show as they are. All methods raise
    `NodesUnavailableError` where the node does not answer, and `NotAllowedError`.
    """

    def __init__(
        self, address: NodeAddress, credentials: Credentials, *, limits: ClientLimits | None = None
    ) -> None:
        self._pool = NodePool([address], credentials, limits or ClientLimits())
        self._link = self._pool.links[0]

    async def status(self) -> pb.Node:
        """Return who the node is and how it stands: head, epoch, what is pending, whether it has halted."""
        return await self._ask(lambda s: self._link.node.GetNode(pb.GetNodeRequest(), timeout=s))

    async def committee(self) -> pb.Committee:
        """Return the committee in office."""
        return await self._ask(lambda s: self._link.node.GetCommittee(pb.GetCommitteeRequest(), timeout=s))

    async def dag(self) -> pb.DagSummary:
        """Return how the ordering stands."""
        return await self._ask(lambda s: self._link.node.GetDagSummary(pb.GetDagSummaryRequest(), timeout=s))

    async def peers(self) -> list[pb.Peer]:
        """Return all known peers, ascending by consensus key."""
        peers: list[pb.Peer] = []
        token = ""
        while True:
            request = pb.ListPeersRequest(page_size=PEERS_PAGE, page_token=token)
            page = await self._ask(partial(self._list_peers, request))
            peers.extend(page.peers)
            if not (token := page.next_page_token):
                return peers

    async def metrics(self, name_prefix: str = "") -> Mapping[str, float]:
        """Return metrics by name with labels, as Prometheus writes them."""
        request = pb.GetMetricsRequest(name_prefix=name_prefix)
        answer = await self._ask(lambda s: self._link.node.GetMetrics(request, timeout=s))
        return {_metric_name(metric): metric.value for metric in answer.metrics}

    async def close(self) -> None:
        """Close the connection."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _list_peers(self, request: pb.ListPeersRequest, timeout_s: float) -> pb.ListPeersResponse:
        return await self._link.node.ListPeers(request, timeout=timeout_s)

    async def _ask(self, invoke: Callable[[float], Awaitable[R]]) -> R:
        """Return the node's answer, asked once: an operator wants to know how it is now."""
        try:
            return await invoke(self._pool.limits.attempt_s)
        except grpc.aio.AioRpcError as error:
            if failure_of(error) is Failure.REFUSED:
                raise refusal_of(error) from None
            met = f"{self._link.address.label}: {error.code().name} {error.details() or ''}"
            raise NodesUnavailableError("ask the node", [met]) from None


def _metric_name(metric: pb.Metric) -> str:
    labels = ",".join(f'{key}="{value}"' for key, value in sorted(metric.labels.items()))
    return f"{metric.name}{{{labels}}}" if labels else metric.name
