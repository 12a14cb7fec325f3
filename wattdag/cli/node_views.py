"""``wattdag node status|peers|committee``: how nodes stand, as each of them says."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Table

from protos.services import node_pb2 as pb
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_json
from wattdag.client.credentials import Credentials
from wattdag.client.errors import ClientError, NetworkFileError
from wattdag.client.network import Network, NetworkNode, load_network
from wattdag.client.node import NodeClient

M = TypeVar("M", bound=Message)

_PIPE_COLUMNS: Final = 200
NO_ANSWER: Final = "no answer"
_KEY_DIGITS_SHOWN: Final = 12

NetworkOption = Annotated[
    Path,
    typer.Option("--network", help="The network's description, network.toml, as network init writes it."),
]
NodeOption = Annotated[
    str | None, typer.Option("--node", help="Ask this node alone, by its name; all of them otherwise.")
]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as", help="Whose certificate to show: a client of network.toml; the regulator otherwise."
    ),
]


def status(
    network: NetworkOption, node: NodeOption = None, as_: AsOption = None, json: JsonOption = None
) -> None:
    """Show each node's chain, epoch, what is pending, its peers, and whether it has halted.

    HEAD is the last block here; CERTIFIED is what a quorum vouches for: blocks up to there are committed.
    Exit code 1 if a node does not answer or has halted, or if two nodes have different roots at one height.
    """
    names, answers = _ask(network, node, as_, NodeClient.status)
    nodes = {name: answer for name, answer in zip(names, answers, strict=True) if isinstance(answer, pb.Node)}
    table = _table("HEAD", "CERTIFIED", "STATE ROOT", "EPOCH", "ROUND", "PENDING", "PEERS", "IS")
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, pb.Node):
            table.add_row(
                name,
                str(answer.head_number),
                str(answer.certified_number),
                answer.state_root.hex()[:16],
                str(answer.epoch),
                str(answer.round),
                str(answer.pending_batches),
                str(answer.connected_peers),
                _describe(answer),
            )
        else:
            table.add_row(name, *["-"] * 7, NO_ANSWER)
    _show(table, {"nodes": _documents(names, answers)}, json)
    roots = {(each.head_number, each.state_root) for each in nodes.values()}
    diverged = len(roots) != len({number for number, _ in roots})
    if diverged:
        typer.echo("nodes have different state roots at one height: the ledger has diverged", err=True)
    if diverged or len(nodes) < len(names) or any(each.halted_reason for each in nodes.values()):
        raise typer.Exit(EXIT_FAILED)


def peers(
    network: NetworkOption, node: NodeOption = None, as_: AsOption = None, json: JsonOption = None
) -> None:
    """Show each node's links to its peers: since when, what went over them, what waits, what was wrong."""
    names, answers = _ask(network, node, as_, _list_peers)
    known = _names_by_key(network)
    table = _table("PEER", "ADDRESS", "SINCE", "SENT", "RECEIVED", "WAITING", "FAULTS")
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, pb.ListPeersResponse):
            for peer in answer.peers:
                table.add_row(
                    name,
                    known.get(peer.consensus_key) or peer.consensus_key[:_KEY_DIGITS_SHOWN],
                    peer.address,
                    _time(peer.connected_since) if peer.is_connected else "not connected",
                    f"{peer.sent_bytes / 1e6:.1f} MB",
                    f"{peer.received_bytes / 1e6:.1f} MB",
                    str(peer.queued_messages),
                    str(peer.faults),
                )
        else:
            table.add_row(name, NO_ANSWER)
    _show(table, {"nodes": _documents(names, answers)}, json)
    _check_answers(answers)


def committee(
    network: NetworkOption, node: NodeOption = None, as_: AsOption = None, json: JsonOption = None
) -> None:
    """Show the committee in office as each node knows it: members in order, their shares of leader slots."""
    names, answers = _ask(network, node, as_, NodeClient.committee)
    known = _names_by_key(network)
    table = _table("EPOCH", "SINCE", "QUORUM", "MEMBER", "KEY", "TICKETS")
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, pb.Committee):
            for member in answer.members:
                table.add_row(
                    name,
                    str(answer.epoch),
                    _time(answer.start_time),
                    f"{answer.quorum} of {len(answer.members)}",
                    known.get(member.consensus_key) or member.name,
                    member.consensus_key[:_KEY_DIGITS_SHOWN],
                    str(member.tickets),
                )
        else:
            table.add_row(name, NO_ANSWER)
    _show(table, {"nodes": _documents(names, answers)}, json)
    _check_answers(answers)


