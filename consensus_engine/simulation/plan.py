"""One run, drawn from a profile and a seed: what happens when. A plan can be shrunk and run again."""

from dataclasses import dataclass, replace
from random import Random

from consensus_engine.committee import thresholds_of
from consensus_engine.parameters import ChainParameters, LocalParameters
from consensus_engine.simulation.byzantine_kinds import Behaviour
from consensus_engine.simulation.profile import Profile, Range
from consensus_engine.simulation.seeding import stream

NodeIndex = int


@dataclass(frozen=True, slots=True)
class Crash:
    """A node dies and comes back with what its log kept, or, wiped, with nothing."""

    node: NodeIndex
    at_ms: int
    until_ms: int
    in_flush: bool  # dies in the middle of its next own vertex: before or after the flush
    wiped: bool = False

    def __str__(self) -> str:
        what = "is wiped" if self.wiped else ("crashes while writing" if self.in_flush else "crashes")
        return f"{self.at_ms} ms: node {self.node} {what}, back at {self.until_ms} ms"


@dataclass(frozen=True, slots=True)
class Partition:
    """The nodes of one side and the others do not hear each other."""

    side: tuple[NodeIndex, ...]
    at_ms: int
    until_ms: int

    def __str__(self) -> str:
        return f"{self.at_ms} ms: nodes {list(self.side)} are cut off until {self.until_ms} ms"


@dataclass(frozen=True, slots=True)
class DeadLink:
    """One node does not hear another, while the other hears it."""

    source: NodeIndex
    target: NodeIndex
    at_ms: int
    until_ms: int

    def __str__(self) -> str:
        return f"{self.at_ms} ms: nothing gets from {self.source} to {self.target} until {self.until_ms} ms"


@dataclass(frozen=True, slots=True)
class Byzantine:
    """A member breaks the rules for the whole run."""

    node: NodeIndex
    behaviour: Behaviour

    def __str__(self) -> str:
        return f"node {self.node} is Byzantine: {self.behaviour.value}"


@dataclass(frozen=True, slots=True)
class Slow:
    """A node's messages take twice as long."""

    node: NodeIndex

    def __str__(self) -> str:
        return f"node {self.node} is slow"


@dataclass(frozen=True, slots=True)
class Skew:
    """A node's clock is off."""

    node: NodeIndex
    by_ms: int

    def __str__(self) -> str:
        return f"the clock of node {self.node} is off by {self.by_ms} ms"


@dataclass(frozen=True, slots=True)
class Absent:
    """A node never starts."""

    node: NodeIndex

    def __str__(self) -> str:
        return f"node {self.node} never starts"


