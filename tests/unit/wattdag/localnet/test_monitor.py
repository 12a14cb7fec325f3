"""How a network is shown."""

from rich.console import Console

from protos.services import node_pb2
from wattdag.localnet.finality import Percentiles
from wattdag.localnet.monitor import NodeRow, Snapshot, describe, render


def row(name: str, **said: object) -> NodeRow:
    state = node_pb2.Node(
        head_number=12, certified_number=11, state_root=bytes.fromhex("abcdef" * 10 + "0102"), epoch=3, **said
    )
    return NodeRow(name, state, 0.5, 100 * 2**20)


AWAY = NodeRow("node-4", None, 0.0, 0)


def shown(snapshot: Snapshot) -> str:
    console = Console(width=160)
    with console.capture() as capture:
        console.print(render(snapshot))
    return capture.get()


def test_the_table_has_a_line_for_each_node() -> None:
    """Heights, root, epoch, peers; what is not known is a dash."""
    text = shown(Snapshot((row("node-1", connected_peers=3, is_super_node=True), row("node-2"), AWAY)))
    first, second, away = (
        next(line for line in text.splitlines() if name in line) for name in ("node-1", "node-2", "node-4")
    )
    assert first.split()[1:5] == ["12", "11", "abcdefabcdef", "3"]
    assert "super node" in first
    assert "50%" in first
    assert "observer" in second
    assert "no answer" in away


def test_a_halted_node_stands_out() -> None:
    """With the reason in the table, by name in the line."""
    snapshot = Snapshot((row("node-1"), row("node-2", halted_reason="roots differ at block 7")))
    assert "HALTED: roots differ at block 7" in shown(snapshot)
    assert "HALTED: node-2" in describe(snapshot)


def test_the_line_tells_heights_throughput_and_finality() -> None:
    """For logs and pipes: one line for the whole network."""
    snapshot = Snapshot((row("node-1", pending_batches=5), AWAY), 1234.0, Percentiles(250.0, 900.0))
    line = describe(snapshot)
    assert line.startswith("1/2 up · committed block 11 · epoch 3 · pending 5")
    assert "1,234 tx/s · finality p50 250 ms, p99 900 ms" in line
    assert describe(Snapshot((AWAY,))) == "no node answers"
