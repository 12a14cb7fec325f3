"""``wattdag sim``: what the commit rule says of a drawn DAG, and campaigns against the consensus core."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consensus_engine.errors import DrawingError, SafetyHaltError
from consensus_engine.simulation.drawing import DRAWING_CHARACTERS_MAX, author_letters
from consensus_engine.simulation.drawn_decisions import DrawnOrder, decide_drawing
from wattdag.cli.election_fraud import election_fraud
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import JsonOption, is_standard_output, write_json

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
