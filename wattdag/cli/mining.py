"""``wattdag mining``: work out token rewards before anybody has traded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from pydantic import Field
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from transaction_families.errors import ParameterDomainError
from transaction_families.token_mining.parameters import ROLL_STEPS_MAX, check_mining_parameters
from transaction_families.token_mining.simulation import SimulatedWeek, simulate_weeks
from transaction_families.token_mining.state import MiningParameters, RewardCurve
from transaction_families.units import INT64_MAX
from wattdag.cli.json_input import (
    EXIT_BAD_INPUT,
    BadInputError,
    Document,
    WholeNumber,
    read_document,
)
from wattdag.cli.output import JsonOption, is_standard_output, write_json

CURVES: Final = {"paper": RewardCurve.PAPER, "continuous": RewardCurve.CONTINUOUS}

REWARD_WEEKS_SHOWN_MAX: Final = 6

Volume = Annotated[WholeNumber, Field(ge=0, le=INT64_MAX)]

app = typer.Typer(no_args_is_help=True, help="Work out token mining.")


class ParametersDocument(Document):
    """``parameters``: volumes in mWh, tokens in base units."""

    initial_difficulty: WholeNumber
    difficulty_min: WholeNumber
    threshold_reward: WholeNumber
    threshold_min: WholeNumber = 1
    refresh_difficulty: Annotated[WholeNumber, Field(ge=1)] | None = None
    curve: Literal["paper", "continuous"] = "paper"


class WeekDocument(Document):
    """One of ``weeks``: what each participant traded."""

    volumes: dict[str, Volume]


class WeeksDocument(Document):
    """The whole file."""

    parameters: ParametersDocument
    weeks: list[WeekDocument]


@app.callback()
def mining() -> None:
    """Work out token mining."""


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="Parameters and weekly volumes, as JSON.")],
    json: JsonOption = None,
) -> None:
    """Work out difficulty, threshold reward and rewards of the weeks in FILE, by the ledger's own rules."""
    try:
        results = simulate_weeks(*read_weeks(file))
    except BadInputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    if json is not None:
        write_json(weeks_document(results), json)
    if not is_standard_output(json):
        print_weeks(results)


def read_weeks(path: Path) -> tuple[MiningParameters, list[dict[str, int]]]:
    """Return the parameters and the volumes by week that the JSON file ``path`` gives.

    Raises:
        BadInputError: The file is not such a document, or a figure is outside its domain.
    """
    document = read_document(path, WeeksDocument)
    given = document.parameters
    parameters = MiningParameters(
        initial_difficulty_milliwh=given.initial_difficulty,
        difficulty_milliwh_min=given.difficulty_min,
        threshold_reward_utoken=given.threshold_reward,
        threshold_utoken_min=given.threshold_min,
        refresh_difficulty_milliwh=given.refresh_difficulty or 0,
        curve=CURVES[given.curve],
        roll_steps_max=ROLL_STEPS_MAX,
    )
    try:
        check_mining_parameters(parameters)
    except ParameterDomainError as error:
        field = error.field.replace("_milliwh", "").replace("_utoken", "")
        raise BadInputError(f"{path}: parameters.{field} is {error.value}: {error.rule}") from error
    return parameters, [week.volumes for week in document.weeks]


def weeks_document(results: Sequence[SimulatedWeek]) -> dict[str, object]:
    """Return the outcome as the JSON document of ``docs/reference/mining.md``."""
    return {
        "weeks": [
            {
                "difficulty": one.week.difficulty_milliwh,
                "average_previous": one.week.average_previous_milliwh,
                "threshold_reward": one.week.threshold_reward_utoken,
                "case": one.week.reward_case.value,
                "refreshed": one.week.refreshed,
                "rewards": dict(one.rewards_utoken),
                "minted": one.week.minted_utoken,
                "participants": one.week.participants,
                "volume": one.week.volume_milliwh,
            }
            for one in results
        ]
    }


def print_weeks(results: Sequence[SimulatedWeek]) -> None:
    """Print a table of the weeks' terms, and one of what each participant earned."""
    console = Console()
    weeks = Table(
        box=SIMPLE_HEAD,
        title="Weeks",
        caption="Difficulty D and last week's average A in mWh, threshold reward P and minted in base units",
    )
    for name in ("week", "traders", "D", "A", "P", "case", "minted"):
        weeks.add_column(name, justify="right", overflow="fold")
    weeks.add_column("refreshed")
    for one in results:
        week = one.week
        figures = (
            week.week,
            week.participants,
            week.difficulty_milliwh,
            week.average_previous_milliwh,
            week.threshold_reward_utoken,
            week.reward_case.value,
            week.minted_utoken,
        )
        weeks.add_row(*map(str, figures), "yes" if week.refreshed else "")
    console.print(weeks)
    if any(one.rewards_utoken for one in results):
        console.print(rewards_table(results))


def rewards_table(results: Sequence[SimulatedWeek]) -> Table:
    """Return what each participant earned in the last few weeks, and in all of them."""
    shown = results[-REWARD_WEEKS_SHOWN_MAX:]
    table = Table(box=SIMPLE_HEAD, title="Rewards in base units")
    table.add_column("participant", overflow="fold")
    for one in shown:
        table.add_column(f"week {one.week.week}", justify="right")
    table.add_column("all weeks", justify="right")
    for name in sorted({name for one in results for name in one.rewards_utoken}):
        total = sum(one.rewards_utoken.get(name, 0) for one in results)
        table.add_row(escape(name), *(str(one.rewards_utoken.get(name, "")) for one in shown), str(total))
    return table
