"""Rules broken on purpose: a simulator that does not notice them would notice nothing else.

Each mutant replaces one function of the engine for the time of a run, so that the engine itself holds no
trace of them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from consensus_engine import committee, committer, intake, linearizer, validity
from consensus_engine.committee import Thresholds
from consensus_engine.committer import Committer, SlotStatus
from consensus_engine.dag import DagNode, DagRound
from consensus_engine.epoch_core import EpochCore
from consensus_engine.ordering import Ordering
from consensus_engine.outbox import Outbox
from consensus_engine.reputation import Reputation
from consensus_engine.simulation.checker import Verdict
from consensus_engine.simulation.plan import draw_plan
from consensus_engine.simulation.profile import load_profile
from consensus_engine.simulation.random_dag import find_disagreement
from consensus_engine.simulation.world import run_plan
from consensus_engine.suspension import Suspension
from consensus_engine.types import Digest, LeaderSlot, Round, VertexRef

RANDOM_DAG: Final = "random-dag"  # hunting ground beside the profiles
SEEDS_MAX: Final = 200  # within which a mutant must be caught


@dataclass(frozen=True, slots=True)
class Mutant:
    """A planted rule change, and where it is hunted."""

    name: str
    rule: str  # what is broken
    target: object
    attribute: str
    replacement: Any
    validators: int = 4
    ground: str = RANDOM_DAG


@dataclass(frozen=True, slots=True)
class Kill:
    """The first seed that shows a mutant, or ``None`` if none did."""

    mutant: str
    seed: int | None
    finding: str


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Run the engine with one rule broken."""
    original = vars(mutant.target)[mutant.attribute]
    setattr(mutant.target, mutant.attribute, mutant.replacement)
    try:
        yield
    finally:
        setattr(mutant.target, mutant.attribute, original)


def hunt(mutant: Mutant, seeds: range = range(SEEDS_MAX)) -> Kill:
    """Return the first seed that shows a mutant."""
    with planted(mutant):
        for seed in seeds:
            finding = _find(mutant, seed)
            if finding is not None:
                break
        else:
            return Kill(mutant.name, None, "not caught")
    if (false := _find(mutant, seed)) is not None:
        return Kill(mutant.name, None, f"seed {seed} fails without the mutant: {false}")
    return Kill(mutant.name, seed, finding)


def _find(mutant: Mutant, seed: int) -> str | None:
    if mutant.ground == RANDOM_DAG:
        disagreement = find_disagreement(mutant.validators, seed)
        return disagreement.text if disagreement is not None else None
    try:
        result = run_plan(draw_plan(load_profile(mutant.ground), mutant.validators, seed))
    except AssertionError as error:
        return f"an assertion of the engine failed: {error}"
    if result.verdict is Verdict.AGREED:
        return None
    return f"{result.verdict.value}: {result.findings[0]}"


# --- The planted changes ------------------------------------------------------------------------------------


def _quorum_2f1(size: int) -> Thresholds:
    faulty_max = (size - 1) // 3
    return Thresholds(faulty_max, 2 * faulty_max + 1, faulty_max + 1)


def _faulty_max(quorum: int) -> int:
    """Return F for a quorum of n - F, n = 3F + 1."""
    return (quorum - 1) // 2


def _is_certificate_f1(self: Committer, vertex: DagNode, leader: DagNode) -> bool:
    return (vertex.strong & leader.voters).bit_count() >= _faulty_max(self._quorum) + 1


def _is_refused_f1(self: Committer, candidates: list[DagNode], voting: DagRound) -> bool:
    enough = _faulty_max(self._quorum) + 1
    return len(voting.by_author) >= enough and all(
        voting.author_count(voting.everything & ~node.voters) >= enough for node in candidates
    )


def _certifier_count_f1(original: Callable[[Committer, DagNode], int]) -> Callable[[Committer, DagNode], int]:
    def count(self: Committer, leader: DagNode) -> int:
        found = original(self, leader)
        return self._quorum if found >= _faulty_max(self._quorum) + 1 else found

    return count


def _any_anchor(slot: LeaderSlot, later: list[SlotStatus]) -> DagNode | None:
    for status in reversed(later):
        if status.slot.round >= slot.round + committer.WAVE_ROUNDS and status.leader is not None:
            return status.leader
    return None


