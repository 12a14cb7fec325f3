"""``wattdag demo``: the main job, from the founding of a ledger to the last payment."""

import shlex
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from transaction_families.token_mining.state import RewardCurve
from transaction_families.trade_records.state import (
    PublicChainBlock,
    TransactionChainBlock,
    public_chain_address,
    transaction_chain_address,
)
from validator.errors import ValidatorError
from validator.public_proof import encode_public_proof, make_public_proof
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.localnet import VALIDATORS_MAX, VALIDATORS_MIN
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_json
from wattdag.cli.tracing import FIRST, Agents, render_trace, trace_trade
from wattdag.client.errors import ClientError
from wattdag.demo.errors import DemoInputError, ReportUnavailableError
from wattdag.demo.network_play import play_on_network
from wattdag.demo.profiles import DEFAULT_PROFILES, read_profiles
from wattdag.demo.report import SIMBENCH_NOTICE, Origin, render_report
from wattdag.demo.scenarios import Outcome, Progress, Scenario, microgrid_scenario, paper_scenario, play
from wattdag.demo.session import NotAcceptedError
from wattdag.demo.summary import is_conserved, summary_table
from wattdag.demo.tables import render, table_1, table_2
from wattdag.demo.workspace import Workspace, prepare_workspace
from wattdag.localnet.directory import LOG_DIRECTORY
from wattdag.localnet.errors import LocalnetError
from wattdag.network.plan import NetworkError
from wattdag.network.rules import make_rules

EXIT_NOT_CONSERVED: Final = 1
WEEKS_MAX: Final = 52
DEFAULT_OUT: Final = Path("out") / "demo"


class ScenarioName(StrEnum):
    """What can be played."""

    PAPER = "paper"
    MICROGRID = "microgrid"


class CurveName(StrEnum):
    """Which reward curve mining follows."""

    PAPER = "paper"
    CONTINUOUS = "continuous"


