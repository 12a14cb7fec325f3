"""Every metric of a node: its name, its kind, what it says. ``docs/reference/metrics.md`` lists them.

What a node knows anyway is read when somebody asks, not counted as it happens: a transaction costs nothing
here. Only blocks are counted, one at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from validator.journal.ledger_block import LedgerBlock
from validator.services.backend import LedgerBackend, NodeBackend

BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class MetricKind(StrEnum):
    """How a metric behaves."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """One metric.

    Attributes:
        name: As Prometheus shows it.
        kind: How it behaves.
        meaning: One sentence, with the unit.
        labels: Names of its labels.
    """

    name: str
    kind: MetricKind
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name of its samples; Prometheus ends a counter's with ``_total``."""
        return f"{self.name}_total" if self.kind is MetricKind.COUNTER else self.name


_G, _C, _H = MetricKind

HEAD_NUMBER: Final = MetricInfo("wattdag_head_number", _G, "Number of the last block.")
CERTIFIED_NUMBER: Final = MetricInfo(
    "wattdag_certified_number", _G, "Highest block under a quorum's checkpoint: committed up to here."
)
LEDGER_TIME: Final = MetricInfo("wattdag_ledger_time_seconds", _G, "The last block's time, Unix seconds.")
PENDING_BATCHES: Final = MetricInfo("wattdag_pending_batches", _G, "Batches accepted and not decided.")
PENDING_BYTES: Final = MetricInfo("wattdag_pending_bytes", _G, "Bytes of these.")
EPOCH: Final = MetricInfo("wattdag_epoch", _G, "The committee's term.")
ROUND: Final = MetricInfo("wattdag_round", _G, "The round this node is in.")
COMMIT_INDEX: Final = MetricInfo("wattdag_commit_index", _G, "Commits of the epoch made here.")
QUORUM_INDEX: Final = MetricInfo("wattdag_quorum_index", _G, "Highest commit that a quorum has voted for.")
VERTICES: Final = MetricInfo("wattdag_vertices", _G, "Vertices accepted since the epoch began.")
COMMITTEE_SIZE: Final = MetricInfo("wattdag_committee_size", _G, "Super nodes in office.")
IS_SUPER_NODE: Final = MetricInfo("wattdag_is_super_node", _G, "1 while this node is one of them.")
IS_SYNCING: Final = MetricInfo("wattdag_is_syncing", _G, "1 while this node fetches what it missed.")
IS_REJOINING: Final = MetricInfo(
    "wattdag_is_rejoining", _G, "1 while the engine catches up before it writes again."
)
IS_SERVING: Final = MetricInfo(
    "wattdag_is_serving", _G, "1 while clients should turn to this node; 0 without an engine or after a halt."
)
PEERS_CONNECTED: Final = MetricInfo("wattdag_peers_connected", _G, "Peers with a link that is up.")
PEER_SENT: Final = MetricInfo("wattdag_peer_sent_bytes", _C, "Bytes sent to a peer.", ("peer",))
PEER_RECEIVED: Final = MetricInfo("wattdag_peer_received_bytes", _C, "Bytes from a peer.", ("peer",))
PEER_QUEUED: Final = MetricInfo(
    "wattdag_peer_queued_messages", _G, "Messages that wait for a peer.", ("peer",)
)
PEER_FAULTS: Final = MetricInfo(
    "wattdag_peer_faults", _C, "How often a peer sent what no honest node sends.", ("peer",)
)
BLOCKS: Final = MetricInfo("wattdag_blocks", _C, "Blocks made since the start.")
TRANSACTIONS: Final = MetricInfo("wattdag_transactions", _C, "Transactions that took effect since the start.")
BATCHES: Final = MetricInfo(
    "wattdag_batches", _C, "Batches decided since the start: executed or refused.", ("verdict",)
)
EXECUTION_DELAY: Final = MetricInfo(
    "wattdag_execution_delay_seconds",
    _H,
    "From a commit's time, as the ordering has it, to its block on disk.",
)

METRICS: Final = tuple(value for value in list(globals().values()) if isinstance(value, MetricInfo))
"""All of them, in the order above."""


