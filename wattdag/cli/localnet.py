"""``wattdag localnet``: a network of real node processes on this machine, and what it carries."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from signing.errors import SigningError
from validator.settings import EngineMode
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_json
from wattdag.client.errors import ClientError, NetworkFileError
from wattdag.localnet.directory import DESCRIPTOR_FILE, NetworkDirectory, find_base_port
from wattdag.localnet.drill.session import HOLDERS, DrillPlan, DrillReport, run_drill
from wattdag.localnet.errors import LocalnetError
from wattdag.localnet.figures import LoadFigures, Outcome, measure_verification_limit, outcome_document
from wattdag.localnet.measuring import LoadPlan
from wattdag.localnet.session import LoadWanted, Session, run_session
from wattdag.network.initialise import init_network
from wattdag.network.plan import PORTS_PER_NODE, NetworkError, NetworkPlan

VALIDATORS_MIN: Final = 4
DRILL_VALIDATORS_MIN: Final = 5  # fewer than the seats that an election fills, and the committee stays
VALIDATORS_MAX: Final = 51
BATCH_SIZE_MAX: Final = 1_000
EPOCH_S: Final = 86_400
MOST: Final = "max"

app = typer.Typer(no_args_is_help=True, help="Run a whole network on this machine.")


@app.callback()
def localnet() -> None:
    """Run a whole network on this machine."""


@app.command()
def run(
    *,
    validators: Annotated[
        int, typer.Option(min=VALIDATORS_MIN, max=VALIDATORS_MAX, help="How many nodes found the network.")
    ] = VALIDATORS_MIN,
    load: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="SECONDS",
            help="Put the reference workload on the network, measure for so long, and stop.",
            show_default=False,
        ),
    ] = None,
    rate: Annotated[
        str,
        typer.Option(metavar="TPS|max", help="Transactions a second in all, or as many as are committed."),
    ] = MOST,
    batch_size: Annotated[
        int, typer.Option(min=1, max=BATCH_SIZE_MAX, metavar="K", help="Transactions in each batch.")
    ] = 100,
    undecided: Annotated[
        int,
        typer.Option(min=1, metavar="TX", help="With --rate max: transactions kept undecided in all."),
    ] = 8_000,
    half_load: Annotated[
        bool, typer.Option("--half-load", help="Measure again under half of what was committed.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to keep the network; one that is there is run again. A temporary place by default.",
            show_default=False,
        ),
    ] = None,
    epoch_s: Annotated[
        int, typer.Option("--epoch-s", min=1, metavar="S", help="Length of an epoch, in seconds.")
    ] = EPOCH_S,
    base_port: Annotated[
        int | None,
        typer.Option(
            min=1024,
            metavar="PORT",
            help="First of ten ports for each node. By default the first that are free, from 7400 on.",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[
        EngineMode, typer.Option(help="Engines in their nodes' processes, or in processes of their own.")
    ] = EngineMode.IN_PROCESS,
    json: JsonOption = None,
) -> None:
    """Make a network, run each node as a process of its own, and show how it goes until Ctrl-C.

    With --load it carries signed limit orders, every node verifying every signature, and ends with what it
    committed beside what this machine's signatures allow.

    Exits with 1 if a node failed or the nodes do not agree, with 2 if the network cannot be made.
    """
    console = Console(stderr=is_standard_output(json))
    rate_per_s = _read_rate(rate)
    if load is None and json is not None:
        raise typer.BadParameter("there are figures only of a load; add --load SECONDS", param_hint="--json")
    plan = load and LoadPlan(load, batch_size, rate_per_s, undecided, half_load)
    try:
        with _directory(out) as path:
            network = _open(path, validators, epoch_s, base_port, engine)
            outcome = _run(network, plan or None, console)
    except (LocalnetError, ConnectionError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except (NetworkError, NetworkFileError, SigningError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    if outcome is not None:
        console.print(_table(outcome))
        if json is not None:
            write_json(outcome_document(outcome), json)


@app.command()
def drill(
    *,
    validators: Annotated[
        int,
        typer.Option(min=DRILL_VALIDATORS_MIN, max=VALIDATORS_MAX, help="How many nodes found the network."),
    ] = 7,
    epoch_s: Annotated[
        int,
        typer.Option("--epoch-s", min=8, metavar="S", help="Seconds of an epoch and of a round."),
    ] = 15,
    rate: Annotated[
        float, typer.Option(min=1, metavar="TPS", help="Transactions a second, all the time.")
    ] = 50,
    batch_size: Annotated[
        int, typer.Option(min=1, max=BATCH_SIZE_MAX, metavar="K", help="Transactions in each batch.")
    ] = 10,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to make and keep the network; a temporary place by default.",
            show_default=False,
        ),
    ] = None,
    base_port: Annotated[
        int | None,
        typer.Option(
            min=1024,
            metavar="PORT",
            help="First of ten ports for each node. By default the first that are free, from 7400 on.",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[
        EngineMode, typer.Option(help="Engines in their nodes' processes, or in processes of their own.")
    ] = EngineMode.IN_PROCESS,
    json: JsonOption = None,
) -> None:
    """Change a network's committee under load, in real processes, and check all of it against the chain.

    One super node loses its disk and rejoins; a node that the genesis does not know joins as an observer,
    stands, proves computing power, is elected and takes a seat; a super node is voted out and follows as an
    observer. Each step is printed with its block, epoch and committee.

    Exits with 1 if a step does not happen in time, a batch is lost or carried out twice, states differ, a
    node equivocates, or a committee is not the one elected; the directory is kept then.
    """
    console = Console(stderr=is_standard_output(json))
    plan = DrillPlan(epoch_s, rate, batch_size)
    try:
        with _directory(out) as path:
            network = _make(path, validators, epoch_s, base_port, engine, traders=HOLDERS, spare_nodes=1)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                report = runner.run(
                    run_drill(network, plan, partial(console.print, soft_wrap=True, highlight=False))
                )
            if json is not None:
                write_json(report.document(), json)
            console.print(_verdict_table(report))
            if not report.verdict.is_good:
                raise typer.Exit(EXIT_FAILED)
    except (NetworkError, NetworkFileError, SigningError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except (LocalnetError, ConnectionError, ClientError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error


def _read_rate(text: str) -> float | None:
    if text == MOST:
        return None
    try:
        rate_per_s = float(text)
    except ValueError:
        rate_per_s = 0.0
    if not 0 < rate_per_s < float("inf"):
        raise typer.BadParameter(f"{text!r} is no number above 0, nor {MOST}", param_hint="--rate")
    return rate_per_s


@contextmanager
def _directory(out: Path | None) -> Iterator[Path]:
    """Give the network's directory; a temporary one is removed, unless something went wrong."""
    if out is not None:
        yield out
        return
    path = Path(tempfile.mkdtemp(prefix="wattdag-localnet-"))
    try:
        yield path
    except BaseException:
        typer.echo(f"the network's directory is kept: {path}", err=True)
        raise
    shutil.rmtree(path)


