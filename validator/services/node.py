"""The node service: how this node stands, for operators and for clients that choose among nodes."""

# ruff: noqa: N802 - gRPC names the methods

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client import CollectorRegistry

from protos.services import node_pb2 as pb
from protos.services.node_pb2_grpc import NodeServiceServicer
from validator.services.backend import LedgerBackend, NodeBackend, PeerStatus
from validator.services.errors import NoCommitteeError
from validator.services.limits import METRICS_MAX
from validator.services.paging import Place, check_page_size, decode_token, encode_token

SERVICE_NAME: Final = pb.DESCRIPTOR.services_by_name["NodeService"].full_name

_NANOS_PER_MS: Final = 1_000_000


class NodeService(NodeServiceServicer):
    """Serves what one node knows of itself.

    Args:
        node: The node.
        ledger: Its ledger.
        metrics: The registry that its metrics are kept in.
    """

    def __init__(self, node: NodeBackend, ledger: LedgerBackend, metrics: CollectorRegistry) -> None:
        self._node = node
        self._ledger = ledger
        self._metrics = metrics
        self._version = version("wattdag")

    async def GetNode(self, request: pb.GetNodeRequest, context: Any) -> pb.Node:
        """Return who the node is and how it stands."""
        identity, status, dag = self._node.identity, self._node.status, self._node.dag
        committee, head = self._node.committee, self._ledger.head
        members = {key for key, _ in committee.members} if committee else set()
        return pb.Node(
            name=identity.name,
            validator_key=identity.validator_key,
            consensus_key=identity.consensus_key,
            chain_id=head.chain_id,
            software_version=self._version,
            start_time=_timestamp(identity.started_ms),
            head_number=head.number,
            head_id=head.block_id,
            state_root=head.state_root,
            head_time=_timestamp(head.time_ms),
            certified_number=self._ledger.certified_number,
            pending_batches=status.pending_batches,
            pending_bytes=status.pending_bytes,
            epoch=dag.epoch,
            round=dag.round,
            is_super_node=identity.consensus_key in members,
            is_syncing=status.is_syncing,
            connected_peers=sum(peer.connected_since_ms is not None for peer in self._node.list_peers()),
            halted_reason=status.halted_reason,
        )

    async def ListPeers(self, request: pb.ListPeersRequest, context: Any) -> pb.ListPeersResponse:
        """Return a page of the peers, ascending by consensus key."""
        size = check_page_size(request.page_size)
        place = decode_token("peers", request.page_token) or Place(0)
        peers = sorted(self._node.list_peers(), key=lambda peer: peer.consensus_key)
        rest = [peer for peer in peers if peer.consensus_key >= place.following]
        token = encode_token("peers", Place(0, rest[size].consensus_key)) if len(rest) > size else ""
        return pb.ListPeersResponse(peers=map(_peer_message, rest[:size]), next_page_token=token)

    async def GetCommittee(self, request: pb.GetCommitteeRequest, context: Any) -> pb.Committee:
        """Return the committee in office."""
        committee = self._node.committee
        if committee is None:
            raise NoCommitteeError
        return pb.Committee(
            epoch=committee.epoch,
            start_time=_timestamp(committee.start_ms),
            members=(
                pb.CommitteeMember(consensus_key=key, name=committee.names.get(key, ""), tickets=tickets)
                for key, tickets in committee.members
            ),
            quorum=committee.quorum,
        )

    async def GetDagSummary(self, request: pb.GetDagSummaryRequest, context: Any) -> pb.DagSummary:
        """Return how the ordering stands."""
        dag = self._node.dag
        return pb.DagSummary(
            epoch=dag.epoch,
            round=dag.round,
            commit_index=dag.commit_index,
            quorum_index=dag.quorum_index,
            leader=dag.leader,
            vertices=dag.vertices,
            is_rejoining=dag.is_rejoining,
        )

    async def GetMetrics(self, request: pb.GetMetricsRequest, context: Any) -> pb.GetMetricsResponse:
        """Return the node's metrics, ascending."""
        metrics = list(islice(_iterate_metrics(self._metrics, request.name_prefix), METRICS_MAX))
        metrics.sort(key=lambda metric: (metric.name, sorted(metric.labels.items())))
        return pb.GetMetricsResponse(metrics=metrics)


def _iterate_metrics(registry: CollectorRegistry, prefix: str) -> Iterator[pb.Metric]:
    for family in registry.collect():
        for sample in family.samples:
            if sample.name.startswith(prefix):
                yield pb.Metric(name=sample.name, labels=sample.labels, value=sample.value)


def _peer_message(peer: PeerStatus) -> pb.Peer:
    since_ms = peer.connected_since_ms
    return pb.Peer(
        name=peer.name,
        consensus_key=peer.consensus_key,
        address=peer.address,
        is_connected=since_ms is not None,
        connected_since=None if since_ms is None else _timestamp(since_ms),
        sent_bytes=peer.sent_bytes,
        received_bytes=peer.received_bytes,
        queued_messages=peer.queued_messages,
        faults=peer.faults,
    )


def _timestamp(milliseconds: int) -> Timestamp:
    seconds, rest = divmod(milliseconds, 1000)
    return Timestamp(seconds=seconds, nanos=rest * _NANOS_PER_MS)
