"""``wattdag trade``: follow one trade from its orders to the payment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from nacl.public import PrivateKey
from rich.console import Console

from signing.errors import SigningError
from signing.key_files import read_private_key
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.ledger_files import DEFAULT_DATA_DIR, DataOption, reading_ledger
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_json
from wattdag.cli.tracing import (
    FIRST,
    Agents,
    TraceError,
    open_agents,
    render_trace,
    trace_document,
    trace_trade,
)
from wattdag.cli.tracing.trace import TRADE_ID

app = typer.Typer(no_args_is_help=True, help="Follow trades through the ledger.")


@app.callback()
def trade() -> None:
    """Follow trades through the ledger."""


@app.command()
def trace(
    trade_id: Annotated[str, typer.Argument(help="A trade's id, or `first` for the ledger's first trade.")],
    data: DataOption = DEFAULT_DATA_DIR,
    agents: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Private chains of a demonstration, such as out/demo/agents. Its participants' keys follow "
            "from their names.",
            show_default=False,
        ),
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Encryption key of buyer, seller or regulator, 64 hex digits; may be given several times.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Follow TRADE_ID: orders, match, private entries, public proof, delivery, payment, tokens.

    Exits with 0 if all that was found fits together, 1 if it does not or there is no such trade, 2 if an
    option cannot be used.
    """
    if trade_id != FIRST and not TRADE_ID.fullmatch(trade_id):
        _refuse(f"TRADE_ID is {trade_id!r:.80}; give 32 lowercase hex digits, or `{FIRST}`")
    if key and agents is None:
        _refuse("--key opens entries of private chains; name these with --agents")
    keys = [_read_encryption_key(path) for path in key or ()]
    try:
        with reading_ledger(data) as view, _opened(agents, keys) as chains:
            traced = trace_trade(view, chains, trade_id)
    except TraceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error
    if json is not None:
        write_json(trace_document(traced), json)
    if not is_standard_output(json):
        Console(highlight=False).print(render_trace(traced))
    if not traced.is_sound:
        failed = [check.what for check in traced.checks if not check.passed]
        typer.echo(f"this does not hold: {'; '.join(failed)}", err=True)
        raise typer.Exit(EXIT_FAILED)


@contextmanager
def _opened(folder: Path | None, keys: Sequence[PrivateKey]) -> Iterator[Agents | None]:
    if folder is None:
        yield None
        return
    with open_agents(folder, keys) as agents:
        yield agents


def _read_encryption_key(path: Path) -> PrivateKey:
    """Return the X25519 key in a file of the form that ``wattdag keys generate`` writes.

    Raises:
        typer.Exit: The file holds no key, or others may read it.
    """
    try:
        return PrivateKey(read_private_key(path).secret)
    except SigningError as error:
        _refuse(str(error))


def _refuse(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(EXIT_BAD_INPUT)
