"""The ``wattdag`` command: one group of subcommands per module of this package."""

import sys

import typer

from wattdag.cli import (
    bench,
    blocks,
    chaos,
    demo,
    election,
    engine,
    keys,
    localnet,
    market,
    mining,
    network,
    node,
    public,
    sim,
    state,
    trade,
)

app = typer.Typer(
    name="wattdag",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A permissioned energy-trading ledger: trade, settle, mine and verify.",
)
app.command("demo")(demo.demo)
app.add_typer(market.app, name="market")
app.add_typer(mining.app, name="mining")
app.add_typer(election.app, name="election")
app.add_typer(trade.app, name="trade")
app.add_typer(public.app, name="public")
app.add_typer(state.app, name="state")
app.add_typer(blocks.app, name="block")
app.add_typer(keys.app, name="keys")
app.add_typer(network.app, name="network")
app.add_typer(node.app, name="node")
app.add_typer(engine.app, name="engine")
app.add_typer(localnet.app, name="localnet")
app.command("chaos")(chaos.chaos)
app.add_typer(sim.app, name="sim")
app.add_typer(bench.app, name="bench")


def run() -> None:
    """Run the command line and exit: 0 done, 1 a check failed, 2 bad input."""
    try:
        app()
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        sys.stderr.close()
        sys.exit(1)
