"""``wattdag block``: look at the chain of ledger blocks and at what is in them."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from signing.types import SignedTransaction
from transaction_families.accounts.state import PARTICIPANTS_PREFIX, Participant
from validator.journal.block_store import BlockStore
from validator.journal.ledger_block import LedgerBlock
from validator.journal.records import StoredBatch
from validator.ledger_view import LedgerView
from wattdag.cli.documents import Document, to_document
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.ledger_files import (
    BLOCK_NUMBER_MAX,
    DEFAULT_DATA_DIR,
    DataOption,
    reading_ledger,
)
from wattdag.cli.output import JsonOption, is_standard_output, write_json
from wattdag.cli.payloads import find_payload
from wattdag.cli.quantities import printable, shorten, show_time

LISTED: Final = 20
LISTED_MAX: Final = 1000
ROWS_SHOWN_MAX: Final = 60
_NUMBER: Final = re.compile(r"\d{1,18}", re.ASCII)
_BLOCK_ID: Final = re.compile(r"[0-9a-f]{128}")

app = typer.Typer(no_args_is_help=True, help="Look at ledger blocks and at what is in them.")


@app.command("list")
def list_blocks(
    data: DataOption = DEFAULT_DATA_DIR,
    limit: Annotated[int, typer.Option(min=1, max=LISTED_MAX, help="How many blocks at most.")] = LISTED,
    start: Annotated[
        int | None,
        typer.Option(
            min=0, max=BLOCK_NUMBER_MAX, metavar="N", help="Begin with block N.", show_default=False
        ),
    ] = None,
    json: JsonOption = None,
) -> None:
    """List blocks, newest first."""
    with reading_ledger(data) as view:
        blocks = view.blocks.list_blocks(start=start, limit=limit)
    last = blocks[-1].number
    next_start = last - 1 if last else None
    if json is not None:
        write_json({"blocks": list(map(header_document, blocks)), "next_start": next_start}, json)
    if not is_standard_output(json):
        print_blocks(blocks)
        if next_start is not None:
            typer.echo(f"more from --start {next_start}")


@app.command()
def show(
    block: Annotated[str, typer.Argument(metavar="BLOCK", help="A block's number or its id.")],
    data: DataOption = DEFAULT_DATA_DIR,
    json: JsonOption = None,
) -> None:
    """Show one block: header, batches, what their transactions ask for, and why some were refused."""
    if not (_NUMBER.fullmatch(block) or _BLOCK_ID.fullmatch(block)):
        typer.echo(f"BLOCK is {block!r:.80}; give a number, or an id of 128 lowercase hex digits", err=True)
        raise typer.Exit(EXIT_BAD_INPUT)
    with reading_ledger(data) as view:
        found = find_block(view.blocks, block)
        batches = list(view.blocks.read_batches(found.number))
        names = names_by_key(view)
    if json is not None:
        write_json(block_document(found, batches, names), json)
    if not is_standard_output(json):
        print_block(found, batches, names)


def find_block(blocks: BlockStore, name: str) -> LedgerBlock:
    """Return the block of a number or an id.

    Raises:
        UnknownBlockError: There is none.
    """
    return blocks.get_block(int(name)) if _NUMBER.fullmatch(name) else blocks.get_block_by_id(name)


def names_by_key(view: LedgerView) -> Mapping[str, str]:
    """Return the participants' names by their public keys."""
    participants = view.list(Participant, PARTICIPANTS_PREFIX)
    return {key: one.participant_id for one in participants for key in one.public_keys}


def header_document(block: LedgerBlock) -> Document:
    """Return a block's header as in the JSON documents of ``docs/reference/blocks.md``."""
    header = to_document(block)
    assert isinstance(header, dict)
    return {"number": block.number, "block_id": block.block_id, **header}


def block_document(block: LedgerBlock, batches: Iterable[StoredBatch], names: Mapping[str, str]) -> Document:
    """Return a block with its batches as the JSON document of ``docs/reference/blocks.md``."""
    return {**header_document(block), "batches": [_batch_document(stored, names) for stored in batches]}


