"""``wattdag bench``: how fast this machine carries transactions out, beside what its signatures allow."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.execution import TRADERS, Figures, measure_execution, pin_to_one_core
from bench.workloads.orders import ORDERS_PER_PERIOD_MAX, PERIODS
from wattdag.cli.output import JsonOption, is_standard_output, write_json

TARGETS: Final = {1: 0.4, 100: 0.25}
"""Share of the verification limit that is aimed at, by transactions per batch."""

TRANSACTIONS_MAX: Final = TRADERS * PERIODS * ORDERS_PER_PERIOD_MAX

app = typer.Typer(no_args_is_help=True, help="Measure this machine.")


@app.callback()
def bench() -> None:
    """Measure this machine."""


@app.command()
def execute(
    *,
    transactions: Annotated[
        int, typer.Option(min=1_000, max=TRANSACTIONS_MAX, help="Orders for each shape of batches.")
    ] = 20_000,
    batch_size: Annotated[
        list[int] | None,
        typer.Option(min=1, max=1_000, help="Transactions per batch; may be given several times."),
    ] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Show where processor time goes.")] = False,
    directory: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Where to put the database meanwhile.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Carry out signed limit orders on one core: admission, execution, state root, synchronous commit.

    Every signature is verified. The machine's bare verification rate is measured in between, so that both
    figures come from the same minutes; their ratio says what everything else costs.
    """
    core = pin_to_one_core()
    console = Console(stderr=is_standard_output(json))
    shapes = []
    for size in batch_size or TARGETS:
        with console.status(f"{transactions} orders in batches of {size} ..."):
            shapes.append(measure_execution(size, transactions, directory=directory, profile=profile))
    console.print(_table(shapes))
    if profile:
        for figures in shapes:
            console.print(_profile_table(figures))
    if json is not None:
        write_json(
            {
                "machine": {
                    "processor": platform.processor() or platform.machine(),
                    "cores": os.cpu_count(),
                    "pinned_to_core": core,
                    "python": platform.python_version(),
                },
                "shapes": [
                    {**asdict(figures), "target_ratio": TARGETS.get(figures.transactions_per_batch)}
                    for figures in shapes
                ],
            },
            json,
        )


def _table(shapes: list[Figures]) -> Table:
    table = Table(title="Execution on one core", box=SIMPLE_HEAD)
    table.add_column("")
    for figures in shapes:
        table.add_column(f"{figures.transactions_per_batch} tx/batch", justify="right")
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("transactions/s", lambda f: f"{f.transactions_per_second:,.0f}"),
        ("bare verifications/s", lambda f: f"{f.verifications_per_second:,.0f}"),
        ("signatures per transaction", lambda f: f"{f.signatures_per_transaction:.2f}"),
        ("limit by signatures, transactions/s", lambda f: f"{f.limit_per_second:,.0f}"),
        ("share of the limit", lambda f: f"{f.ratio:.3f}"),
        ("  median over blocks", lambda f: f"{f.ratio_median:.3f}"),
        ("  by processor time", lambda f: f"{f.ratio_cpu:.3f}"),
        ("  aimed at", lambda f: f"{TARGETS.get(f.transactions_per_batch, '-')}"),
        ("CPU per transaction, us", lambda f: f"{1e6 * f.cpu_s / f.transactions:.0f}"),
        ("making an order beforehand, CPU us", lambda f: f"{f.generator_cpu_us_per_transaction:.0f}"),
        ("blocks", lambda f: f"{f.blocks}"),
    ]
    for name, show in rows:
        table.add_row(name, *(show(figures) for figures in shapes))
    return table


def _profile_table(figures: Figures) -> Table:
    table = Table(
        title=f"CPU us per transaction, {figures.transactions_per_batch} tx/batch, sampled", box=SIMPLE_HEAD
    )
    table.add_column("stage")
    table.add_column("us", justify="right")
    for stage in figures.stages:
        table.add_row(stage.name, f"{stage.cpu_us_per_transaction:.1f}")
    return table
