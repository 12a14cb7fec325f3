"""``wattdag state``: read what a ledger keeps, and prove it."""

import json as json_text
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from validator.ledger_view import LedgerView, ProvenEntry
from wattdag.cli.documents import Document, entry_document, entry_lines
from wattdag.cli.ledger_files import (
    DEFAULT_DATA_DIR,
    BlockOption,
    DataOption,
    reading_ledger,
)
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_file, write_json

LISTED: Final = 20
LISTED_MAX: Final = 1000
FIELDS_SHOWN: Final = 6

AddressArgument = Annotated[str, typer.Argument(help="State address, 70 hex digits.")]

app = typer.Typer(no_args_is_help=True, help="Read what a ledger keeps, and prove it.")


@app.command()
def get(
    address: AddressArgument,
    data: DataOption = DEFAULT_DATA_DIR,
    block: BlockOption = None,
    json: JsonOption = None,
) -> None:
    """Show the entry at ADDRESS, checked against the state root. Exits with 1 if there is none."""
    with reading_ledger(data, block) as view:
        entry = view.prove(address)
    if entry.value is None:
        typer.echo(f"nothing is kept at {address} after block {entry.block.number}", err=True)
        raise typer.Exit(EXIT_FAILED)
    if json is not None:
        write_json({**_block_document(view), **entry_document(address, entry.value)}, json)
    if not is_standard_output(json):
        kind, lines = entry_lines(address, entry.value)
        _print_lines(kind, [*lines, ("after block", str(entry.block.number))])


@app.command("list")
def list_entries(
    prefix: Annotated[
        str, typer.Argument(help="First digits of the addresses; all entries without it.")
    ] = "",
    data: DataOption = DEFAULT_DATA_DIR,
    limit: Annotated[int, typer.Option(min=1, max=LISTED_MAX, help="How many entries at most.")] = LISTED,
    start: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Go on from this address.", show_default=False)
    ] = "",
    block: BlockOption = None,
    json: JsonOption = None,
) -> None:
    """List entries whose address begins with PREFIX, ascending by address."""
    with reading_ledger(data, block) as view:
        found = list(islice(view.state.iterate(prefix, start=start), limit + 1))
    entries, following = found[:limit], found[limit:]
    next_start = following[0][0] if following else None
    if json is not None:
        documents = [entry_document(*entry) for entry in entries]
        write_json({**_block_document(view), "entries": documents, "next_start": next_start}, json)
    if not is_standard_output(json):
        _print_entries(entries, next_start)


@app.command()
def prove(
    address: AddressArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the proof to FILE.", show_default=False)
    ] = None,
    data: DataOption = DEFAULT_DATA_DIR,
    block: BlockOption = None,
    json: JsonOption = None,
) -> None:
    """Prove what is kept at ADDRESS, or that nothing is; the proof is verified before it is shown."""
    with reading_ledger(data, block) as view:
        entry = view.prove(address)
    document = proof_document(entry)
    if out is not None:
        write_file(json_text.dumps(document, indent=2) + "\n", out)
    if json is not None:
        write_json(document, json)
    if not is_standard_output(json):
        print_proof(entry)
        if out is not None:
            typer.echo(f"written to {out}")


def proof_document(entry: ProvenEntry) -> Document:
    """Return a proof as the JSON document of ``docs/reference/state.md``."""
    value = entry.value
    known = {} if value is None else entry_document(entry.address, value)
    return {
        "chain_id": entry.block.chain_id,
        "block_number": entry.block.number,
        "block_id": entry.block.block_id,
        "state_root": entry.block.state_root.hex(),
        "address": entry.address,
        "present": value is not None,
        "value": None if value is None else value.hex(),
        "family": known.get("family"),
        "entry": known.get("entry"),
        "fields": known.get("fields"),
        "proof": entry.proof.hex(),
        "verified": True,
    }


def print_proof(entry: ProvenEntry) -> None:
    """Print what is proven, by which root, and the proof's bytes."""
    kind, lines = "nothing is kept at this address", list[tuple[str, str]]()
    if entry.value is not None:
        kind, lines = entry_lines(entry.address, entry.value)
    _print_lines(
        f"proven: {kind}",
        [
            *lines,
            ("address", entry.address),
            ("after block", f"{entry.block.number} of {entry.block.chain_id}"),
            ("state root", entry.block.state_root.hex()),
            (f"proof, {len(entry.proof)} bytes", entry.proof.hex()),
        ],
    )


def _block_document(view: LedgerView) -> Document:
    return {"block_number": view.block.number, "state_root": view.block.state_root.hex()}


def _print_lines(title: str, lines: list[tuple[str, str]]) -> None:
    table = Table(show_header=False, box=None)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines:
        table.add_row(escape(name), escape(text))
    console = Console(highlight=False)
    console.print(f"[bold]{escape(title)}[/bold]")
    console.print(table)


def _print_entries(entries: list[tuple[str, bytes]], next_start: str | None) -> None:
    console = Console(highlight=False)
    for address, value in entries:
        kind, lines = entry_lines(address, value)
        gist = ", ".join(f"{name} {text}" for name, text in lines[:FIELDS_SHOWN])
        console.print(address, soft_wrap=True)
        console.print(f"  [bold]{escape(kind)}[/bold] {escape(gist)}", no_wrap=True, overflow="ellipsis")
    if not entries:
        console.print("no entry has such an address")
    if next_start is not None:
        console.print(f"more from --start {next_start}", soft_wrap=True)
