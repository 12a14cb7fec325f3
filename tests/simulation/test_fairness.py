"""Who leads, who is linked to, who is heard: nobody more than its due."""

from collections import Counter

from consensus_engine.leader_schedule import LeaderDraw
from consensus_engine.log_records import VertexLogged
from consensus_engine.simulation.world import World
from consensus_engine.types import Bundle, Digest, Round, VertexRef
from tests.helpers.simulated_runs import plan_of

CHI_SQUARE_99_9 = 22.46  # 6 degrees of freedom


def test_leaders_are_drawn_in_proportion_to_tickets() -> None:
    """Chi-square over 5000 rounds: the least of t hashes of 28 is drawn with probability t / 28."""
    tickets = (1, 2, 3, 4, 5, 6, 7)
    draw = LeaderDraw(Digest(b"f" * 32), tickets)
    led = Counter(draw.ranking(Round(number))[0] for number in range(1, 5001))

    expected = [5000 * each / sum(tickets) for each in tickets]
    chi_square = sum((led[a] - each) ** 2 / each for a, each in enumerate(expected))  # type: ignore[index]

    assert chi_square < CHI_SQUARE_99_9


def test_every_author_is_linked_to_alike() -> None:
    """Without faults the busiest vertex of a round has at most 1.2 times the links of the idlest."""
    world = World(plan_of(validators=7, delay_ms=(20, 40), duration_ms=8_000))
    world.run()
    links: Counter[VertexRef] = Counter()
    authors: Counter[int] = Counter()
    for record in world.nodes[0][0].log.read():
        if isinstance(record, VertexLogged):
            links.update(record.vertex.parents)
            authors.update(parent.author for parent in record.vertex.parents)

    assert max(authors.values()) <= 1.2 * min(authors.values())
    assert links


def test_work_carried_is_shared_out() -> None:
    """The concentration of payloads by author is that of equal shares, within 30 %."""
    world = World(plan_of(validators=7, delay_ms=(20, 40), duration_ms=8_000))
    world.run()
    carried = Counter(
        record.vertex.author
        for record in world.nodes[0][0].log.read()
        if isinstance(record, VertexLogged) and isinstance(record.vertex.payload, Bundle)
    )
    total = sum(carried.values())

    assert sum((count / total) ** 2 for count in carried.values()) <= 1.3 / 7
