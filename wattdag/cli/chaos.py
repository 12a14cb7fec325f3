"""``wattdag chaos``: a network of real processes under load and faults, and whether it kept its word."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop
from rich.console import Console

from signing.errors import SigningError
from validator.errors import ValidatorError
from validator.settings import EngineMode
from wattdag.chaos.ground import GroundPlan
from wattdag.chaos.outcome import ChaosOutcome, outcome_document
from wattdag.chaos.plan import FaultKind, draw_plan
from wattdag.chaos.session import run_chaos
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.localnet import VALIDATORS_MAX, VALIDATORS_MIN
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_json
from wattdag.client.errors import NetworkFileError
from wattdag.localnet.errors import LocalnetError
from wattdag.network.plan import NetworkError

VALIDATORS: Final = 7
EPOCH_S: Final = 20
RATE_PER_S: Final = 30.0
MINUTES_MAX: Final = 24 * 60


def chaos(
    *,
    seed: Annotated[int, typer.Option(help="Where the faults come from; the same seed, the same plan.")] = 1,
    minutes: Annotated[float, typer.Option(min=0.5, max=MINUTES_MAX, help="How long the load lasts.")] = 2.0,
    validators: Annotated[
        int, typer.Option(min=VALIDATORS_MIN, max=VALIDATORS_MAX, help="How many nodes.")
    ] = VALIDATORS,
    engine: Annotated[
        EngineMode | None,
        typer.Option(
            help="Where all engines run; without it some run in processes of their own.", show_default=False
        ),
    ] = None,
    only: Annotated[
        list[FaultKind] | None,
        typer.Option(help="Draw no other kind of fault; repeatable.", show_default=False),
    ] = None,
    rate: Annotated[float, typer.Option(min=1, metavar="TPS", help="Transactions a second.")] = RATE_PER_S,
    epoch_s: Annotated[
        int, typer.Option("--epoch-s", min=5, metavar="S", help="Length of an epoch, in seconds.")
    ] = EPOCH_S,
    base_port: Annotated[
        int | None,
        typer.Option(
            "--base-port",
            min=1,
            max=65_535,
            metavar="PORT",
            help="The first node's first port; any that is free by default.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep the network's directory, logs and all, here; a temporary place by default.",
            show_default=False,
        ),
    ] = None,
    plan_only: Annotated[bool, typer.Option("--plan", help="Print the plan, and do nothing.")] = False,
    json: JsonOption = None,
) -> None:
    """Run a network, kill, freeze, starve, wipe and cut off its nodes, and see whether it keeps its word.

    Every transaction that was reported committed, and every one accepted by a node that was not wiped
    or by more nodes than may be faulty, must stand in every node's chain exactly once; roots must be equal,
    nobody may have equivocated, and the network must go on within a bound.

    Exits with 1 if anything of this fails, and keeps the network's directory then; with 2 if the network
    cannot be made.
    """
    console = Console(stderr=is_standard_output(json))

    def say(line: str) -> None:
        console.print(line, soft_wrap=True, highlight=False, markup=False)

    plan = draw_plan(seed, minutes * 60, validators, engine=engine, kinds=only or FaultKind)
    say(f"plan of seed {seed}: {len(plan.faults)} faults, at most {plan.faulty_max} faulty nodes at a time")
    for fault in plan.faults:
        say(f"  {fault}")
    if plan_only:
        return
    path = out or Path(tempfile.mkdtemp(prefix="wattdag-chaos-"))
    started_s = time.monotonic()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            ground = GroundPlan(path, epoch_s, base_port)
            outcome = runner.run(run_chaos(plan, ground, rate_per_s=rate, say=say))
    except (NetworkError, NetworkFileError, SigningError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except (LocalnetError, OSError, ValidatorError) as error:
        typer.echo(f"{error}\nthe network's directory is kept: {path}", err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except asyncio.CancelledError:
        typer.echo(f"interrupted; the network's directory is kept: {path}", err=True)
        raise typer.Exit(EXIT_FAILED) from None
    _show(outcome, time.monotonic() - started_s, console)
    if json is not None:
        write_json(outcome_document(outcome), json)
    if outcome.violations:
        typer.echo(f"the network's directory is kept: {path}", err=True)
        raise typer.Exit(EXIT_FAILED)
    if out is None:
        shutil.rmtree(path)


def _show(outcome: ChaosOutcome, took_s: float, console: Console) -> None:
    def say(line: str) -> None:
        console.print(line, soft_wrap=True, highlight=False, markup=False)

    done = ", ".join(f"{kind} {count}" for kind, count in sorted(outcome.faults.items())) or "none"
    say(f"faults: {done}")
    say(
        f"{outcome.acknowledged} transactions owed, {outcome.committed_once} committed once, "
        f"{outcome.lost} lost, {outcome.duplicated} twice; {outcome.equivocations} equivocations; "
        f"roots {'equal' if outcome.roots_equal else 'NOT equal'} up to block {outcome.height}"
    )
    say(
        f"longest stall {outcome.longest_stall_s:.1f} s; {outcome.epochs} epochs ended; "
        f"most memory of a process {outcome.rss_max_mib:.0f} MiB; {took_s:.0f} s in all"
    )
    for violation in outcome.violations:
        say(f"VIOLATION {violation}")