def demo(
    scenario: Annotated[
        ScenarioName,
        typer.Option(help="paper: case 3.1's first trade. microgrid: a week on real profiles."),
    ] = ScenarioName.MICROGRID,
    profiles: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Profiles for the microgrid, CSV as in docs/reference/demo.md."),
    ] = DEFAULT_PROFILES,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to write; an earlier demo there is replaced.  [default: out/demo, out/demo/paper]",
            show_default=False,
        ),
    ] = None,
    weeks: Annotated[
        int,
        typer.Option(min=1, max=WEEKS_MAX, help="How often the profiles are played, one after the other."),
    ] = 1,
    periods: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Stop after N delivery periods.", show_default=False),
    ] = None,
    curve: Annotated[CurveName, typer.Option(help="Reward curve of token mining.")] = CurveName.PAPER,
    refresh_difficulty: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="MWH_MILLI",
            help="Difficulty, in milliwatt-hours, at which the reward halves; see docs/reference/demo.md.",
            show_default=False,
        ),
    ] = None,
    network: Annotated[
        int | None,
        typer.Option(
            min=VALIDATORS_MIN,
            max=VALIDATORS_MAX,
            metavar="N",
            help="Play on N super nodes in real processes; a week passes in about two minutes.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[bool, typer.Option(help="Write report.html.")] = True,
    json: JsonOption = None,
) -> None:
    """Play a scenario on one node with a virtual clock: the same ledger on every run and machine.

    Writes summary.json, report.html and a public proof, and leaves the ledger under node/ and the
    participants' private chains under agents/, to be looked at with `wattdag state`, `block` and `trade`.

    With --network the same participants trade on a network of processes that keep real time, scaled for the
    ledger; its directory is network/. All nodes end with the same state, another one on every run.

    Exits with 1 if anything appeared or vanished, or if the network failed.
    """
    console = Console(stderr=is_standard_output(json))
    folder = out or (DEFAULT_OUT / "paper" if scenario is ScenarioName.PAPER else DEFAULT_OUT)
    try:
        options = _Options(scenario, profiles, weeks, periods, curve, refresh_difficulty, network)
        played = _make_scenario(options)
        workspace = prepare_workspace(folder)
        with _progress(console, played) as progress, _play(options, workspace, progress, console) as outcome:
            shown = _write(outcome, workspace, _origin(options), with_report=report)
            _print(outcome, console)
    except (LocalnetError, ClientError, ConnectionError, NotAcceptedError) as error:
        typer.echo(f"{error}\nthe nodes' logs are in {folder / 'network' / LOG_DIRECTORY}", err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except (DemoInputError, NetworkError, ValidatorError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    for line in shown:
        console.print(line, soft_wrap=True, highlight=False)
    if json is not None:
        write_json(outcome.summary, json)
    if not is_conserved(outcome.summary):
        typer.echo("something appeared or vanished: see conservation in the summary", err=True)
        raise typer.Exit(EXIT_NOT_CONSERVED)


@dataclass(frozen=True, slots=True)
class _Options:
    """What is played, and on what."""

    scenario: ScenarioName
    profiles: Path
    weeks: int
    periods: int | None
    curve: CurveName
    refresh_difficulty_milliwh: int | None
    network: int | None


def _make_scenario(options: _Options) -> Scenario:
    if options.scenario is ScenarioName.PAPER:
        return paper_scenario()
    profiles = read_profiles(options.profiles).repeated(options.weeks)
    rules = make_rules(
        period_minutes=profiles.periods[0].minutes,
        curve=RewardCurve.PAPER if options.curve is CurveName.PAPER else RewardCurve.CONTINUOUS,
        refresh_difficulty_milliwh=options.refresh_difficulty_milliwh or 0,
    )
    periods = options.periods or len(profiles.periods)
    if options.network is None:
        return microgrid_scenario(profiles.first(periods), rules)
    longer = profiles.with_day_before()
    known_before = len(longer.periods) - len(profiles.periods)
    return microgrid_scenario(longer.first(known_before + periods), rules, known_before=known_before)


def _play(
    options: _Options, workspace: Workspace, progress: Progress, console: Console
) -> AbstractContextManager[Outcome]:
    if options.network is None:
        return play(_make_scenario(options), workspace.node_dir, workspace.agents_dir, progress)
    return play_on_network(
        lambda: _make_scenario(options),
        options.network,
        workspace.network_dir,
        workspace.agents_dir,
        progress,
        lambda line: console.print(line, soft_wrap=True, highlight=False),
    )


def _origin(options: _Options) -> Origin:
    """Return where a run's figures come from, with the command that plays the same again."""
    command = ["wattdag", "demo", f"--scenario={options.scenario}"]
    if options.network is not None:
        command.append(f"--network={options.network}")
    if options.scenario is ScenarioName.PAPER:
        return Origin("the paper's case 3.1", "", shlex.join(command))
    if options.profiles != DEFAULT_PROFILES:
        command.append(f"--profiles={options.profiles.name}")
    if options.weeks > 1:
        command.append(f"--weeks={options.weeks}")
    if options.periods:
        command.append(f"--periods={options.periods}")
    if options.curve is not CurveName.PAPER:
        command.append(f"--curve={options.curve}")
    if options.refresh_difficulty_milliwh:
        command.append(f"--refresh-difficulty={options.refresh_difficulty_milliwh}")
    packaged = options.profiles.parent == DEFAULT_PROFILES.parent
    return Origin(options.profiles.name, SIMBENCH_NOTICE if packaged else "", shlex.join(command))


@contextmanager
def _progress(console: Console, scenario: Scenario) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with ProgressBar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"{scenario.name}: {len(scenario.periods)} delivery periods")
        yield lambda passed, boundaries: bar.update(task, completed=passed, total=boundaries)


def _write(outcome: Outcome, workspace: Workspace, origin: Origin, *, with_report: bool) -> list[str]:
    """Write what a run leaves behind; return what to say about it."""
    shown = [f"summary       {workspace.write_json('summary.json', outcome.summary)}"]
    if with_report:
        try:
            page = render_report(outcome.summary, outcome.results, origin)
            shown.append(f"report        {workspace.write_text('report.html', page)}")
        except ReportUnavailableError as error:
            shown.append(str(error))
    if proof := _public_proof(outcome):
        path = workspace.write_text("public-proof.json", proof.decode("ascii"))
        shown.append(f"public proof  {path}  (wattdag public verify)")
    return shown


def _public_proof(outcome: Outcome) -> bytes | None:
    """Return the proof of the first public-chain block against the ledger's head, if there is one."""
    ledger = outcome.ledger
    if ledger.state.get(public_chain_address(1)) is None:
        return None
    return encode_public_proof(make_public_proof(1, ledger.state, ledger.block, outcome.checkpoints))


def _print(outcome: Outcome, console: Console) -> None:
    ledger = outcome.ledger
    if outcome.scenario.name == ScenarioName.PAPER:
        transaction_block = ledger.find(TransactionChainBlock, transaction_chain_address(1))
        public_block = ledger.find(PublicChainBlock, public_chain_address(1))
        assert transaction_block is not None
        assert public_block is not None  # the case trades
        console.print(
            render("Table 1: transaction-chain block of the first trade", table_1(transaction_block))
        )
        console.print(render("Table 2: public-chain block of the first trade", table_2(public_block)))
        names = ", ".join(player.id for player in outcome.scenario.cast.everybody)
        console.print(f"Who takes part: {names}\n", highlight=False)
        console.print(render_trace(trace_trade(ledger, Agents(outcome.logs.store_of), FIRST)))
    console.print(summary_table(outcome.summary))
