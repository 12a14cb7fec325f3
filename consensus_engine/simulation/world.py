"""All nodes of a run, the heap of what happens next, and what the run comes to."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final

from consensus_engine.committee import Committee, Member
from consensus_engine.core import Core
from consensus_engine.effects import CommitteeElected
from consensus_engine.epoch import EpochContext
from consensus_engine.parameters import ChainParameters
from consensus_engine.simulation.bundles import Envelope
from consensus_engine.simulation.byzantine import make_node
from consensus_engine.simulation.byzantine_kinds import Behaviour
from consensus_engine.simulation.checker import Checker, Finding, Verdict
from consensus_engine.simulation.keyring import SimulatedVerifier, key_of
from consensus_engine.simulation.ledger import ACCOUNTS, SimulatedLedger, Transfer
from consensus_engine.simulation.network import Network
from consensus_engine.simulation.node import SimulatedNode
from consensus_engine.simulation.plan import Absent, Byzantine, Crash, Plan, Skew
from consensus_engine.simulation.seeding import stream
from consensus_engine.types import (
    Bundle,
    CommittedSubDag,
    Digest,
    Epoch,
    PeerId,
    TimestampMs,
    Vertex,
    VertexRef,
)
from consensus_engine.verification import MessageVerifier

START_MS: Final = 1_700_000_000_000
MEASURE_MS: Final = 1000
TRACE_MAX: Final = 2000
DELAY_TENTHS: Final = 10  # latencies are counted in tenths of a message delay


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to."""

    plan: Plan
    verdict: Verdict
    findings: tuple[Finding, ...]
    trace: tuple[str, ...]
    commits: int  # made by the node that made most
    rounds: int
    leader_tenths: Counter[int] = field(default_factory=Counter)  # latency in tenths of a delay -> vertices
    other_tenths: Counter[int] = field(default_factory=Counter)


