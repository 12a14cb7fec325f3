"""Links between nodes in virtual time: delay, loss, repetition, reordering, partitions, dead links."""

from dataclasses import dataclass
from typing import Final

from consensus_engine.simulation.byzantine_kinds import Behaviour
from consensus_engine.simulation.plan import Byzantine, DeadLink, NodeIndex, Partition, Plan, Slow
from consensus_engine.simulation.seeding import stream


@dataclass(frozen=True, slots=True)
class _Link:
    delay_ms_min: int
    delay_ms_max: int


class Network:
    """When, if at all, a message sent now arrives."""

    def __init__(self, plan: Plan) -> None:
        self._draw: Final = stream(plan.seed, "network")
        self._loss = plan.loss_percent / 100
        self._duplicates = plan.duplicate_percent / 100
        self._partitions = [each for each in plan.faults if isinstance(each, Partition)]
        self._dead = [each for each in plan.faults if isinstance(each, DeadLink)]
        self._twins = {
            each.node
            for each in plan.faults
            if isinstance(each, Byzantine) and each.behaviour is Behaviour.TWINS
        }
        slow = {each.node for each in plan.faults if isinstance(each, Slow)}
        self._links = _draw_links(plan, slow)
        spans = [(link.delay_ms_min + link.delay_ms_max) / 2 for link in self._links.values()]
        self.mean_delay_ms = sum(spans) / len(spans)

    def arrivals(self, source: NodeIndex, target: NodeIndex, now_ms: int) -> list[int]:
        """Return the times at which a message arrives: none if it is lost, two if it is repeated."""
        draw = self._draw
        if self._loss and draw.random() < self._loss:
            return []
        if self._is_cut(source, target, now_ms):
            return []
        link = self._links[source, target]
        spread = link.delay_ms_max - link.delay_ms_min
        times = [now_ms + link.delay_ms_min + (int(draw.random() * (spread + 1)) if spread else 0)]
        if self._duplicates and draw.random() < self._duplicates:
            times.append(times[0] + draw.randint(1, 2 * link.delay_ms_max + 1))
        return times

    def _is_cut(self, source: NodeIndex, target: NodeIndex, now_ms: int) -> bool:
        twins = self._twins  # have a process on either side
        for partition in self._partitions if source not in twins and target not in twins else ():
            if partition.at_ms <= now_ms < partition.until_ms and (
                (source in partition.side) != (target in partition.side)
            ):
                return True
        return any(
            dead.at_ms <= now_ms < dead.until_ms and (dead.source, dead.target) == (source, target)
            for dead in self._dead
        )


def _draw_links(plan: Plan, slow: set[NodeIndex]) -> dict[tuple[NodeIndex, NodeIndex], _Link]:
    """Return each link's range of delays, within the profile's."""
    draw = stream(plan.seed, "links")
    low, high = plan.profile.delay_ms
    links = {}
    for source in range(plan.validators):
        for target in range(plan.validators):
            one, other = sorted((draw.randint(low, high), draw.randint(low, high)))
            factor = 2 if source in slow or target in slow else 1
            links[source, target] = _Link(one * factor, other * factor)
    return links
