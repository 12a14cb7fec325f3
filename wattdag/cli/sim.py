"""``wattdag sim``: what the commit rule says of a drawn DAG, and campaigns against the consensus core."""

import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from consensus_engine.errors import DrawingError, ProfileError, SafetyHaltError
from consensus_engine.simulation.campaign import Campaign, percentile, run_seeds, shrink
from consensus_engine.simulation.checker import Verdict
from consensus_engine.simulation.drawing import DRAWING_CHARACTERS_MAX, author_letters
from consensus_engine.simulation.drawn_decisions import DrawnOrder, decide_drawing
from consensus_engine.simulation.mutants import MUTANTS, SEEDS_MAX, Mutant, hunt
from consensus_engine.simulation.plan import Plan, draw_plan
from consensus_engine.simulation.profile import load_profile
from consensus_engine.simulation.random_dag import find_disagreement
from consensus_engine.simulation.world import run_plan
from wattdag.cli.election_fraud import election_fraud
from wattdag.cli.json_input import EXIT_BAD_INPUT, BadInputError
from wattdag.cli.output import JsonOption, is_standard_output, write_json

EXIT_FAILED: Final = 1
FAILING_SHOWN_MAX: Final = 20
TRACE_LINES: Final = 40  # of a failing run, its last ones

app = typer.Typer(no_args_is_help=True, help="Show and attack the consensus in virtual time.")
app.command("election-fraud")(election_fraud)


@app.command("dag")
def sim_dag(
    file: Annotated[Path, typer.Argument(help="The drawing; - reads standard input.")],
    json_target: JsonOption = None,
) -> None:
    """Print the decision on each leader slot of a drawn DAG, and the order of its vertices."""
    errors = Console(stderr=True)
    try:
        order = decide_drawing(_read_text(file))
    except (OSError, UnicodeDecodeError, DrawingError, SafetyHaltError) as error:
        errors.print(f"[red]{escape(str(file))}: {escape(str(error))}[/red]")
        raise typer.Exit(EXIT_BAD_INPUT) from None
    if json_target is not None:
        write_json(order_document(order), json_target)
    if not is_standard_output(json_target):
        _print_order(order)


@app.command("run")
def sim_run(
    validators: Annotated[int, typer.Option(min=4, max=128, help="Members of the committee.")] = 7,
    seeds: Annotated[str, typer.Option(help="First seed and the one behind the last, as 0:1000.")] = "0:10",
    profile: Annotated[str, typer.Option(help="A profile's name, or a TOML file.")] = "mixed",
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes to share the seeds among.")] = 1,
    shrinks: Annotated[int, typer.Option(min=0, help="Failing seeds to shrink and trace.")] = 1,
    json_target: JsonOption = None,
) -> None:
    """Run many networks in virtual time with faults drawn from their seeds, and count the verdicts."""
    messages = Console(stderr=True)
    try:
        first, last = _read_seeds(seeds)
        drawn_from = load_profile(profile)
    except (ProfileError, BadInputError) as error:
        messages.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(EXIT_BAD_INPUT) from None
    campaign = Campaign()
    results = run_seeds(drawn_from, validators, range(first, last), jobs)
    for result in track(results, "simulating", total=last - first, console=messages, transient=True):
        campaign.add(result)
    if json_target is not None:
        write_json(campaign_document(campaign), json_target)
    if not is_standard_output(json_target):
        _print_campaign(campaign, Console())
    for seed in campaign.failing_seeds[:shrinks]:
        _print_failure(draw_plan(drawn_from, validators, seed), profile, messages)
    if campaign.failing_seeds:
        raise typer.Exit(EXIT_FAILED)


@app.command("latency")
def sim_latency(
    validators: Annotated[int, typer.Option(min=7, max=49, help="Members of the committee.")] = 7,
    seed: Annotated[int, typer.Option(min=0, help="The seed of all three runs.")] = 0,
    json_target: JsonOption = None,
) -> None:
    """Print commit latencies without faults, with two members crashed, and with F equivocating."""
    document: dict[str, object] = {}
    table = Table("run", "leaders p50", "p99", "others p50", "p99", title="Latency in message delays")
    for name in ("settled", "crashed", "equivocating"):
        campaign = Campaign()
        campaign.add(run_plan(draw_plan(load_profile(name), validators, seed)))
        document[name] = campaign_document(campaign)
        latencies = (_latency(campaign.leader_tenths), _latency(campaign.other_tenths))
        table.add_row(name, *(str(figure) for each in latencies for figure in each.values()))
    if json_target is not None:
        write_json(document, json_target)
    if not is_standard_output(json_target):
        Console().print(table)