def _gc_round_of_clock(self: Ordering) -> Round:
    depth = self._context.parameters.gc_depth
    return Round(max(-1, self._dag.highest_round - depth))


def _commit_without_redeciding(original: Callable[..., Any]) -> Callable[..., Any]:
    def commit(self: Ordering, leader: DagNode) -> Any:
        sub_dag, _ = original(self, leader)
        return sub_dag, False

    return commit


def _order_by_author(_seed: Digest, node: DagNode) -> tuple[Round, bytes]:
    return node.round, node.author.to_bytes(2, "big")


def _order_by_arrival(_seed: Digest, node: DagNode) -> tuple[Round, bytes]:
    return node.round, node.bit.bit_length().to_bytes(8, "big")


def _begin_at_once(self: EpochCore, _nonce: int) -> None:
    self.begin()


def _never_ban(_self: Reputation, _authors: frozenset[Any]) -> bool:
    return False


def _persist_without_flush(self: Outbox, record: Any, *, flush: bool = False) -> None:
    self._persist.append(record)
    del flush


class _EverythingAwaited(Suspension):
    """Says of every vertex that somebody waits for it, so that twins come in."""

    __slots__ = ()

    def is_awaited(self, need: Any) -> bool:
        """Return whether a suspended vertex lacks this, or it is any vertex at all."""
        return isinstance(need, VertexRef) or super().is_awaited(need)


def _check_no_parents(*_: object) -> None:
    """Let any parents pass."""


MUTANTS: Final = (
    *(
        Mutant(
            f"quorum-2f1-n{size}",
            f"a quorum of 2F + 1 = {2 * ((size - 1) // 3) + 1} for n = {size}",
            committee,
            "thresholds_of",
            _quorum_2f1,
            size,
            "twins",
        )
        for size in (5, 6, 8, 9)
    ),
    Mutant(
        "certificate-f1", "F + 1 votes make a certificate", Committer, "_is_certificate", _is_certificate_f1
    ),
    Mutant("skip-f1", "F + 1 vertices without a vote skip a slot", Committer, "_is_refused", _is_refused_f1),
    Mutant(
        "commit-f1",
        "F + 1 certificates commit a slot",
        Committer,
        "_certifier_count",
        _certifier_count_f1(Committer._certifier_count),  # noqa: SLF001
        4,
        "twins",
    ),
    Mutant("anchor-r2", "an anchor two rounds above a slot decides it", committer, "WAVE_ROUNDS", 2),
    Mutant(
        "anchor-any", "an anchor behind an undecided slot decides", committer, "_find_anchor", _any_anchor
    ),
    Mutant(
        "clock-gc",
        "the horizon follows the local clock",
        Ordering,
        "gc_round",
        property(_gc_round_of_clock),
        7,
        "mixed",
    ),
    Mutant(
        "no-redecision",
        "slots decided under an old schedule stay decided",
        Ordering,
        "_commit",
        _commit_without_redeciding(Ordering._commit),  # noqa: SLF001
    ),
    Mutant("unseeded-order", "a round is ordered by author", linearizer, "order_key", _order_by_author),
    Mutant("arrival-order", "a round is ordered by arrival", linearizer, "order_key", _order_by_arrival),
    Mutant(
        "amnesia-off",
        "a node without its log writes at once",
        EpochCore,
        "rejoin",
        _begin_at_once,
        4,
        "wiped",
    ),
    Mutant("no-ban", "equivocators are not banned", Reputation, "ban", _never_ban, 4, "equivocating"),
    Mutant(
        "unasked-twins",
        "a twin is accepted though nobody links to it, and becomes an ancestor of own vertices",
        intake,
        "Suspension",
        _EverythingAwaited,
        4,
        "byzantine",
    ),
    Mutant(
        "own-twin-parent",
        "a vertex may link to a twin of its author's own vertex",
        validity,
        "_check_parents",
        _check_no_parents,
        4,
        "byzantine",
    ),
    Mutant(
        "send-before-flush",
        "own vertices are sent before the log is durable",
        Outbox,
        "persist",
        _persist_without_flush,
        4,
        "restarts",
    ),
)
