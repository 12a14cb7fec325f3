"""How a network stands, second by second: a table on a terminal, a line elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

from protos.services import node_pb2
from wattdag.localnet.finality import Percentiles, find_percentiles
from wattdag.localnet.load import NodeLoad
from wattdag.localnet.network import LocalNetwork
from wattdag.localnet.usage import Usage

TABLE_EVERY_S: Final = 1.0
LINE_EVERY_S: Final = 5.0
_RECENT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node at one moment.

    Attributes:
        name: Its name.
        state: What it said; ``None`` if it did not answer.
        cpu_share: Of one core, since the moment before.
        resident_bytes: Memory.
    """

    name: str
    state: node_pb2.Node | None
    cpu_share: float
    resident_bytes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A network at one moment.

    Attributes:
        rows: Its nodes.
        transactions_per_s: Committed lately, of the load; ``None`` without one.
        finality: Of what was committed lately; ``None`` if nothing was.
    """

    rows: tuple[NodeRow, ...]
    transactions_per_s: float | None = None
    finality: Percentiles | None = None


class Monitor:
    """Looks at a network again and again.

    Args:
        network: The network.
        batch_size: Transactions in each batch of a load.
        get_loads: Returns the load that runs now, one for each node; empty without one.
    """

    def __init__(
        self, network: LocalNetwork, batch_size: int, get_loads: Callable[[], Sequence[NodeLoad]]
    ) -> None:
        self._network = network
        self._batch_size = batch_size
        self._get_loads = get_loads
        self._last_s = time.perf_counter()
        self._last_usage: list[Usage] = network.usage()

    async def look(self) -> Snapshot:
        """Return how the network stands."""
        states = await self._network.look()
        now_s, usage = time.perf_counter(), self._network.usage()
        passed_s = max(now_s - self._last_s, 1e-3)
        shares = [
            max(0.0, new.cpu_s - old.cpu_s) / passed_s
            for new, old in zip(usage, self._last_usage, strict=False)
        ]
        self._last_s, self._last_usage = now_s, usage
        rows = tuple(
            NodeRow(node.plan.name, state, share, used.resident_bytes)
            for node, state, share, used in zip(self._network.nodes, states, shares, usage, strict=False)
        )
        loads = self._get_loads()
        if not loads:
            return Snapshot(rows)
        recent_s = [t for load in loads for t in load.finality.times_s(now_s - _RECENT_S, now_s)]
        return Snapshot(rows, len(recent_s) * self._batch_size / _RECENT_S, find_percentiles(recent_s))

    async def show(self, console: Console) -> None:
        """Show the network until cancelled: as a live table on a terminal, else as a line now and then."""
        if not console.is_terminal:
            while True:
                await asyncio.sleep(LINE_EVERY_S)
                console.print(describe(await self.look()), soft_wrap=True, highlight=False)
        with Live(console=console, auto_refresh=False, transient=False) as live:
            while True:
                live.update(render(await self.look()), refresh=True)
                await asyncio.sleep(TABLE_EVERY_S)


def render(snapshot: Snapshot) -> Table:
    """Return a snapshot as a table."""
    table = Table(box=SIMPLE_HEAD, caption=_load_text(snapshot))
    table.add_column("node")
    for heading in ("height", "committed", "root", "epoch", "round", "pending", "peers", "CPU", "MiB"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in snapshot.rows:
        used = (f"{100 * row.cpu_share:.0f}%", f"{row.resident_bytes / 2**20:.0f}")
        if (node := row.state) is None:
            table.add_row(row.name, *("-",) * 7, *used, "no answer")
            continue
        table.add_row(
            row.name,
            *map(str, (node.head_number, node.certified_number)),
            node.state_root.hex()[:12],
            *map(str, (node.epoch, node.round, node.pending_batches, node.connected_peers)),
            *used,
            _standing(node),
        )
    return table


def describe(snapshot: Snapshot) -> str:
    """Return a snapshot as one line."""
    up = [row.state for row in snapshot.rows if row.state is not None]
    if not up:
        return "no node answers"
    heights = sorted(node.certified_number for node in up)
    span = f"{heights[0]}" if heights[0] == heights[-1] else f"{heights[0]}-{heights[-1]}"
    halted = [row.name for row in snapshot.rows if row.state and row.state.halted_reason]
    parts = [
        f"{len(up)}/{len(snapshot.rows)} up",
        f"committed block {span}",
        f"epoch {max(node.epoch for node in up)}",
        f"pending {sum(node.pending_batches for node in up)}",
        _load_text(snapshot),
        f"HALTED: {', '.join(halted)}" if halted else "",
    ]
    return " · ".join(filter(None, parts))


def _load_text(snapshot: Snapshot) -> str:
    if snapshot.transactions_per_s is None:
        return ""
    text = f"{snapshot.transactions_per_s:,.0f} tx/s"
    if (finality := snapshot.finality) is not None:
        text += f" · finality p50 {finality.p50:,.0f} ms, p99 {finality.p99:,.0f} ms"
    return text


def _standing(node: node_pb2.Node) -> str:
    if node.halted_reason:
        return f"HALTED: {node.halted_reason}"
    if node.is_syncing:
        return "syncing"
    return "super node" if node.is_super_node else "observer"
