"""The invariants, checked while a run goes on.

Safety: commits agree (I1), nothing is committed twice and no honest member writes twins (I2), parents precede
children (I3), time rises (I4), states agree (I5), a restart finds what was committed (I8), no transaction is
executed twice (I9), money is conserved (I10), one certificate for an epoch's end (I12).
Liveness: every honest payload is committed (I6), commits go on after the last fault (I7), memory is
bounded (I11). The share of leaders (I13) is a matter of many runs and is tested apart.

Source: consensus protocol, section 5.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from consensus_engine.core import Core
from consensus_engine.fetcher import MISSING_MAX
from consensus_engine.simulation.ledger import ACCOUNTS, START_BALANCE, SimulatedLedger
from consensus_engine.types import (
    AuthorityIndex,
    CommitIndex,
    CommittedSubDag,
    Digest,
    Epoch,
    EpochEndCertificate,
    Round,
    TimestampMs,
    Vertex,
    VertexRef,
)

FINDINGS_MAX: Final = 20
DAG_ROUNDS_MAX: Final = 600  # kept by one node, beyond twice the garbage collection depth


class Verdict(Enum):
    """How a run ends."""

    AGREED = "AGREED"
    NO_PROGRESS = "NO_PROGRESS"
    DIVERGED = "DIVERGED"


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that did not hold, where and when."""

    invariant: str
    is_safety: bool
    at_ms: int
    text: str

    def __str__(self) -> str:
        return f"{self.at_ms} ms: {self.invariant}: {self.text}"


class Checker:
    """Collects what all honest nodes do and compares it."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.now_ms = 0
        self._digests: dict[tuple[Epoch, CommitIndex], Digest] = {}
        self._times: dict[Epoch, TimestampMs] = {}
        self._committed: dict[Epoch, set[VertexRef]] = {}
        self._roots: dict[tuple[Epoch, CommitIndex], bytes] = {}
        self._written: dict[tuple[Epoch, Round, AuthorityIndex], Digest] = {}
        self._certified: dict[Epoch, EpochEndCertificate] = {}
        self._slots: dict[tuple[Epoch, Round, AuthorityIndex], VertexRef] = {}
        self._proven: dict[tuple[Epoch, CommitIndex], frozenset[AuthorityIndex]] = {}

    @property
    def verdict(self) -> Verdict:
        """The verdict on what was found so far."""
        if any(finding.is_safety for finding in self.findings):
            return Verdict.DIVERGED
        return Verdict.NO_PROGRESS if self.findings else Verdict.AGREED

    def report(self, invariant: str, text: str, *, is_safety: bool = True) -> None:
        """Note that an invariant did not hold."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(invariant, is_safety, self.now_ms, text))

    def write(self, node: int, vertex: Vertex) -> None:
        """Check a vertex that an honest node sends out as its own."""
        place = (vertex.epoch, vertex.round, vertex.author)
        if self._written.setdefault(place, vertex.ref.digest) != vertex.ref.digest:
            self.report("I2", f"honest node {node} wrote a twin of {vertex.ref}")

    def commit(self, node: int, sub_dag: CommittedSubDag, banned: frozenset[AuthorityIndex] | None) -> None:
        """Check a commit that an honest node hands to execution, and whom it has banned by then."""
        commit = sub_dag.commit
        place = (commit.epoch, commit.index)
        known = self._digests.setdefault(place, sub_dag.digest)
        if known != sub_dag.digest:
            self.report(
                "I1", f"node {node} commits otherwise at index {commit.index} of epoch {commit.epoch}"
            )
        self._check_once(sub_dag)
        if banned is not None and not self._proven.get(place, frozenset()) <= banned:
            self.report(
                "bans", f"node {node} has not banned who is proven to equivocate by commit {commit.index}"
            )

    def restart(self, node: int, core: Core) -> None:
        """Check that a node stands where it or others have been."""
        ordering = core.current.state.ordering
        place = (core.context.epoch, ordering.last_index)
        known = self._digests.get(place, ordering.last_digest)
        if known != ordering.last_digest:
            self.report("I8", f"node {node} restarts with another commit {ordering.last_index}")

    def execute(self, node: int, ledger: SimulatedLedger) -> None:
        """Check the state after a commit."""
        place = (ledger.epoch, ledger.index)
        if self._roots.setdefault(place, ledger.state_root) != ledger.state_root:
            self.report("I5", f"node {node} has another state after commit {ledger.index}")
        if sum(ledger.balances) != ACCOUNTS * START_BALANCE:
            self.report("I10", f"node {node} has made or lost money")

    def certify(self, node: int, certificate: EpochEndCertificate) -> None:
        """Check a certified epoch end."""
        known = self._certified.setdefault(certificate.end.epoch, certificate)
        if known.end != certificate.end:
            self.report("I12", f"node {node} holds another end of epoch {certificate.end.epoch}")

    def measure(self, node: int, core: Core) -> None:
        """Check that a node's memory is bounded."""
        current = core.current
        size, depth = len(core.context.committee), core.context.parameters.gc_depth
        ahead = current.state.local.ahead_max
        bounds = (
            ("suspended vertices", len(current.intake.suspension), 2 * depth * size),
            ("missing vertices", len(current.intake.fetcher), MISSING_MAX),
            ("held vertices", current.intake.held_count, 16 * size),
            ("vertices of one slot", _largest_slot(core), 2 * size),
            ("vertices in memory", len(current.state.dag), 2 * size * (2 * depth + ahead + DAG_ROUNDS_MAX)),
        )
        for what, count, count_max in bounds:
            if count > count_max:
                self.report("I11", f"node {node} keeps {count} {what}, over {count_max}", is_safety=False)

    def _check_once(self, sub_dag: CommittedSubDag) -> None:
        """Check a commit's inside, the first time it is seen."""
        commit = sub_dag.commit
        committed = self._committed.setdefault(commit.epoch, set())
        if commit.leader in committed:
            return  # another node's word for the same commit
        if commit.timestamp_ms <= self._times.get(commit.epoch, 0):
            self.report("I4", f"commit {commit.index} is no later than the one before")
        self._times[commit.epoch] = commit.timestamp_ms
        inside = set(commit.vertices)
        proven = set(self._proven.get((commit.epoch, CommitIndex(commit.index - 1)), ()))
        for vertex in sub_dag.vertices:
            place = (commit.epoch, vertex.round, vertex.author)
            if self._slots.setdefault(place, vertex.ref) != vertex.ref:
                proven.add(vertex.author)
            proven.update(evidence.first.author for evidence in vertex.evidence)
            authors = [parent.author for parent in vertex.parents]
            if len(set(authors)) != len(authors) or authors[0] != vertex.author:
                self.report("validity", f"commit {commit.index} holds {vertex.ref}, which is no valid vertex")
            if vertex.ref in committed:
                self.report("I2", f"commit {commit.index} holds {vertex.ref} a second time")
            committed.add(vertex.ref)
            inside.discard(vertex.ref)
            if any(parent in inside for parent in vertex.parents):
                self.report("I3", f"commit {commit.index} holds {vertex.ref} before a parent of it")
        self._proven[commit.epoch, commit.index] = frozenset(proven)


def _largest_slot(core: Core) -> int:
    """Return how many vertices of one author the newest rounds hold at most."""
    dag = core.current.state.dag
    rounds = (dag.find_round(Round(dag.highest_round - back)) for back in range(5))
    return max(
        (len(nodes) for each in rounds if each is not None for nodes in each.by_author.values()), default=0
    )