@app.command("random-dag")
def sim_random_dag(
    validators: Annotated[int, typer.Option(min=4, max=49, help="Members of the committee.")] = 4,
    seeds: Annotated[str, typer.Option(help="First seed and the one behind the last.")] = "0:1000",
    json_target: JsonOption = None,
) -> None:
    """Order random views of random DAGs, and count those that are no prefix of each other."""
    try:
        first, last = _read_seeds(seeds)
    except BadInputError as error:
        Console(stderr=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(EXIT_BAD_INPUT) from None
    found = [each for each in (find_disagreement(validators, seed) for seed in range(first, last)) if each]
    if json_target is not None:
        seeds_found = [each.seed for each in found]
        write_json({"cases": last - first, "disagreements": len(found), "seeds": seeds_found}, json_target)
    if not is_standard_output(json_target):
        Console().print(f"{last - first} DAGs, {len(found)} disagreements")
    for each in found[:FAILING_SHOWN_MAX]:
        Console(stderr=True).print(f"seed {each.seed}: {each.text}")
    if found:
        raise typer.Exit(EXIT_FAILED)


@app.command("mutants")
def sim_mutants(
    seeds: Annotated[str, typer.Option(help="First seed and the one behind the last.")] = f"0:{SEEDS_MAX}",
    only: Annotated[list[str] | None, typer.Option(help="Names of mutants; all of them otherwise.")] = None,
    json_target: JsonOption = None,
) -> None:
    """Break one rule after the other, and print the seed that shows each."""
    messages = Console(stderr=True)
    try:
        first, last = _read_seeds(seeds)
        chosen = _choose_mutants(only or [])
    except BadInputError as error:
        messages.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(EXIT_BAD_INPUT) from None
    kills = []
    for mutant in track(chosen, "hunting", console=messages, transient=True):
        kills.append(hunt(mutant, range(first, last)))
        if not is_standard_output(json_target):
            seed = kills[-1].seed if kills[-1].seed is not None else "survives"
            Console().print(
                f"{mutant.name:18} {seed!s:>9}  {escape(kills[-1].finding)}", highlight=False, soft_wrap=True
            )
    if json_target is not None:
        document = [{"mutant": each.mutant, "seed": each.seed, "finding": each.finding} for each in kills]
        write_json({"mutants": document}, json_target)
    if any(each.seed is None for each in kills):
        raise typer.Exit(EXIT_FAILED)


def campaign_document(campaign: Campaign) -> dict[str, object]:
    """Return the JSON form of a campaign."""
    return {
        "verdicts": {verdict.value: campaign.verdicts[verdict] for verdict in Verdict},
        "failing_seeds": campaign.failing_seeds,
        "latency_delays": _latency(campaign.leader_tenths + campaign.other_tenths),
        "leader_latency_delays": _latency(campaign.leader_tenths),
        "other_latency_delays": _latency(campaign.other_tenths),
        "commits": campaign.commits,
        "rounds": campaign.rounds,
        "rounds_per_second": round(campaign.rounds_per_second, 3),
    }


def order_document(order: DrawnOrder) -> dict[str, object]:
    """Return the JSON form of what the rules say of a drawing."""
    return {
        "decisions": [
            {
                "round": each.slot.round,
                "author": author_letters(each.slot.author),
                "decision": each.decision.value,
                "vertex": str(each.vertex) if each.vertex else None,
            }
            for each in order.decisions
        ],
        "order": [str(name) for name in order.order],
        "commits": [[str(name) for name in commit] for commit in order.commits],
        "suspended": [str(name) for name in order.suspended],
        "banned": [author_letters(author) for author in order.banned],
        "excluded": [author_letters(author) for author in order.excluded],
    }


def _read_text(file: Path) -> str:
    if str(file) == "-":
        return typer.get_text_stream("stdin").read(DRAWING_CHARACTERS_MAX + 1)
    with file.open(encoding="utf-8") as stream:
        return stream.read(DRAWING_CHARACTERS_MAX + 1)


def _choose_mutants(names: list[str]) -> list[Mutant]:
    known = {mutant.name: mutant for mutant in MUTANTS}
    if unknown := [name for name in names if name not in known]:
        raise BadInputError(f"--only is {unknown[0]!r}: must be one of {', '.join(known)}")
    return [known[name] for name in names] or list(MUTANTS)


def _read_seeds(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,12}):(\d{1,12})", text)
    if match is None or int(match[1]) >= int(match[2]):
        raise BadInputError(f"--seeds is {text!r}: must be two rising numbers, as 0:1000")
    return int(match[1]), int(match[2])


def _latency(tenths: Counter[int]) -> dict[str, float | None]:
    return {"p50": percentile(tenths, 50), "p99": percentile(tenths, 99)}


def _print_campaign(campaign: Campaign, console: Console) -> None:
    for verdict in Verdict:
        console.print(f"{verdict.value:12} {campaign.verdicts[verdict]}")
    table = Table("vertices", "p50", "p99", title="Commit latency in message delays")
    for what, tenths in (("leaders", campaign.leader_tenths), ("others", campaign.other_tenths)):
        table.add_row(what, str(percentile(tenths, 50)), str(percentile(tenths, 99)))
    console.print(table)
    console.print(f"{campaign.commits} commits, {campaign.rounds_per_second:.1f} rounds per virtual second")


def _print_failure(plan: Plan, profile: str, console: Console) -> None:
    """Print how to replay a failing seed, and the shortest plan that still fails."""
    command = f"wattdag sim run --validators {plan.validators} --seeds {plan.seed}:{plan.seed + 1}"
    console.print(f"replay: {command} --profile {escape(profile)}", highlight=False, soft_wrap=True)
    result = shrink(plan)
    for line in (*result.plan.describe(), *map(str, result.findings), *result.trace[-TRACE_LINES:]):
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)


def _print_order(order: DrawnOrder) -> None:
    console = Console()
    table = Table("slot", "decision", "vertex", title="Leader slots")
    for each in order.decisions:
        table.add_row(str(each.slot), each.decision.value, str(each.vertex or ""))
    console.print(table)
    for number, commit in enumerate(order.commits, 1):
        console.print(f"commit {number}: {' '.join(str(name) for name in commit)}")
    for what, names in (
        ("suspended", [str(name) for name in order.suspended]),
        ("banned", [author_letters(author) for author in order.banned]),
        ("excluded from leading", [author_letters(author) for author in order.excluded]),
    ):
        if names:
            console.print(f"{what}: {' '.join(names)}")
