"""``wattdag keys``: make and look at key files, in the form of ``sawtooth keygen``."""

from pathlib import Path
from typing import Annotated

import typer

from signing.errors import SigningError
from signing.key_files import read_private_key, read_public_key, write_key_files
from signing.keys import PrivateKey
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import JsonOption, is_standard_output, write_json

app = typer.Typer(no_args_is_help=True, help="Make and show signing keys.")


@app.command()
def generate(
    name: Annotated[str, typer.Argument(help="Name of the key; gives NAME.priv and NAME.pub.")],
    directory: Annotated[Path, typer.Option("--dir", help="Where to write the two files.")] = Path(),
    json: JsonOption = None,
) -> None:
    """Make a key pair from the operating system's randomness. Existing files are never overwritten."""
    if Path(name).name != name or name in {"", ".", ".."}:
        typer.echo(f"NAME is {name!r}; it must be a file name without a path", err=True)
        raise typer.Exit(EXIT_BAD_INPUT)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        private_path, public_path = write_key_files(directory, name, PrivateKey.generate())
        public_key = read_public_key(public_path)
    except (SigningError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    document = {
        "private_key_file": str(private_path),
        "public_key_file": str(public_path),
        "public_key": public_key.hex,
    }
    if json is not None:
        write_json(document, json)
    if not is_standard_output(json):
        typer.echo(f"{private_path} (keep it secret)\n{public_path}\npublic key {public_key.hex}")


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="A .pub or .priv file.")], json: JsonOption = None
) -> None:
    """Print the public key of a key file; a private key itself is never printed."""
    try:
        private = file.suffix == ".priv"
        public_key = read_private_key(file).public_key if private else read_public_key(file)
    except SigningError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    if json is not None:
        write_json({"public_key": public_key.hex}, json)
    if not is_standard_output(json):
        typer.echo(public_key.hex)