Fault = Crash | Partition | DeadLink | Byzantine | Slow | Skew | Absent


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run needs; equal plans give equal runs."""

    seed: int
    validators: int
    profile: Profile
    chain: ChainParameters
    local: LocalParameters
    loss_percent: int
    duplicate_percent: int
    faults: tuple[Fault, ...]

    @property
    def end_ms(self) -> int:
        """When the run ends."""
        return self.profile.warm_up_ms + self.profile.duration_ms

    @property
    def last_fault_ms(self) -> int:
        """When the last passing fault is over."""
        return max(
            (each.until_ms for each in self.faults if isinstance(each, Crash | Partition | DeadLink)),
            default=self.profile.warm_up_ms,
        )

    def find_behaviour(self, node: NodeIndex) -> Behaviour | None:
        """Return how a node breaks the rules, or ``None`` if it keeps them."""
        for fault in self.faults:
            if isinstance(fault, Byzantine) and fault.node == node:
                return fault.behaviour
        return None

    def without(self, fault: Fault) -> "Plan":
        """Return the plan with one fault less."""
        return replace(self, faults=tuple(each for each in self.faults if each is not fault))

    def describe(self) -> list[str]:
        """Return what happens, a line each."""
        chain = self.chain
        drawn = (
            f"seed {self.seed}, {self.validators} validators, profile {self.profile.name}: "
            f"loss {self.loss_percent} %, duplicates {self.duplicate_percent} %, gc depth {chain.gc_depth}, "
            f"schedule period {chain.schedule_period}, leaders {chain.leaders_per_round}, "
            f"epoch {chain.epoch_ms} ms"
        )
        return [drawn, *(str(fault) for fault in self.faults)]


def draw_plan(profile: Profile, validators: int, seed: int) -> Plan:
    """Return the run that a seed draws from a profile."""
    draw = stream(seed, "plan")
    chain = ChainParameters(
        gc_depth=_between(draw, profile.gc_depth),
        schedule_period=_between(draw, profile.schedule_period),
        leaders_per_round=_between(draw, profile.leaders_per_round),
        epoch_ms=_draw_epoch_ms(draw, profile),
        close_lag=draw.randint(2, 20),
    )
    local = LocalParameters(
        min_round_delay_ms=profile.min_round_delay_ms,
        leader_timeout_ms=profile.leader_timeout_ms,
        push_delay_ms=profile.push_delay_ms,
    )
    loss, duplicates = _between(draw, profile.loss_percent), _between(draw, profile.duplicate_percent)
    faults = _draw_faults(draw, profile, validators)
    return Plan(seed, validators, profile, chain, local, loss, duplicates, faults)


def _draw_epoch_ms(draw: Random, profile: Profile) -> int:
    changes = draw.randrange(100) < profile.epoch_change_percent
    part = draw.randint(15, 45)  # so that the next epoch has time to show progress
    return profile.warm_up_ms + profile.duration_ms * part // 100 if changes else ChainParameters().epoch_ms


def _draw_faults(draw: Random, profile: Profile, validators: int) -> tuple[Fault, ...]:
    faulty_max = thresholds_of(validators).faulty_max
    byzantine_max = faulty_max if profile.byzantine_max is None else profile.byzantine_max
    nodes = list(range(validators))
    draw.shuffle(nodes)
    faults: list[Fault] = [Absent(nodes.pop()) for _ in range(min(profile.silent_from_start, faulty_max))]
    bad = min(faulty_max - len(faults), max(byzantine_max, profile.wiped_max))
    wiped = draw.randint(0, min(profile.wiped_max, bad))
    faults += [_draw_crash(draw, profile, nodes.pop(), wiped=True) for _ in range(wiped)]
    byzantine = min(bad - wiped, byzantine_max)
    faults += [Byzantine(nodes.pop(), draw.choice(profile.behaviours)) for _ in range(byzantine)]
    crashes = draw.randint(0, profile.crashes_max)
    faults += [_draw_crash(draw, profile, draw.choice(nodes), wiped=False) for _ in range(crashes)]
    partitions = draw.randint(0, profile.partitions_max)
    faults += [_draw_partition(draw, profile, validators) for _ in range(partitions)]
    dead_links = draw.randint(0, profile.asymmetric_links_max)
    faults += [_draw_dead_link(draw, profile, validators) for _ in range(dead_links)]
    faults += [Slow(draw.choice(nodes)) for _ in range(draw.randint(0, profile.slow_nodes_max))]
    if profile.skew_ms[1]:
        skewed = sorted(nodes)
        faults += [Skew(node, _between(draw, profile.skew_ms) * draw.choice((-1, 1))) for node in skewed]
    return tuple(faults)


def _draw_crash(draw: Random, profile: Profile, node: NodeIndex, *, wiped: bool) -> Crash:
    at_ms, until_ms = _draw_span(draw, profile)
    return Crash(node, at_ms, until_ms, in_flush=draw.random() < 0.5, wiped=wiped)


def _draw_dead_link(draw: Random, profile: Profile, validators: int) -> DeadLink:
    source, target = draw.sample(range(validators), 2)
    at_ms, until_ms = _draw_span(draw, profile)
    return DeadLink(source, target, at_ms, until_ms)


def _draw_span(draw: Random, profile: Profile) -> tuple[int, int]:
    """Return the time of a fault: it begins in the first half and is over by two thirds of the run."""
    at_ms = profile.warm_up_ms + draw.randrange(max(profile.duration_ms // 2, 1))
    return at_ms, at_ms + draw.randint(50, max(profile.duration_ms // 6, 51))


def _draw_partition(draw: Random, profile: Profile, validators: int) -> Partition:
    side = tuple(sorted(draw.sample(range(validators), draw.randint(1, validators // 2))))
    if draw.randrange(100) < profile.even_partition_percent:
        side = tuple(range(1, validators, 2))
    healed_ms = min(profile.partition_healed_ms, profile.duration_ms)
    at_ms = draw.randrange(max(healed_ms - 1000, 1))
    until_ms = draw.randint(at_ms + 500, max(healed_ms, at_ms + 500))
    return Partition(side, profile.warm_up_ms + at_ms, profile.warm_up_ms + until_ms)


def _between(draw: Random, bounds: Range) -> int:
    return draw.randint(*bounds)