async def _list_peers(client: NodeClient) -> pb.ListPeersResponse:
    return pb.ListPeersResponse(peers=await client.peers())


def _ask(
    file: Path, node: str | None, as_: str | None, question: Callable[[NodeClient], Awaitable[M]]
) -> tuple[list[str], list[M | ClientError]]:
    """Return the names of the nodes asked, and what each answers or fails with, in the same order."""
    try:
        network = load_network(file)
        chosen = _choose(network, node)
        credentials = network.credentials_of(as_ or _default_client(network))
    except NetworkFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from None
    answers = asyncio.run(_ask_all(chosen, credentials, question))
    for answer in answers:
        if isinstance(answer, ClientError):
            typer.echo(str(answer), err=True)
    return [each.name for each in chosen], answers


async def _ask_all(
    nodes: Sequence[NetworkNode], credentials: Credentials, question: Callable[[NodeClient], Awaitable[M]]
) -> list[M | ClientError]:
    async def ask(node: NetworkNode) -> M | ClientError:
        async with NodeClient(node.address, credentials) as client:
            try:
                return await question(client)
            except ClientError as error:
                return error

    return list(await asyncio.gather(*map(ask, nodes)))


def _choose(network: Network, name: str | None) -> Sequence[NetworkNode]:
    if name is None:
        return network.nodes
    if chosen := [node for node in network.nodes if node.name == name]:
        return chosen
    known = ", ".join(node.name for node in network.nodes)
    raise NetworkFileError(network.path, f"it names no node {name!r}; there are {known}")


def _default_client(network: Network) -> str:
    client = network.find_client_of("regulator") or (network.clients[0] if network.clients else None)
    if client is None:
        raise NetworkFileError(network.path, "it names no [[clients]], so whose certificate to show?")
    return client.name


def _names_by_key(file: Path) -> dict[str, str]:
    """Return the nodes' names by their consensus keys, as the description has them; it was read before."""
    return {node.consensus_key: node.name for node in load_network(file).nodes}


def _check_answers(answers: Sequence[Message | ClientError]) -> None:
    if any(isinstance(answer, ClientError) for answer in answers):
        raise typer.Exit(EXIT_FAILED)


def _describe(node: pb.Node) -> str:
    if node.halted_reason:
        return f"halted: {node.halted_reason}"
    if node.is_syncing:
        return "syncing"
    return "super node" if node.is_super_node else "observer"


def _documents(names: Sequence[str], answers: Sequence[Message | ClientError]) -> list[dict[str, Any]]:
    return [
        {"node": name, "error": str(answer)}
        if isinstance(answer, ClientError)
        else {"node": name, **_document(answer)}
        for name, answer in zip(names, answers, strict=True)
    ]


def _document(message: Message) -> dict[str, Any]:
    """Return a message for JSON: numbers as numbers, bytes in hex, times in ISO 8601."""
    return {field.name: _plain(getattr(message, field.name)) for field in message.DESCRIPTOR.fields}


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return value.hex()
        case Timestamp():
            return value.ToDatetime(UTC).isoformat()
        case Message():
            return _document(value)
        case str() | int() | float():
            return value
        case _:
            return [_plain(each) for each in value]


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("NODE", *headings):
        table.add_column(heading, no_wrap=heading == "NODE")
    return table


def _show(table: Table, document: dict[str, Any], json: Path | None) -> None:
    if json is not None:
        write_json(document, json)
    if not is_standard_output(json):
        console = Console()
        (console if console.is_terminal else Console(width=_PIPE_COLUMNS)).print(table)


def _time(stamp: Timestamp) -> str:
    return f"{stamp.ToDatetime(UTC):%Y-%m-%d %H:%M:%S}"
