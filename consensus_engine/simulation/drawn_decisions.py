"""What the commit rule says of a drawn DAG."""

from dataclasses import dataclass

from consensus_engine.committee import Committee
from consensus_engine.committer import Decision, SlotStatus
from consensus_engine.dag import Dag
from consensus_engine.ordering import Ordering
from consensus_engine.simulation.drawing import Drawing, Name, parse_drawing
from consensus_engine.types import AuthorityIndex, LeaderSlot, Round, VertexRef


@dataclass(frozen=True, slots=True)
class DrawnDecision:
    """The decision on one leader slot, and the leader's vertex if it is committed."""

    slot: Name
    decision: Decision
    vertex: Name | None = None

    def __str__(self) -> str:
        return f"{self.slot} {self.decision.value}" + (f" {self.vertex}" if self.vertex else "")


@dataclass(frozen=True, slots=True)
class DrawnOrder:
    """What a node that holds the drawn vertices decides."""

    decisions: tuple[DrawnDecision, ...]  # ascending, for every slot up to the highest round
    commits: tuple[tuple[Name, ...], ...]  # each commit's vertices in execution order
    suspended: tuple[Name, ...]  # drawn vertices that wait for missing ones
    banned: tuple[AuthorityIndex, ...]
    excluded: tuple[AuthorityIndex, ...]  # from leading, by the end

    @property
    def order(self) -> tuple[Name, ...]:
        """All committed vertices in execution order."""
        return tuple(name for commit in self.commits for name in commit)


def decide_drawing(text: str, committee: Committee | None = None) -> DrawnOrder:
    """Return the decision on each leader slot of a drawn DAG, and the order of its vertices.

    Args:
        text: The drawing.
        committee: Who sits, with which tickets; otherwise what the drawing says, with a ticket each.

    Raises:
        DrawingError: The drawing cannot be read, or a vertex of it breaks a rule.
        SafetyHaltError: It shows more equivocation than the committee can bear.
    """
    return decide(parse_drawing(text, committee))


def decide(drawing: Drawing) -> DrawnOrder:
    """Return what a node decides that holds the drawing's vertices, less those that it lacks.

    Raises:
        SafetyHaltError: The DAG shows more equivocation than the committee can bear.
    """
    names = {vertex.ref: name for name, vertex in drawing.vertices.items()}
    dag = Dag(drawing.context.genesis)
    suspended = _fill(dag, drawing)
    ordering = Ordering(drawing.context, dag, drawing.leaders)
    decided = ordering.try_commit()
    statuses = [slot.status for slot in decided] + _undecided(ordering, dag)
    return DrawnOrder(
        decisions=tuple(_draw_decision(status, names) for status in statuses),
        commits=tuple(
            tuple(names[ref] for ref in slot.sub_dag.commit.vertices)
            for slot in decided
            if slot.sub_dag is not None
        ),
        suspended=suspended,
        banned=tuple(sorted(ordering.reputation.banned)),
        excluded=tuple(sorted(ordering.reputation.excluded)),
    )


def _fill(dag: Dag, drawing: Drawing) -> tuple[Name, ...]:
    """Accept the vertices that are here and can be; return those that wait."""
    here = _ancestors(drawing) if drawing.view else set(drawing.vertices)
    suspended = []
    for name, vertex in drawing.vertices.items():  # ascending by round
        if name in drawing.missing or name not in here:
            continue
        if all(parent in dag for parent in vertex.parents):
            dag.accept(vertex)
        else:
            suspended.append(name)
    return tuple(suspended)


def _ancestors(drawing: Drawing) -> set[Name]:
    """Return the viewed vertices and all their ancestors."""
    names = {vertex.ref: name for name, vertex in drawing.vertices.items()}
    found: set[Name] = set()
    waiting = list(drawing.view)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        parents = drawing.vertices[name].parents
        waiting += [names[parent] for parent in parents if parent.round > 0]
    return found


def _undecided(ordering: Ordering, dag: Dag) -> list[SlotStatus]:
    """Return the slots behind the cursor, with those of the highest round, which nothing can decide yet."""
    statuses = ordering.statuses()
    top = dag.highest_round
    if ordering.cursor_round <= top:
        statuses += [
            SlotStatus(LeaderSlot(Round(top), author), Decision.UNDECIDED)
            for author in ordering.schedule.leaders_of(top)
        ]
    return statuses


def _draw_decision(status: SlotStatus, names: dict[VertexRef, Name]) -> DrawnDecision:
    slot = Name(status.slot.author, status.slot.round)
    leader = names[status.leader.ref] if status.leader is not None else None
    return DrawnDecision(slot, status.decision, leader)
