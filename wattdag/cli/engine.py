"""``wattdag engine``: run a node's consensus engine in a process of its own."""

import os
from typing import Annotated

import typer

from consensus_engine.errors import ApiAddressError, ConsensusError, EngineHaltedError
from signing.errors import SigningError
from validator.errors import ConfigError
from validator.journal.errors import GenesisError
from validator.settings import load_settings
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.node import EXIT_SAFETY_HALT, ConfigOption
from wattdag.cli.output import EXIT_FAILED

app = typer.Typer(no_args_is_help=True, help="Run a node's consensus engine in a process of its own.")


@app.callback()
def engine() -> None:
    """Run a node's consensus engine in a process of its own."""


@app.command()
def run(
    config: ConfigOption,
    connect: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where the validator is, unix:PATH or HOST:PORT; default: where engine.listen says.",
        ),
    ] = None,
) -> None:
    """Run the engine of a node whose configuration says engine.mode = "remote".

    It waits for the validator, serves it, and connects again whenever the validator has been away. Ctrl-C or
    SIGTERM stops it after the turn it is at. Either process may be killed at any moment: the engine's log
    says where it was, and the validator keeps what it has accepted.

    Exit codes: 0 stopped as told; 1 failed, refused, or another engine took its place; 2 a bad
    configuration; 70 safety halt: do not start it again blindly.
    """
    # the engine with gRPC, which no other command needs
    from consensus_engine.drivers.api_address import ApiAddress
    from validator.engine_process import run as run_engine
    from validator.process import run_until_told
    from validator.telemetry.logs import configure_logging

    try:
        settings = load_settings(config, environment=os.environ)
        address = ApiAddress.parse(connect) if connect is not None else None
        configure_logging(settings.log.format, settings.log.level, node=settings.node.name)
        run_until_told(run_engine(settings, address))
    except EngineHaltedError as error:
        typer.echo(f"safety halt: {error}", err=True)
        raise typer.Exit(EXIT_SAFETY_HALT) from error
    except (ConfigError, GenesisError, SigningError, ApiAddressError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except (ConsensusError, OSError) as error:
        typer.echo(f"the engine has failed: {error}", err=True)
        raise typer.Exit(EXIT_FAILED) from error
