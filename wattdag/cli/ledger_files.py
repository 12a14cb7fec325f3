"""A ledger as commands read it: from the data directory of a node that is not running."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from validator.errors import ValidatorError
from validator.ledger_view import LedgerView, open_view
from validator.state.errors import InvalidAddressError, InvalidAddressPrefixError
from wattdag.cli.json_input import EXIT_BAD_INPUT, BadInputError
from wattdag.cli.output import EXIT_FAILED

DEFAULT_DATA_DIR: Final = Path("out") / "demo" / "node"
BLOCK_NUMBER_MAX: Final = 2**63 - 1
DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Data directory of a node that is not running.")
]
BlockOption = Annotated[
    int | None,
    typer.Option(
        "--block",
        metavar="N",
        min=0,
        max=BLOCK_NUMBER_MAX,
        help="The state after block N instead of the last one, as far back as the node keeps it.",
        show_default=False,
    ),
]


@contextmanager
def open_ledger(data_dir: Path, number: int | None = None) -> Iterator[LedgerView]:
    """Open a node's data directory for reading; no genesis is needed.

    Args:
        data_dir: As the node was given it; its database is in ``ledger/``.
        number: See the state after this block instead of the last.

    Raises:
        BadInputError: There is no such directory.
        StorageError: It holds no ledger, or a running node uses it.
        CorruptStateError: The ledger is damaged.
        UnknownBlockError, UnknownRootError: As for `view_ledger`.
    """
    if not data_dir.is_dir():
        raise BadInputError(
            f"{data_dir}: there is no such directory; name a node's data directory with --data, "
            f"or make one with `wattdag demo`"
        )
    with open_view(data_dir, number) as view:
        yield view


@contextmanager
def reading_ledger(data_dir: Path, number: int | None = None) -> Iterator[LedgerView]:
    """As `open_ledger`, for the body of a command: what goes wrong there ends it with a line that says why.

    Raises:
        typer.Exit: With 2 where the directory or an address is no good, with 1 where the ledger cannot
            be read or has not what was asked for.
    """
    try:
        with open_ledger(data_dir, number) as view:
            yield view
    except (BadInputError, InvalidAddressError, InvalidAddressPrefixError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except ValidatorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except OSError as error:
        typer.echo(f"{data_dir}: cannot be read: {error.strerror}", err=True)
        raise typer.Exit(EXIT_FAILED) from error
