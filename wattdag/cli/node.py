"""``wattdag node``: run a node of a network, and look at nodes that run."""

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from consensus_engine.errors import ConsensusError
from signing.errors import SigningError
from validator.errors import ConfigError, NodeHaltedError, ValidatorError
from validator.journal.errors import GenesisError
from validator.settings import NodeSettings, load_settings
from validator.settings.reference import render_reference
from wattdag.cli import node_views
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import EXIT_FAILED

EXIT_SAFETY_HALT: Final = 70
"""Safety is in doubt, and an operator has to look before anybody starts the node again (EX_SOFTWARE)."""

app = typer.Typer(no_args_is_help=True, help="Run a node of a network, check its settings, look at it.")

ConfigOption = Annotated[
    Path, typer.Option("--config", help="The node's configuration, as network init writes it.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="SECTION.KEY=VALUE", help="Beats the file, e.g. log.level=debug; repeatable."
    ),
]


app.command()(node_views.status)
app.command()(node_views.peers)
app.command()(node_views.committee)


@app.command()
def run(config: ConfigOption, set_: SetOption = None) -> None:
    """Run a node until it is told to stop.

    Ctrl-C or SIGTERM stops it cleanly: links are closed, what is accepted stays on disk. It may be killed at
    any moment as well, and goes on where it was when it is started again.

    Exit codes: 0 stopped as told; 1 failed; 2 a bad configuration; 70 safety halt: this node's ledger
    contradicts a quorum's, evidence is in its data directory, and it must not be restarted blindly.
    """
    settings = _load(config, set_)
    # the whole node with gRPC, which no other command needs
    from validator.network_node import run as run_node
    from validator.process import run_until_told
    from validator.telemetry.logs import configure_logging

    configure_logging(settings.log.format, settings.log.level, node=settings.node.name)
    try:
        run_until_told(run_node(settings))
    except NodeHaltedError as error:
        typer.echo(f"safety halt: {error}", err=True)
        raise typer.Exit(EXIT_SAFETY_HALT) from error
    except (ConfigError, GenesisError, SigningError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except (ValidatorError, ConsensusError, OSError) as error:
        typer.echo(f"the node has failed: {error}", err=True)
        raise typer.Exit(EXIT_FAILED) from error


@app.command()
def check(config: ConfigOption, set_: SetOption = None) -> None:
    """Say all that is wrong with a node's configuration, or that nothing is. Starts nothing."""
    settings = _load(config, set_)
    files = (
        settings.node.validator_key_file,
        settings.node.genesis_file,
        settings.tls.authority_file,
        settings.tls.certificate_file,
        settings.tls.key_file,
        settings.engine.consensus_key_file,
    )
    if missing := [file for file in files if not file.is_file()]:
        for file in missing:
            typer.echo(f"{file}: there is no such file", err=True)
        raise typer.Exit(EXIT_BAD_INPUT)
    listens = f"{settings.peers.listen} for peers, {settings.clients.listen} for clients"
    typer.echo(f"{config}: nothing is wrong; {settings.node.name} would listen at {listens}")


@app.command()
def settings() -> None:
    """Print every key of a node's configuration with its values, default and meaning, as Markdown."""
    typer.echo(render_reference(), nl=False)


def _load(config: Path, changes: list[str] | None) -> NodeSettings:
    flags = {}
    for change in changes or ():
        name, equals, value = change.partition("=")
        if not equals:
            typer.echo(f"--set {change}: it must be SECTION.KEY=VALUE, such as log.level=debug", err=True)
            raise typer.Exit(EXIT_BAD_INPUT)
        flags[name.strip()] = value.strip()
    try:
        return load_settings(config, environment=os.environ, flags=flags)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from None