def print_blocks(blocks: Iterable[LedgerBlock]) -> None:
    """Print one row for each block."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("block", justify="right", no_wrap=True)
    table.add_column("time (UTC)", no_wrap=True)
    for name in ("batches", "refused", "transactions"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("id", no_wrap=True)
    for block in blocks:
        figures = (block.executed_batches, block.refused_batches, block.transactions)
        table.add_row(
            str(block.number),
            show_time(block.time_ms).removesuffix(" UTC"),
            *(f"{figure:,}" for figure in figures),
            shorten(block.block_id),
        )
    Console(highlight=False).print(table)


def print_block(block: LedgerBlock, batches: Iterable[StoredBatch], names: Mapping[str, str]) -> None:
    """Print the header, and one row for each transaction or refused batch."""
    console = Console(highlight=False)
    header = Table(show_header=False, box=None)
    header.add_column(style="dim", no_wrap=True)
    header.add_column(overflow="fold")
    for name, text in (
        ("block", f"{block.number} of {block.chain_id}"),
        ("id", block.block_id),
        ("previous", block.previous_id),
        ("time", show_time(block.time_ms)),
        ("epoch, commit", f"{block.epoch}, {block.commit_index}"),
        ("state root", block.state_root.hex()),
        ("batches", f"{block.executed_batches:,} executed, {block.refused_batches:,} refused"),
        ("transactions", f"{block.transactions:,} executed, each with its receipt"),
    ):
        header.add_row(name, escape(text))
    console.print(header)
    rows = [row for stored in batches for row in _rows(stored, names)]
    if rows:
        table = Table(box=SIMPLE_HEAD)
        for name in ("transaction", "signer", "family", "asks for", "verdict"):
            table.add_column(name, overflow="fold")
        for row in rows[:ROWS_SHOWN_MAX]:
            table.add_row(*map(escape, row))
        console.print(table)
    if len(rows) > ROWS_SHOWN_MAX:
        console.print(f"{len(rows) - ROWS_SHOWN_MAX} more transactions; --json - prints all of them")


def _batch_document(stored: StoredBatch, names: Mapping[str, str]) -> Document:
    batch, refusal = stored.batch, stored.refusal
    return {
        "batch_id": batch.batch_id,
        "signer_public_key": batch.signer_public_key,
        "signer": names.get(batch.signer_public_key),
        "receipts": len(stored.receipts),
        "refusal": to_document(refusal),
        "transactions": [_transaction_document(one, names) for one in batch.transactions],
    }


def _transaction_document(transaction: SignedTransaction, names: Mapping[str, str]) -> Document:
    header = transaction.header
    payload = find_payload(transaction)
    return {
        "transaction_id": transaction.transaction_id,
        "signer_public_key": header.signer_public_key,
        "signer": names.get(header.signer_public_key),
        "family": header.family_name,
        "version": header.family_version,
        "payload_kind": None if payload is None else type(payload).__name__,
        "payload": None if payload is None else to_document(payload),
        "payload_bytes": len(transaction.payload),
    }


def _rows(stored: StoredBatch, names: Mapping[str, str]) -> Iterable[tuple[str, str, str, str, str]]:
    """Yield a batch's transactions for people; one that was refused says why at the one to blame."""
    refusal = stored.refusal
    for transaction in stored.batch.transactions:
        header, payload = transaction.header, find_payload(transaction)
        verdict = "executed"
        if refusal is not None:
            is_to_blame = refusal.transaction_id in {"", transaction.transaction_id}
            verdict = (
                f"refused: {refusal.error}: {refusal.message}" if is_to_blame else "refused with its batch"
            )
        yield (
            shorten(transaction.transaction_id),
            names.get(header.signer_public_key, shorten(header.signer_public_key)),
            printable(header.family_name),
            "?" if payload is None else type(payload).__name__,
            printable(verdict),
        )
