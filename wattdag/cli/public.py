"""``wattdag public``: check what the public chain says, without a node."""

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from signing.errors import SigningError
from signing.keys import PublicKey
from transaction_families.trade_records.blocks import show_hash
from validator.public_proof import (
    PROOF_FILE_BYTES_MAX,
    PublicProof,
    PublicProofError,
    verify_public_proof,
)
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import JsonOption, is_standard_output, write_json

EXIT_NOT_PROVEN: Final = 1
MILLIW_PER_KW: Final = 1_000_000
UYUAN_PER_YUAN: Final = 1_000_000

app = typer.Typer(no_args_is_help=True, help="Check what the public chain says, without a node.")


@app.callback()
def public() -> None:
    """Check what the public chain says, without a node."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A public proof.")],
    trusted_key: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEX",
            help="A super node's public key that must have signed; may be given several times. "
            "Without it, the proof holds only as far as you know the signers it names.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Verify the public proof in FILE, offline: the block is on the ledger, and its signers say so.

    Exits with 0 if it is proven, 1 if it is not, 2 if FILE or a key cannot be read.
    """
    try:
        trusted = [PublicKey.from_hex(text) for text in trusted_key or []]
        with file.open("rb") as opened:
            data = opened.read(PROOF_FILE_BYTES_MAX + 1)
    except SigningError as error:
        typer.echo(f"--trusted-key: {error}", err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except OSError as error:
        typer.echo(f"{file}: cannot be read: {error.strerror}", err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    try:
        proof = verify_public_proof(data, trusted)
    except PublicProofError as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(EXIT_NOT_PROVEN) from error
    if json is not None:
        write_json(proof_document(proof, trusted), json)
    if not is_standard_output(json):
        print_proof(proof, trusted)


def proof_document(proof: PublicProof, trusted: list[PublicKey]) -> dict[str, object]:
    """Return what is proven as the JSON document of ``docs/reference/public-proof.md``."""
    block, ledger_block = proof.block, proof.ledger_block
    return {
        "proven": True,
        "trusted": bool(trusted),
        "block": {
            "number": block.number,
            "period_start_s": block.period.start_s,
            "period_minutes": block.period.minutes,
            "spare_milliw": {one.kind.name: one.power_milliw for one in block.spare},
            "price_uyuan_per_kwh": block.price_uyuan_per_kwh,
            "previous_hash": block.previous_hash.hex(),
            "hash": block.hash.hex(),
        },
        "chain_id": ledger_block.chain_id,
        "ledger_block_number": ledger_block.number,
        "ledger_block_id": ledger_block.block_id,
        "state_root": ledger_block.state_root.hex(),
        "signers": [one.public_key.hex for one in proof.signatures],
    }


def print_proof(proof: PublicProof, trusted: list[PublicKey]) -> None:
    """Print the proven block, and how far the proof goes."""
    block, ledger_block = proof.block, proof.ledger_block
    table = Table(box=SIMPLE_HEAD, show_header=False, title=f"Public-chain block {block.number}: proven")
    table.add_column()
    table.add_column(overflow="fold")
    table.add_row("period", f"{block.period} (UTC seconds)")
    for one in block.spare:
        table.add_row(f"spare {one.kind.name.lower().replace('_', ' ')} / kW", _decimal(one.power_milliw))
    table.add_row("price / yuan per kWh", _decimal(block.price_uyuan_per_kwh))
    table.add_row("block hash", show_hash(block.hash))
    table.add_row("previous hash", show_hash(block.previous_hash))
    table.add_row("ledger", f"{escape(ledger_block.chain_id)}, block {ledger_block.number}")
    table.add_row("state root", ledger_block.state_root.hex())
    for signed in proof.signatures:
        note = " (trusted)" if signed.public_key in trusted else ""
        table.add_row("signed by", f"{signed.public_key.hex}{note}")
    console = Console()
    console.print(table)
    if not trusted:
        console.print(
            "No --trusted-key was given: whether the signers above may speak for the ledger is yours to know."
        )


def _decimal(millionths: int) -> str:
    """Return a number of millionths in whole units, exactly and without trailing zeros."""
    assert MILLIW_PER_KW == UYUAN_PER_YUAN
    sign, size = ("-" if millionths < 0 else ""), abs(millionths)
    fraction = f"{size % MILLIW_PER_KW:06d}".rstrip("0")
    return f"{sign}{size // MILLIW_PER_KW}{'.' if fraction else ''}{fraction}"
