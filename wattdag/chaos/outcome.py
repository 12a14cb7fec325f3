"""What a run has shown, and the document that scripts read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wattdag.chaos.plan import ChaosPlan, FaultKind
from wattdag.chaos.violations import Violation


@dataclass(frozen=True, slots=True)
class ChaosOutcome:
    """What a run has shown.

    Attributes:
        plan: What was to be done.
        faults: How often each kind was done.
        skipped: Kinds that this machine does not allow, with the reason.
        sent: Transactions sent.
        acknowledged: Of these, how many are owed: see `wattdag.chaos.promises`.
        committed_once: Of these, how many stand exactly once in every node's chain.
        lost: Of these, how many some node's chain lacks.
        duplicated: Transactions carried out more than once on some node.
        roots_equal: Whether all chains have the same blocks, and so the same state roots.
        equivocations: Authors and rounds with two vertices in any node's log, and proofs that nodes reported.
        vertices: Different vertices in all logs.
        peer_faults: How often a node held a peer, all of them honest, to have broken a rule.
        longest_stall_s: The longest time without a new block while one was owed.
        back_after_s: From the end of the last fault to the next block; ``None`` without a fault.
        height: Last block that all nodes have.
        state_root: State after it, in hex.
        epochs: How many epochs ended during the run.
        rss_max_mib: The most memory that any one process held.
        violations: What must never happen, and did.
    """

    plan: ChaosPlan
    faults: Mapping[FaultKind, int]
    skipped: Mapping[FaultKind, str]
    sent: int
    acknowledged: int
    committed_once: int
    lost: int
    duplicated: int
    roots_equal: bool
    equivocations: int
    vertices: int
    peer_faults: int
    longest_stall_s: float
    back_after_s: float | None
    height: int
    state_root: str
    epochs: int
    rss_max_mib: float
    violations: tuple[Violation, ...]


def outcome_document(outcome: ChaosOutcome) -> dict[str, object]:
    """Return the form that scripts rely on."""
    plan = outcome.plan
    return {
        "acknowledged": outcome.acknowledged,
        "committed_once": outcome.committed_once,
        "lost": outcome.lost,
        "duplicated": outcome.duplicated,
        "roots_equal": outcome.roots_equal,
        "equivocations": outcome.equivocations,
        "faults": {kind.value: count for kind, count in sorted(outcome.faults.items())},
        "longest_stall_s": round(outcome.longest_stall_s, 1),
        "skipped": {kind.value: reason for kind, reason in sorted(outcome.skipped.items())},
        "violations": [str(violation) for violation in outcome.violations],
        "seed": plan.seed,
        "seconds": plan.seconds,
        "validators": plan.validators,
        "remote_engines": [f"node-{index + 1}" for index in sorted(plan.remote_engines)],
        "sent": outcome.sent,
        "vertices": outcome.vertices,
        "peer_faults": outcome.peer_faults,
        "height": outcome.height,
        "state_root": outcome.state_root,
        "epochs": outcome.epochs,
        "back_after_s": outcome.back_after_s and round(outcome.back_after_s, 1),
        "rss_max_mib": round(outcome.rss_max_mib, 1),
        "plan": [str(fault) for fault in plan.faults],
    }
