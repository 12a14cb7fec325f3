"""The paper's Tables 1 and 2, printed from what the ledger holds."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table

from transaction_families.accounts.state import ParticipantKind
from transaction_families.trade_records.blocks import show_hash
from transaction_families.trade_records.state import (
    KindPower,
    PublicChainBlock,
    TransactionChainBlock,
)
from transaction_families.units import show_millionths

_KINDS: Final = (
    (ParticipantKind.GAS_TURBINE, "gt"),
    (ParticipantKind.WIND, "w"),
    (ParticipantKind.PHOTOVOLTAIC, "pv"),
    (ParticipantKind.COMBINED_COOLING_HEATING_POWER, "ch"),
)

Row = tuple[str, str]


def table_1(block: TransactionChainBlock) -> list[Row]:
    """Return the rows of Table 1: the transaction chain's block."""
    return [
        ("block number", str(block.number)),
        ("load demand / kW", show_millionths(block.load_milliw)),
        (_names("P"), _powers(block.output)),
        (_names("P'"), _powers(block.spare)),
        ("sale price / yuan per kWh", show_millionths(block.price_uyuan_per_kwh)),
        *_hashes(block.hash, block.previous_hash),
    ]


def table_2(block: PublicChainBlock) -> list[Row]:
    """Return the rows of Table 2: the public chain's block, with no load, output or identity."""
    return [
        ("block number", str(block.number)),
        (_names("P'"), _powers(block.spare)),
        ("sale price / yuan per kWh", show_millionths(block.price_uyuan_per_kwh)),
        *_hashes(block.hash, block.previous_hash),
    ]


def render(title: str, rows: Sequence[Row]) -> Table:
    """Return a table for a terminal."""
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _names(letter: str) -> str:
    return ", ".join(f"{letter}_{symbol}" for _, symbol in _KINDS) + " / kW"


def _powers(powers: Sequence[KindPower]) -> str:
    """Return the four kinds' powers; ``-`` for what is withheld because too few producers stand behind it."""
    by_kind = {power.kind: power.power_milliw for power in powers}
    return ", ".join(show_millionths(by_kind[kind]) if kind in by_kind else "-" for kind, _ in _KINDS)


def _hashes(own: bytes, previous: bytes) -> list[Row]:
    rows = [("block hash", show_hash(own))]
    return [*rows, ("previous hash", show_hash(previous))] if previous else rows
