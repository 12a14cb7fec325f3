"""The figures of a demonstration, as one JSON document and as a table."""

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Final

from rich.table import Table

from transaction_families.periods import DeliveryPeriod
from validator.ledger_view import LedgerView
from wattdag.demo.conservation import check_conservation
from wattdag.demo.results import Results
from wattdag.localnet.finality import Percentiles

Summary = dict[str, object]

_TABLE_TEXT_MAX: Final = 64

_UNITS: Final = {"_milliwh": "kWh", "_uyuan": "yuan", "_utoken": "tokens"}
"""Units in the document's keys, and a million of each for people."""


def summarise(
    scenario: str,
    ledger: LedgerView,
    results: Results,
    periods: tuple[DeliveryPeriod, ...],
    wall_seconds: float,
) -> Summary:
    """Return the summary document of ``docs/reference/demo.md``.

    Args:
        scenario: Its name.
        ledger: The ledger at the end.
        results: What was read from it.
        periods: All delivery periods.
        wall_seconds: How long the run took, for information only.
    """
    head = ledger.block
    transactions, refusals = _count(ledger)
    imported_milliwh = sum(period.imported_milliwh for period in results.periods)
    grid_sold_milliwh = sum(p.settlement.grid_sold_milliwh for p in results.periods if p.settlement)
    return {
        "scenario": scenario,
        "blocks": head.number + 1,
        "transactions": transactions,
        "refused_batches": dict(sorted(refusals.items())),
        "participants": len(results.participants),
        "periods": len(periods),
        "periods_settled": sum(1 for p in results.periods if p.settlement and p.settlement.final_s),
        "periods_traded": sum(1 for period in results.periods if period.trades),
        "trades": sum(len(period.trades) for period in results.periods),
        "energy_traded_milliwh": sum(period.traded_milliwh for period in results.periods),
        "energy_delivered_milliwh": sum(period.delivered_milliwh for period in results.periods),
        "energy_imbalance_milliwh": sum(period.imbalance_milliwh for period in results.periods),
        "paid_for_delivery_uyuan": sum(period.paid_uyuan for period in results.periods),
        "money_moved_uyuan": sum(period.moved_uyuan for period in results.periods),
        "tokens_minted_utoken": sum(week.minted_utoken for week in results.weeks),
        "mining_weeks": len(results.weeks),
        "halvings": sum(
            week.refreshed and week.threshold_reward_utoken < before.threshold_reward_utoken
            for before, week in pairwise(results.weeks)
        ),
        "grid_backstop_share": round(grid_sold_milliwh / imported_milliwh, 6) if imported_milliwh else 0.0,
        "state_root": head.state_root.hex(),
        "head_block_id": head.block_id,
        "conservation": asdict(check_conservation(ledger.state, periods)),
        "wall_seconds": round(wall_seconds, 3),
        "transactions_per_second": round(transactions / wall_seconds, 1),
    }


def _count(ledger: LedgerView) -> tuple[int, Counter[str]]:
    """Return how many transactions took effect, and how many batches were refused, by error."""
    transactions = 0
    refusals: Counter[str] = Counter()
    for number in range(ledger.block.number + 1):
        block = ledger.blocks.get_block(number)
        transactions += block.transactions
        if block.refused_batches:
            stored = ledger.blocks.read_batches(number)
            refusals.update(one.refusal.error for one in stored if one.refusal is not None)
    return transactions, refusals


@dataclass(frozen=True, slots=True)
class NetworkFigures:
    """How the network fared that carried a demonstration.

    Attributes:
        time_scale: Ledger seconds in a real one.
        epoch: That of the committee in office at the end, from 0.
        committee: Its members' names.
        heights: Up to which block each node holds the chain to be committed.
        state_roots: Each node's after the last block that all have, in hex.
        finality: From the call that submits a batch to the certified block; ``None`` if nothing was sent.
        late_batches: Batches of orders that were not sent, since their gate had closed.
        undecided_batches: Batches given up on without a verdict.
    """

    time_scale: int
    epoch: int
    committee: tuple[str, ...]
    heights: tuple[int, ...]
    state_roots: tuple[str, ...]
    finality: Percentiles | None
    late_batches: int
    undecided_batches: int

    def document(self) -> Summary:
        """Return what they add to the summary."""
        return {
            "validators": len(self.heights),
            "time_scale": self.time_scale,
            "epoch": self.epoch,
            "committee": list(self.committee),
            "heights": list(self.heights),
            "state_roots": list(self.state_roots),
            "finality_ms": asdict(self.finality) if self.finality else None,
            "late_batches": self.late_batches,
            "undecided_batches": self.undecided_batches,
        }


def is_conserved(summary: Summary) -> bool:
    """Tell whether all conservation checks came out."""
    conservation = summary["conservation"]
    assert isinstance(conservation, dict)
    return all(conservation.values())


def summary_table(summary: Summary) -> Table:
    """Return the summary for people."""
    table = Table(
        show_header=False, box=None, title=f"[bold]{summary['scenario']}[/bold]", title_justify="left"
    )
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in summary.items():
        if key != "scenario":
            table.add_row(figure_label(key), figure_text(key, value)[:_TABLE_TEXT_MAX])
    return table


def figure_label(key: str) -> str:
    """Return what the summary's figure ``key`` is called for people."""
    for unit in ("_milliwh", "_uyuan", "_utoken"):
        key = key.removesuffix(unit)
    return key.replace("_", " ")


def figure_text(key: str, value: object) -> str:
    """Return a figure of the summary in the units people use."""
    if isinstance(value, dict):
        shown = ", ".join(f"{name} {_yes_no(item)}" for name, item in value.items())
        return shown or "none"
    if isinstance(value, list):
        return _listed([str(item) for item in value])
    if isinstance(value, int) and key.endswith("_milliwh"):
        return f"{value / 1_000_000:,.3f} kWh"
    if isinstance(value, int) and key.endswith("_uyuan"):
        return f"{value / 1_000_000:,.2f} yuan"
    if isinstance(value, int) and key.endswith("_utoken"):
        return f"{value / 1_000_000:,.3f} tokens"
    if isinstance(value, float) and key.endswith("_share"):
        return f"{value:.1%}"
    if isinstance(value, int | float):
        return f"{value:,}"
    return str(value)


def _listed(items: list[str]) -> str:
    """Return items one after the other; the same one many times only once, with their number."""
    if len(items) > 1 and len(set(items)) == 1:
        return f"{len(items)} x {items[0]}"
    return ", ".join(items)


def _yes_no(item: object) -> str:
    return {True: "yes", False: "NO"}.get(item, str(item)) if isinstance(item, bool) else str(item)