def _open(
    path: Path, validators: int, epoch_s: int, base_port: int | None, engine: EngineMode
) -> NetworkDirectory:
    """Return the network in a directory, made if it is not there."""
    if (path / DESCRIPTOR_FILE).exists():
        return NetworkDirectory.read(path)
    return _make(path, validators, epoch_s, base_port, engine)


def _make(
    path: Path,
    validators: int,
    epoch_s: int,
    base_port: int | None,
    engine: EngineMode,
    *,
    traders: int = 0,
    spare_nodes: int = 0,
) -> NetworkDirectory:
    """Return a new network, with ports left for so many nodes that join it later."""
    plan = NetworkPlan(
        chain_id="localnet",
        validators=validators,
        start=datetime.now(UTC),
        base_port=base_port or find_base_port((validators + spare_nodes) * PORTS_PER_NODE),
        epoch_s=epoch_s,
        engine_mode=engine,
        reflection=True,
        traders=traders,
    )
    init_network(plan, path)
    return NetworkDirectory.read(path)


def _run(network: NetworkDirectory, plan: LoadPlan | None, console: Console) -> Outcome | None:
    """Run a network; return what a load showed, ``None`` without one.

    Raises:
        typer.Exit: The load was interrupted, or a process did not end cleanly.
    """
    wanted = None
    if plan is not None:
        console.print("measuring how many signatures this machine verifies")
        wanted = LoadWanted(plan, measure_verification_limit())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        session: Session = runner.run(run_session(network, wanted, console))
    is_clean = all(ending.is_clean for ending in session.endings)
    if not is_clean or (wanted is not None and session.outcome is None):
        raise typer.Exit(EXIT_FAILED)
    if wanted is None or session.outcome is None:
        return None
    rates = (wanted.verify_per_second, measure_verification_limit())
    return replace(session.outcome, verify_per_second=rates)


def _table(outcome: Outcome) -> Table:
    shown = [("full", outcome.full), *([("half", outcome.half)] if outcome.half else [])]
    table = Table(
        title=f"{len(outcome.heights)} nodes, batches of {outcome.batch_size}",
        caption=f"block {min(outcome.heights)}: all roots {outcome.state_roots[0][:16]}...",
        box=SIMPLE_HEAD,
    )
    table.add_column("")
    for name, _ in shown:
        table.add_column(f"{name} load", justify="right")
    rows: list[tuple[str, Callable[[LoadFigures], str]]] = [
        ("committed transactions", lambda f: f"{f.committed_transactions:,}"),
        ("committed transactions/s", lambda f: f"{f.committed_per_second:,.0f}"),
        ("  the signature limit of so many nodes here", lambda _: f"{outcome.limit_per_second:,.0f}"),
        ("  share of it", lambda f: f"{f.committed_per_second / outcome.limit_per_second:.3f}"),
        ("finality p50, ms", lambda f: f"{f.finality.p50:,.0f}" if f.finality else "-"),
        ("finality p99, ms", lambda f: f"{f.finality.p99:,.0f}" if f.finality else "-"),
        ("CPU of all nodes, us/transaction", lambda f: _number(f.cpu_us_per_transaction)),
        ("CPU of the generator meanwhile, s", lambda f: f"{f.generator_cpu_s:.1f}"),
    ]
    for name, show in rows:
        table.add_row(name, *(show(figures) for _, figures in shown))
    return table


def _verdict_table(report: DrillReport) -> Table:
    verdict = report.verdict
    table = Table(
        title=f"{len(report.heights)} nodes at block {min(report.heights.values())}",
        caption="all of it as it should be" if verdict.is_good else "NOT as it should be",
        box=SIMPLE_HEAD,
        show_header=False,
    )
    rows = {
        "batches accepted": verdict.accepted,
        "committed once": verdict.committed_once,
        "lost, carried out twice": f"{verdict.lost}, {verdict.duplicated}",
        "handed on to another node": report.traffic.handed_on,
        "refused": "; ".join(verdict.refused) or 0,
        "one state root on all nodes": "yes" if verdict.roots_equal else "NO",
        "equivocations": verdict.equivocations,
        "committees other than elected": "; ".join(verdict.wrong_committees) or 0,
        "nodes not in the last epoch": ", ".join(verdict.missing) or 0,
        "longest time without a block, s": f"{report.traffic.longest_gap_s:.1f}",
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
