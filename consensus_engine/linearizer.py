"""A committed leader and the vertices that follow into the ledger with it, in their one order.

Source: consensus protocol, section 2.8, with the amendment on time of section 1.
"""

from hashlib import sha256

from consensus_engine.binary import tagged_digest
from consensus_engine.dag import Dag, DagNode
from consensus_engine.types import Digest, Round, TimestampMs

_ORDER_TAG = b"ord"


def linearize(dag: Dag, leader: DagNode, gc_round: Round) -> list[DagNode]:
    """Return the leader's uncommitted ancestors and itself, in execution order.

    The order is by round, then by a hash seeded with the leader: parents come before children, and within a
    round nobody can know its place beforehand.

    Args:
        dag: Holds every uncommitted ancestor above the horizon.
        leader: A committed leader vertex.
        gc_round: Horizon of the commit before this one; a vertex at or below it never enters the order.
    """
    lowest = max(gc_round, 0) + 1
    collected: list[DagNode] = []
    reached: dict[Round, int] = {leader.round: leader.bit}  # rounds still to be walked
    while reached:
        number = max(reached)
        bits, home = reached.pop(number), dag.find_round(number)
        for node in home.select(bits & ~home.committed) if home is not None else ():
            collected.append(node)
            for parent in node.parents:
                if parent.round >= lowest:
                    reached[parent.round] = reached.get(parent.round, 0) | parent.bit
    seed = tagged_digest(_ORDER_TAG, leader.ref.digest)
    return sorted(collected, key=lambda node: order_key(seed, node))


def order_key(seed: Digest, node: DagNode) -> tuple[Round, bytes]:
    """Return what a vertex is ordered by inside a commit; no two vertices share it."""
    return node.round, sha256(seed + node.ref.digest).digest()


def commit_time(leader: DagNode, previous_ms: TimestampMs) -> TimestampMs:
    """Return a commit's time: the lower median over the leader's strong parents, above the time before.

    With at most F faulty members the median lies between two honest clocks.
    """
    times = sorted(
        parent.vertex.timestamp_ms for parent in leader.parents if parent.round == leader.round - 1
    )
    return TimestampMs(max(previous_ms + 1, times[(len(times) - 1) // 2]))
