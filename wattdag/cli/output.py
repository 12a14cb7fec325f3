"""How commands print: tables for people on a terminal, one JSON document for scripts."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

JsonOption = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="PATH",
        help="Write the result as one JSON document to PATH, or to standard output where it is -.",
        show_default=False,
    ),
]
EXIT_FAILED: Final = 1
STANDARD_OUTPUT: Final = Path("-")


def write_json(document: Mapping[str, object], target: Path) -> None:
    """Write ``document`` as JSON with a closing newline to ``target``; ``-`` is standard output.

    Raises:
        typer.Exit: The file cannot be written; standard error says why.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if is_standard_output(target):
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_file(text, target)


def write_file(text: str, target: Path) -> None:
    """Write ``text`` to the file ``target``, making its folder if need be.

    Raises:
        typer.Exit: The file cannot be written; standard error says why.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{target}: cannot be written: {error.strerror}", err=True)
        raise typer.Exit(EXIT_FAILED) from error


def is_standard_output(target: Path | None) -> bool:
    """Whether the JSON document takes standard output, so that nothing else may be printed there."""
    return target == STANDARD_OUTPUT
