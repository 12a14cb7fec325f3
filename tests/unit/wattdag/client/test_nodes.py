"""Which node a sender prefers."""

from hypothesis import given
from hypothesis import strategies as st

from wattdag.client.nodes import NodeAddress, rank_nodes

addresses = st.lists(
    st.integers(1, 60_000).map(lambda port: NodeAddress(f"127.0.0.1:{port}")), min_size=1, unique=True
)


@given(nodes=addresses, sender=st.text(max_size=70), order=st.randoms(use_true_random=False))
def test_the_order_hangs_on_sender_and_nodes_alone(nodes, sender, order) -> None:
    """However the nodes are listed, a sender has one order of preference."""
    shuffled = list(nodes)
    order.shuffle(shuffled)
    assert rank_nodes(shuffled, sender) == rank_nodes(nodes, sender)


@given(nodes=addresses, sender=st.text(max_size=70), data=st.data())
def test_without_one_node_the_others_keep_their_order(nodes, sender, data) -> None:
    """When a node goes, only those who preferred it move, each to its next choice."""
    gone = data.draw(st.sampled_from(nodes))
    ranked = rank_nodes(nodes, sender)
    left = rank_nodes([node for node in nodes if node != gone], sender)
    assert left == [node for node in ranked if node != gone]


def test_senders_are_spread_over_the_nodes() -> None:
    """Of 1,000 senders each of four nodes is preferred by roughly a quarter."""
    nodes = [NodeAddress(f"node-{number}:1") for number in range(4)]
    first = [rank_nodes(nodes, f"sender {number}")[0] for number in range(1000)]
    assert all(200 < first.count(node) < 300 for node in nodes)
