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
STANDARD_OUTPUT: Final = Path("-")


def write_json(document: Mapping[str, object], target: Path) -> None:
    """Write ``document`` as JSON with a closing newline to ``target``; ``-`` is standard output.

    Raises:
        OSError: The file cannot be written.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if target == STANDARD_OUTPUT:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def is_standard_output(target: Path | None) -> bool:
    """Whether the JSON document takes standard output, so that nothing else may be printed there."""
    return target == STANDARD_OUTPUT
