"""What is done to a network, drawn from a seed: the same seed gives the same plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from consensus_engine.committee import thresholds_of
from validator.settings import EngineMode

CALM_START_S: Final = 6.0
"""Load without a fault at the beginning."""

CALM_END_S: Final = 15.0
"""And at the end, in which the network must come back."""

PAUSE_S: Final = 10.0
"""How long a frozen process stays so."""

_GAP_S: Final = (1.5, 6.0)  # from one fault to the next
_REMOTE_SHARE: Final = 3  # one node in so many has its engine in a process of its own


class FaultKind(StrEnum):
    """What can be done to nodes."""

    KILL_VALIDATOR = "kill_validator"
    KILL_ENGINE = "kill_engine"
    PAUSE = "pause"
    FULL_DISK = "full_disk"
    TORN_TAIL = "torn_tail"
    WIPE = "wipe"
    OUTAGE = "outage"
    PARTITION = "partition"
    SLOW_LINK = "slow_link"


NETWORK_KINDS: Final = frozenset({FaultKind.PARTITION, FaultKind.SLOW_LINK})
"""Those that need network namespaces."""

_LASTS_S: Final = {
    FaultKind.KILL_VALIDATOR: (0.0, 8.0),
    FaultKind.KILL_ENGINE: (0.0, 8.0),
    FaultKind.PAUSE: (PAUSE_S, PAUSE_S),
    FaultKind.FULL_DISK: (1.0, 6.0),
    FaultKind.TORN_TAIL: (0.0, 4.0),
    FaultKind.WIPE: (0.0, 4.0),
    FaultKind.OUTAGE: (0.0, 3.0),
    FaultKind.PARTITION: (4.0, 12.0),
    FaultKind.SLOW_LINK: (5.0, 12.0),
}
_ONE_IN_HALVES: Final = 3  # of so many partitions, one leaves no side a quorum


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing done to some nodes.

    Attributes:
        kind: What.
        at_s: When, in seconds after the load has begun; later where too many nodes are faulty then.
        lasts_s: For how long nodes are down, frozen or cut off.
        nodes: Which, counted from 0, ascending.
        seed: For what else is left to chance, such as where a log is torn.
        breaks_quorum: Whether too few nodes are left to go on meanwhile, so that no progress is owed.
    """

    kind: FaultKind
    at_s: float
    lasts_s: float
    nodes: tuple[int, ...]
    seed: int
    breaks_quorum: bool = False

    def __str__(self) -> str:
        names = ", ".join(f"node-{index + 1}" for index in self.nodes)
        quorum = "; no quorum is left" if self.breaks_quorum else ""
        return f"{self.at_s:6.1f} s  {self.kind:15} {self.lasts_s:4.1f} s  {names}{quorum}"


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """A whole run.

    Attributes:
        seed: Where all of it comes from.
        seconds: How long the load lasts.
        validators: How many nodes there are.
        remote_engines: Nodes whose engine is a process of its own, counted from 0.
        faults: What is done, in order of time.
    """

    seed: int
    seconds: float
    validators: int
    remote_engines: frozenset[int]
    faults: tuple[Fault, ...]

    @property
    def faulty_max(self) -> int:
        """How many nodes may be faulty at the same time."""
        return thresholds_of(self.validators).faulty_max

    def nodes_with(self, kind: FaultKind) -> list[int]:
        """Return the nodes that a kind of fault befalls, ascending."""
        return sorted({index for fault in self.faults if fault.kind is kind for index in fault.nodes})


def draw_plan(
    seed: int,
    seconds: float,
    validators: int,
    *,
    engine: EngineMode | None = None,
    kinds: Iterable[FaultKind] = FaultKind,
) -> ChaosPlan:
    """Return the plan of a seed.

    Kinds are dealt like cards: none comes again before all others have come, so that short runs see many.

    Args:
        seed: Any integer.
        seconds: How long the load lasts.
        validators: How many nodes there are.
        engine: Where engines run; ``None`` for some here and some there.
        kinds: What may be done.
    """
    random = Random(seed)  # noqa: S311 - chance that can be repeated, and no secret
    remote = _draw_remote(random, validators, engine)
    wanted = [kind for kind in FaultKind if kind in set(kinds)]
    if not remote and FaultKind.KILL_ENGINE in wanted:
        wanted.remove(FaultKind.KILL_ENGINE)
    faults: list[Fault] = []
    deck: list[FaultKind] = []
    at_s = CALM_START_S
    while wanted:
        if not deck:
            deck = random.sample(wanted, len(wanted))
        fault = _draw_fault(random, deck.pop(), round(at_s, 1), validators, remote)
        if fault.at_s + fault.lasts_s > seconds - CALM_END_S:
            break
        faults.append(fault)
        at_s += random.uniform(*_GAP_S) + (fault.lasts_s if fault.breaks_quorum else 0)
    return ChaosPlan(seed, seconds, validators, remote, tuple(faults))


def _draw_remote(random: Random, validators: int, engine: EngineMode | None) -> frozenset[int]:
    drawn = frozenset(random.sample(range(validators), max(1, validators // _REMOTE_SHARE)))
    match engine:
        case EngineMode.IN_PROCESS:
            return frozenset()
        case EngineMode.REMOTE:
            return frozenset(range(validators))
        case None:
            return drawn


def _draw_fault(
    random: Random, kind: FaultKind, at_s: float, validators: int, remote: frozenset[int]
) -> Fault:
    faulty_max = thresholds_of(validators).faulty_max
    lasts_s = round(random.uniform(*_LASTS_S[kind]), 1)
    everybody = range(validators)
    nodes, breaks_quorum = list(everybody), False
    match kind:
        case FaultKind.OUTAGE:
            breaks_quorum = True
        case FaultKind.KILL_ENGINE:
            nodes = random.sample(sorted(remote), 1)
        case FaultKind.PARTITION:
            breaks_quorum = not random.randrange(_ONE_IN_HALVES)
            count = validators // 2 if breaks_quorum else random.randint(1, faulty_max)
            breaks_quorum = count > faulty_max
            nodes = random.sample(everybody, count)
        case FaultKind.KILL_VALIDATOR | FaultKind.PAUSE | FaultKind.SLOW_LINK:
            nodes = random.sample(everybody, random.randint(1, faulty_max))
        case FaultKind.FULL_DISK | FaultKind.TORN_TAIL | FaultKind.WIPE:
            nodes = random.sample(everybody, 1)
    return Fault(kind, at_s, lasts_s, tuple(sorted(nodes)), random.getrandbits(32), breaks_quorum)
