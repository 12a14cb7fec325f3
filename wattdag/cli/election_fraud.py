"""How many seats stake buys under plain DPoS and under F-DPoS: a table and a plot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from consensus_engine.election.fraud import SEATS, Attack, FraudPoint, measure
from wattdag.cli.json_input import EXIT_BAD_INPUT, BadInputError
from wattdag.cli.line_charts import Line, Panel, draw_line_charts
from wattdag.cli.output import JsonOption, is_standard_output, write_file, write_json

SEEDS_MAX: Final = 1000
SEEDS_PATTERN: Final = re.compile(r"(\d{1,9}):(\d{1,9})", re.ASCII)


def election_fraud(
    seeds: Annotated[
        str, typer.Option(metavar="A:B", help="Average over the electorates of seeds A to B-1.")
    ] = "0:5",
    step: Annotated[int, typer.Option(min=5, max=500, help="Permille of stake between two points.")] = 50,
    stake_max: Annotated[
        int, typer.Option(min=0, max=1000, help="Largest share of stake, in permille.")
    ] = 600,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also draw the curves, as an SVG file.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Show the share of seats an attacker gets as its share of stake grows.

    The same seeded electorates are counted under plain DPoS and under F-DPoS, with bought votes,
    cartels and Sybil candidates.
    """
    try:
        chosen = parse_seeds(seeds)
    except BadInputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    stakes = range(0, stake_max + 1, step)
    work = [(attack, stake) for attack in Attack for stake in stakes]
    points: dict[Attack, list[FraudPoint]] = {attack: [] for attack in Attack}
    for attack, stake_permille in track(
        work, "counting elections", console=Console(stderr=True), transient=True
    ):
        points[attack].append(measure(attack, stake_permille, chosen))
    if plot is not None:
        write_file(draw_fraud(points), plot)
    if json is not None:
        write_json(fraud_document(points, seeds), json)
    if not is_standard_output(json):
        print_fraud(points)


def parse_seeds(text: str) -> range:
    """Return the seeds that ``A:B`` stands for, A to B-1.

    Raises:
        BadInputError: It is not two whole numbers with A under B, or it stands for over 1000 seeds.
    """
    match = SEEDS_PATTERN.fullmatch(text)
    seeds = range(int(match[1]), int(match[2])) if match else range(0)
    if not 0 < len(seeds) <= SEEDS_MAX:
        rule = f"write A:B for the seeds A to B-1, 1 to {SEEDS_MAX} of them, as in 0:5"
        raise BadInputError(f"--seeds is {text}: {rule}")
    return seeds


def fraud_document(points: Mapping[Attack, Sequence[FraudPoint]], seeds: str) -> dict[str, object]:
    """Return the curves as a JSON document, shares in permille."""
    return {
        "seats": SEATS,
        "seeds": seeds,
        "attacks": [
            {"attack": attack.value, "points": [asdict(point) for point in curve]}
            for attack, curve in points.items()
        ],
    }


def print_fraud(points: Mapping[Attack, Sequence[FraudPoint]]) -> None:
    """Print a table with a row per share of stake, and per attack the seats under both rules."""
    table = Table(title=f"Attacker's share of {SEATS} seats, plain DPoS → F-DPoS")
    table.add_column("stake", justify="right")
    for attack in points:
        table.add_column(attack.value, justify="right")
    for row in zip(*points.values(), strict=True):
        seats = (f"{percent(one.plain_permille)} → {percent(one.fdpos_permille)}" for one in row)
        table.add_row(percent(row[0].stake_permille), *seats)
    Console().print(table)


def percent(share_permille: int) -> str:
    """Return a share as a percentage with one decimal."""
    return f"{share_permille // 10}.{share_permille % 10} %"


def draw_fraud(points: Mapping[Attack, Sequence[FraudPoint]]) -> str:
    """Return the curves as an SVG document, one panel per attack."""
    panels = [
        Panel(
            title=attack.value,
            lines=(
                Line("plain DPoS", [(one.stake_permille, one.plain_permille) for one in curve]),
                Line("F-DPoS", [(one.stake_permille, one.fdpos_permille) for one in curve]),
            ),
        )
        for attack, curve in points.items()
    ]
    title = "Seats an attacker wins as its stake grows"
    return draw_line_charts(title, panels, x_label="share of stake", y_label="share of seats")
