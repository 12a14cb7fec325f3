"""``wattdag network``: make a network's keys, certificates, genesis and configurations."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from transaction_families.accounts.state import ParticipantId
from validator.journal.ledger_block import REAL_TIME
from validator.settings import EngineMode
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_json
from wattdag.client.client import WattDagClient
from wattdag.client.errors import ClientError, NetworkFileError
from wattdag.client.network import Network, load_network
from wattdag.network.candidacy import admission_of
from wattdag.network.initialise import InitialisedNetwork, init_network
from wattdag.network.joining import add_node
from wattdag.network.plan import NetworkError, NetworkPlan

app = typer.Typer(
    no_args_is_help=True,
    help="Make a network of validators. `wattdag localnet run` makes one and runs it here at once.",
)


@app.callback()
def network() -> None:
    """Make a network of validators."""


@app.command()
def init(
    validators: Annotated[int, typer.Option(help="Nodes that found the network: the first committee.")],
    out: Annotated[Path, typer.Option(help="Where to write it all: a directory that is absent or empty.")],
    chain_id: Annotated[str, typer.Option(help="The ledger's name: a-z, 0-9 and '-'.")] = "wattdag",
    host: Annotated[
        list[str] | None,
        typer.Option(help="Where nodes run: once for all, or once for each. Default: this machine alone."),
    ] = None,
    base_port: Annotated[
        int, typer.Option(help="First port: peers; then clients, then metrics. On one host, 10 ports a node.")
    ] = 7400,
    epoch_s: Annotated[
        int, typer.Option(help="Seconds of an epoch and of an election round; a day by default.")
    ] = 86_400,
    traders: Annotated[
        int, typer.Option(help="Producers and consumers to register, in turn, with meters, money and tokens.")
    ] = 0,
    engine: Annotated[
        EngineMode, typer.Option(help="The consensus engine in the node's process, or in one of its own.")
    ] = EngineMode.IN_PROCESS,
    reflection: Annotated[bool, typer.Option(help="Let nodes tell clients what methods there are.")] = False,
    demo: Annotated[bool, typer.Option(help="A ledger for showing and testing, not in earnest.")] = False,
    time_scale: Annotated[
        int, typer.Option(help="Ledger seconds in a real one, with --demo; 5040 makes a week two minutes.")
    ] = REAL_TIME,
    seed: Annotated[
        str | None,
        typer.Option(help="Make all keys from this text, as anybody could: for tests, with --demo."),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Make a network in one directory.

    You get: the network's certificate authority; for each node a directory with its keys, certificate,
    genesis and node.toml; for each participant (regulator, market operator, meter operator, grid company,
    node operators, traders) a directory with its account key and certificate; and network.toml, which tells
    clients where the nodes are. The README there says what to hand to whom.

    Next: wattdag node run --config DIR/nodes/node-1/node.toml
    """
    try:
        plan = NetworkPlan(
            chain_id=chain_id,
            validators=validators,
            start=datetime.now(UTC).replace(microsecond=0),
            hosts=tuple(host or ("127.0.0.1",)),
            base_port=base_port,
            epoch_s=epoch_s,
            is_demo=demo,
            time_scale=time_scale,
            traders=traders,
            engine_mode=engine,
            reflection=reflection,
            seed=seed,
        )
        made = init_network(plan, out)
    except NetworkError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from None
    if json is not None:
        write_json(_document(plan, made), json)
    if not is_standard_output(json):
        typer.echo(
            f"{validators} nodes in {out}, block 0 {made.first_block.block_id[:16]}...; {out / 'README.md'} "
            f"says what is what.\nStart a node: wattdag node run --config {made.node_files[0]}"
        )


@app.command("add-node")
def add(
    network: Annotated[Path, typer.Option(help="The network's network.toml, with authority.key beside it.")],
    host: Annotated[str, typer.Option(help="Where the node will run.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help="Its first port; by default the next after the other nodes'.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Make the files of one more node, and add it to network.toml.

    Other nodes let it in once the regulator has registered its operator on the ledger; it then follows as an
    observer. To be elected, the operator registers it as a candidate with a bond, and holders vote for it.
    """
    try:
        added = add_node(network, host=host, port=port)
    except NetworkError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from None
    member = added.member
    if json is not None:
        document = {
            "name": member.name,
            "operator": member.operator.id,
            "validator_key": member.validator_key.public_key.hex,
            "consensus_key": member.consensus_key.public_key.hex,
            "endpoint": added.endpoint,
            "node_file": str(added.node_file),
        }
        write_json(document, json)
    if not is_standard_output(json):
        typer.echo(
            f"{member.name}, operated by {member.operator.id}: {added.node_file}\n"
            f"The regulator registers {member.operator.id} on the ledger "
            f"(wattdag network admit --network {network} --node {member.name}); then: "
            f"wattdag node run --config {added.node_file}"
        )


@app.command()
def admit(
    network: Annotated[Path, typer.Option(help="The network's network.toml, with the operator's files.")],
    node: Annotated[str, typer.Option(help="The node whose operator the regulator registers.")],
    as_: Annotated[str, typer.Option("--as", help="The regulator's name in network.toml.")] = "regulator",
) -> None:
    """Register a node's operator on the ledger that runs: its node is a member from then on."""
    try:
        known = load_network(network)
        block = asyncio.run(_admit(known, node, as_))
    except (NetworkError, NetworkFileError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from None
    except ClientError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from None
    typer.echo(f"committed in block {block}; the other nodes let {node} in")


async def _admit(network: Network, node: str, regulator: str) -> int:
    registration = admission_of(network, node, ParticipantId(regulator))
    async with WattDagClient.connect(network.addresses, network.credentials_of(regulator)) as client:
        submission = await client.submit(network.wallet_of(regulator), [registration])
        (done,) = await submission.committed()
    return done.block_number


def _document(plan: NetworkPlan, made: InitialisedNetwork) -> dict[str, object]:
    return {
        "directory": str(made.directory),
        "network_file": str(made.descriptor_file),
        "node_files": [str(path) for path in made.node_files],
        "chain_id": plan.chain_id,
        "genesis_block_id": made.first_block.block_id,
        "genesis_state_root": made.first_block.state_root.hex(),
    }