class World:
    """Runs one plan."""

    def __init__(self, plan: Plan, *, tracing: bool = False) -> None:
        self.plan = plan
        self.now_ms = 0
        self.start_ms: Final = START_MS
        self.checker = Checker()
        self.verifier = MessageVerifier(SimulatedVerifier())
        self.bundles: dict[Digest, tuple[Transfer, ...]] = {}
        self.contexts: dict[Epoch, EpochContext] = {}
        self.snapshots: dict[Epoch, SimulatedLedger] = {}
        self.genesis = self._make_genesis()
        long_epoch_ms = max(plan.chain.epoch_ms, ChainParameters().epoch_ms)
        again = plan.profile.epochs_repeat
        self._next_rules = plan.chain if again else replace(plan.chain, epoch_ms=long_epoch_ms)
        self.contexts[Epoch(0)] = self.genesis
        self.trace: list[str] = []
        self._tracing = tracing
        self._network = Network(plan)
        self._heap: list[tuple[int, int, Callable[[Any], None], Any]] = []
        self._sequence = 0
        self._workload = stream(plan.seed, "workload")
        self._next_transfer = 0
        behaviours = {each.node: each.behaviour for each in plan.faults if isinstance(each, Byzantine)}
        self.tracks_bundles = Behaviour.WITHHOLD_PAYLOADS in behaviours.values()
        absent = {each.node for each in plan.faults if isinstance(each, Absent)}
        self.nodes: dict[int, tuple[SimulatedNode, ...]] = {
            index: make_node(self, index, behaviours.get(index))
            for index in range(plan.validators)
            if index not in absent
        }
        self._written_ms: dict[VertexRef, int] = {}
        self._submitted: list[tuple[int, int, int]] = []  # when, to which node, which transfer
        self._last_commit_ms: dict[int, int] = {}
        self._commits: Counter[int] = Counter()
        self._rounds = 0
        self._leader_tenths: Counter[int] = Counter()
        self._other_tenths: Counter[int] = Counter()

    # --- Running ------------------------------------------------------------------------------------------

    def run(self) -> RunResult:
        """Run the plan to its end, or to the first breach of safety."""
        for node in self._processes():
            self.at(0, _start, node)
        for fault in self.plan.faults:
            if isinstance(fault, Crash) and fault.node in self.nodes:
                self.at(fault.at_ms, self.nodes[fault.node][0].arm_crash, fault)
        if self.plan.profile.payload_every_ms:
            for index in self.nodes:
                self.at(self._workload.randrange(self.plan.profile.payload_every_ms), self._work, index)
        self.at(MEASURE_MS, self._measure, None)
        heap, end_ms, findings = self._heap, self.plan.end_ms, self.checker.findings
        while heap and heap[0][0] <= end_ms:
            self.now_ms, _, action, argument = heapq.heappop(heap)
            self.checker.now_ms = self.now_ms
            action(argument)
            if findings and self.checker.verdict is Verdict.DIVERGED:
                break
        if self.checker.verdict is Verdict.AGREED:
            self._check_progress()
        return RunResult(
            self.plan,
            self.checker.verdict,
            tuple(self.checker.findings),
            tuple(self.trace),
            max(self._commits.values(), default=0),
            self._rounds,
            self._leader_tenths,
            self._other_tenths,
        )

    def at(self, time_ms: int, action: Callable[[Any], None], argument: object) -> None:
        """Do something at a time; what is due at the same time happens in the order of these calls."""
        self._sequence += 1
        heapq.heappush(self._heap, (max(time_ms, self.now_ms), self._sequence, action, argument))

    def after(self, delay_ms: int, action: Callable[[Any], None], argument: object) -> None:
        """Do something after a delay."""
        self.at(self.now_ms + delay_ms, action, argument)

    def note(self, text: str) -> None:
        """Add a line to the trace, if one is kept."""
        if self._tracing and len(self.trace) < TRACE_MAX:
            self.trace.append(f"{self.now_ms} ms: {text}")

    # --- What nodes ask of the world ----------------------------------------------------------------------

    def index_of(self, key: PeerId) -> int:
        """Return the node that holds a key."""
        return int(key[-3:])

    def skew_of(self, index: int) -> int:
        """Return how far a node's clock is off."""
        return sum(each.by_ms for each in self.plan.faults if isinstance(each, Skew) and each.node == index)

    def targets_of(self, node: SimulatedNode, to: PeerId | None) -> list[int]:
        """Return the nodes that a message goes to."""
        if to is None:
            return [index for index in self.nodes if index != node.index]
        index = self.index_of(to)
        return [index] if index != node.index and index in self.nodes else []

    def transmit(self, source: SimulatedNode, target: int, envelope: Envelope, delay_ms: int = 0) -> None:
        """Send a message over a link."""
        processes = self.nodes[target]
        for arrival_ms in self._network.arrivals(source.index, target, self.now_ms + delay_ms):
            for process in processes:
                if self._hears(source, process):
                    self.at(arrival_ms, process.receive, envelope)

    def transmit_bundle(self, source: int, target: int, digest: Digest) -> None:
        """Send a bundle over a link."""
        for process in self.nodes.get(target, ()):
            for arrival_ms in self._network.arrivals(source, target, self.now_ms):
                self.at(arrival_ms, process.bundles.keep, digest)

    def transmit_bundle_request(self, source: int, target: int, digest: Digest) -> None:
        """Ask another node for a bundle over a link."""
        for process in self.nodes.get(target, ()):
            for arrival_ms in self._network.arrivals(source, target, self.now_ms):
                self.at(arrival_ms, process.bundles.serve, (source, digest))

    def draw_peer(self) -> int:
        """Return some node."""
        return self._workload.randrange(self.plan.validators)

    def adapt(self, node: SimulatedNode, core: Core) -> None:
        """Let a faulty node's nature into its core."""
        node.corrupt(core)

    def wrote(self, node: SimulatedNode, vertex: Vertex) -> None:
        """Take notice of an honest node's own vertex on the wire."""
        if vertex.ref not in self._written_ms:
            self._written_ms[vertex.ref] = self.now_ms
            self.checker.write(node.index, vertex)
            self._rounds = max(self._rounds, vertex.round)

    def committed(self, node: SimulatedNode, sub_dag: CommittedSubDag) -> None:
        """Take notice of an honest node's commit: progress, and the latency of its own vertices."""
        self._last_commit_ms[node.index] = self.now_ms
        self._commits[node.index] += 1
        if self.now_ms <= self.plan.profile.warm_up_ms:
            return
        if self._tracing:
            commit = sub_dag.commit
            self.note(
                f"node {node.index} commits {commit.index} of epoch {commit.epoch}, leader {commit.leader}"
            )
        own = node.core.current.state.own if node.core is not None else None
        for ref in sub_dag.commit.vertices:
            if ref.author == own and (written_ms := self._written_ms.get(ref)) is not None:
                tenths = round((self.now_ms - written_ms) * DELAY_TENTHS / self._network.mean_delay_ms)
                if ref == sub_dag.commit.leader:
                    self._leader_tenths[tenths] += 1
                else:
                    self._other_tenths[tenths] += 1

    def make_bundle(self, transfers: list[Transfer]) -> Bundle:
        """Return a bundle of transactions, known to the world by its digest."""
        content = ",".join(str(each.transfer_id) for each in transfers)
        digest = Digest(sha256(content.encode()).digest())
        self.bundles[digest] = tuple(transfers)
        return Bundle(digest, len(content))

    def elect(self, epoch: Epoch, ledger: SimulatedLedger) -> CommitteeElected:
        """Return the next committee: the same members in another order, with other tickets."""
        order = sorted(
            range(self.plan.validators), key=lambda index: sha256(ledger.state_root + key_of(index)).digest()
        )
        members = tuple(Member(key_of(index), 1 + (index + epoch) % 8) for index in order)
        return CommitteeElected(epoch, Committee(members), self._next_rules)

    def keep_snapshot(self, epoch: Epoch, ledger: SimulatedLedger) -> None:
        """Keep the state at an epoch's end for nodes that come late."""
        if ledger.epoch == epoch:
            self.snapshots.setdefault(epoch, ledger.copy())

    # --- Workload and checks ------------------------------------------------------------------------------

    def _make_genesis(self) -> EpochContext:
        members = tuple(Member(key_of(index), 1 + index % 3) for index in range(self.plan.validators))
        return EpochContext(
            Digest(sha256(b"simulation").digest()),
            Epoch(0),
            Committee(members),
            Digest(sha256(b"seed %d" % self.plan.seed).digest()),
            TimestampMs(START_MS),
            self.plan.chain,
        )

    def _processes(self) -> Iterator[SimulatedNode]:
        for processes in self.nodes.values():
            yield from processes

    def _hears(self, source: SimulatedNode, process: SimulatedNode) -> bool:
        """Return whether a process gets what another sends: twins share a key and split the network."""
        for one, other in ((source, process), (process, source)):
            if len(self.nodes[one.index]) > 1 and one.instance != other.index % 2:
                return False
        return True

    def _work(self, index: int) -> None:
        """Have clients send a node a bundle."""
        every_ms = self.plan.profile.payload_every_ms
        self.after(self._workload.randint(every_ms // 2, every_ms * 3 // 2), self._work, index)
        node = self.nodes[index][0]
        if node.core is None:
            return
        self._next_transfer += 1
        payer, payee = self._workload.sample(range(ACCOUNTS), 2)
        transfer = Transfer(self._next_transfer, payer, payee, self._workload.randint(1, 50))
        if node.is_honest:
            self._submitted.append((self.now_ms, index, transfer.transfer_id))
        through = [node]
        if self._workload.random() < 0.1:  # an impatient client
            through.append(self._workload.choice(list(self._processes())))
        for each in through:
            each.submit((transfer,))

    def _measure(self, _: object) -> None:
        self.after(MEASURE_MS, self._measure, None)
        for node in self._processes():
            if node.core is not None and node.is_honest:
                self.checker.measure(node.index, node.core)

    def _check_progress(self) -> None:
        """Check what is owed once faults are over: commits at every honest node, with all it was sent."""
        owed_ms = self.plan.profile.progress_ms
        settled_ms = self.plan.last_fault_ms + owed_ms
        if self.plan.end_ms < settled_ms:
            return
        honest = [node for node in self._processes() if node.is_honest]
        for node in honest:
            last_ms = self._last_commit_ms.get(node.index, 0)
            if last_ms < self.plan.end_ms - owed_ms:
                self.checker.report(
                    "I7", f"node {node.index} has committed nothing since {last_ms} ms", is_safety=False
                )
        if self.checker.findings or not honest:
            return
        everywhere = set.intersection(*(node.ledger.executed_ids for node in honest))
        for submitted_ms, index, transfer_id in self._submitted:
            if submitted_ms < self.plan.end_ms - owed_ms and transfer_id not in everywhere:
                text = f"transfer {transfer_id}, sent to node {index} at {submitted_ms} ms, is not executed"
                self.checker.report("I6", text, is_safety=False)


def _start(node: SimulatedNode) -> None:
    node.start()


def run_plan(plan: Plan, *, tracing: bool = False) -> RunResult:
    """Return what a plan comes to."""
    return World(plan, tracing=tracing).run()