def render_reference() -> str:
    """Return the table of ``docs/reference/metrics.md``."""
    lines = ["| metric | kind | labels | meaning |", "|---|---|---|---|"]
    for each in METRICS:
        labels = ", ".join(f"`{label}`" for label in each.labels) or "none"
        lines.append(f"| `{each.shown}` | {each.kind} | {labels} | {each.meaning} |")
    return "\n".join(lines) + "\n"


class NodeMetrics:
    """A node's metrics, in a registry of their own.

    Attributes:
        registry: What `/metrics` and the node service show.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._blocks = self._counter(BLOCKS)
        self._transactions = self._counter(TRANSACTIONS)
        batches = self._counter(BATCHES)
        self._executed = batches.labels("executed")
        self._refused = batches.labels("refused")
        self._execution_delay = Histogram(
            EXECUTION_DELAY.name, EXECUTION_DELAY.meaning, buckets=BUCKETS_S, registry=self.registry
        )

    def watch(self, node: NodeBackend, ledger: LedgerBackend) -> None:
        """Read how a node stands whenever somebody asks. Call it once."""
        self.registry.register(_NodeCollector(node, ledger))

    def count_block(self, block: LedgerBlock, delay_s: float) -> None:
        """Count a block that was just made, and how long after its commit's time that was."""
        self._blocks.inc()
        self._transactions.inc(block.transactions)
        self._executed.inc(block.executed_batches)
        self._refused.inc(block.refused_batches)
        self._execution_delay.observe(max(delay_s, 0.0))

    def _counter(self, info: MetricInfo) -> Counter:
        return Counter(info.name, info.meaning, info.labels, registry=self.registry)


class _NodeCollector(Collector):
    def __init__(self, node: NodeBackend, ledger: LedgerBackend) -> None:
        self._node = node
        self._ledger = ledger

    def describe(self) -> Iterator[Metric]:
        """Return nothing: registering must not ask a node that is still being built."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        head, status, dag = self._ledger.head, self._node.status, self._node.dag
        yield _gauge(HEAD_NUMBER, head.number)
        yield _gauge(CERTIFIED_NUMBER, self._ledger.certified_number)
        yield _gauge(LEDGER_TIME, head.time_ms / 1000)
        yield _gauge(PENDING_BATCHES, status.pending_batches)
        yield _gauge(PENDING_BYTES, status.pending_bytes)
        yield _gauge(EPOCH, dag.epoch)
        yield _gauge(ROUND, dag.round)
        yield _gauge(COMMIT_INDEX, dag.commit_index)
        yield _gauge(QUORUM_INDEX, dag.quorum_index)
        yield _gauge(VERTICES, dag.vertices)
        members = {key for key, _ in committee.members} if (committee := self._node.committee) else set()
        yield _gauge(COMMITTEE_SIZE, len(members))
        yield _gauge(IS_SUPER_NODE, self._node.identity.consensus_key in members)
        yield _gauge(IS_SYNCING, status.is_syncing)
        yield _gauge(IS_REJOINING, dag.is_rejoining)
        yield _gauge(IS_SERVING, status.is_serving)
        yield from self._peers()

    def _peers(self) -> Iterator[Metric]:
        peers = self._node.list_peers()
        yield _gauge(PEERS_CONNECTED, sum(peer.connected_since_ms is not None for peer in peers))
        sent, received, faults = map(_labelled_counter, (PEER_SENT, PEER_RECEIVED, PEER_FAULTS))
        queued = GaugeMetricFamily(PEER_QUEUED.name, PEER_QUEUED.meaning, labels=PEER_QUEUED.labels)
        for peer in peers:
            label = [peer.name or peer.consensus_key]
            sent.add_metric(label, peer.sent_bytes)
            received.add_metric(label, peer.received_bytes)
            faults.add_metric(label, peer.faults)
            queued.add_metric(label, peer.queued_messages)
        yield from (sent, received, faults, queued)


def _gauge(info: MetricInfo, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(info.name, info.meaning, value=float(value))


def _labelled_counter(info: MetricInfo) -> CounterMetricFamily:
    return CounterMetricFamily(info.name, info.meaning, labels=info.labels)
