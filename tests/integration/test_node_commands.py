"""`wattdag node status|peers|committee` against nodes that serve clients over mutual TLS."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.helpers.client_services import SoloLedger
from tests.helpers.served_network import ServedNetwork, members, open_node, plan, serve_network
from transaction_families.accounts.payload import Transfer
from validator.services.backend import CommitteeStatus, PeerStatus
from wattdag.cli.main import app
from wattdag.network.documents import client_directory, render_descriptor

RUNNER = CliRunner()


def write_network(directory: Path, network: ServedNetwork, *, served_only: bool = False) -> Path:
    """Write the description and the regulator's files, with the ports that the nodes really have."""
    text = render_descriptor(plan(), members())
    if served_only:
        head, *nodes = text.split("[[nodes]]")
        last, clients, rest = nodes.pop().partition("[[clients]]")
        kept = "[[nodes]]".join([head, *[*nodes, last][: len(network.nodes)]])
        text = kept + clients + rest
    for index, node in enumerate(network.nodes):
        text = text.replace(f'"{plan().addresses_of(index).clients}"', f'"{node.address.endpoint}"')
    file = directory / "network.toml"
    file.write_text(text, encoding="utf-8")
    (directory / "authority.crt").write_bytes(members().authority.certificate_pem)
    for member in (members().regulator, members().traders[0]):
        home = directory / client_directory(member)
        home.mkdir(parents=True)
        member.certificate.write(home, "tls")
    return file


async def ask(*arguments: str) -> Result:
    """Run a command beside the nodes."""
    return await asyncio.to_thread(RUNNER.invoke, app, ["node", *arguments])


async def ask_json(*arguments: str) -> Any:
    return json.loads((await ask(*arguments, "--json", "-")).stdout)


@pytest.mark.asyncio
async def test_status_shows_every_node_and_fails_while_one_does_not_answer(tmp_path: Path) -> None:
    """Two of the four nodes are up; scripts get numbers as numbers and bytes in hex."""
    with open_node() as node:
        async with serve_network(SoloLedger(node), SoloLedger(node)) as network:
            file = str(write_network(tmp_path, network))
            done = await ask("status", "--network", file, "--node", "node-1")
            assert done.exit_code == 0, done.output
            assert "node-1" in done.output
            assert node.head.state_root.hex()[:16] in done.output
            document = await ask_json("status", "--network", file, "--node", "node-2")
            assert document["nodes"][0]["head_number"] == 0
            assert document["nodes"][0]["state_root"] == node.head.state_root.hex()
            everybody = await ask("status", "--network", file)
            assert everybody.exit_code == 1
            assert "no answer" in everybody.output


@pytest.mark.asyncio
async def test_peers_and_committee_show_nodes_by_their_names(tmp_path: Path) -> None:
    """Keys that the description knows come out as names."""
    one, two = (member.consensus_key.public_key.hex for member in members().nodes[:2])
    with open_node() as node:
        async with serve_network(SoloLedger(node)) as network:
            served = network.nodes[0].status
            served.committee = CommitteeStatus(3, 0, ((one, 1), (two, 2)), 2, {})
            served.peers = [PeerStatus(two, "", "10.0.0.2:7400", 1_000, 5_000_000, 1_000_000, 0, 4)]
            file = str(write_network(tmp_path, network))
            committee = await ask("committee", "--network", file, "--node", "node-1")
            assert committee.exit_code == 0, committee.output
            assert "2 of 2" in committee.output
            assert "node-2" in committee.output
            peers = await ask("peers", "--network", file, "--node", "node-1")
            assert peers.exit_code == 0, peers.output
            assert "node-2" in peers.output
            assert "5.0 MB" in peers.output
            document = await ask_json("peers", "--network", file, "--node", "node-1")
            assert document["nodes"][0]["peers"][0]["faults"] == 4


@pytest.mark.asyncio
async def test_nodes_with_different_roots_at_one_height_are_called_diverged(tmp_path: Path) -> None:
    """The worst that can be seen from outside has words of its own."""
    payer, payee = (trader.wallet for trader in members().traders[:2])
    with open_node() as node, open_node() as other:
        ledgers = SoloLedger(node), SoloLedger(other)
        for amount_uyuan, ledger in enumerate(ledgers, start=1):
            ledger.produce(payer.batch(Transfer(payee.public_key, amount_uyuan)))
        async with serve_network(*ledgers) as network:
            file = str(write_network(tmp_path, network, served_only=True))
            done = await ask("status", "--network", file)
            assert done.exit_code == 1
            assert "the ledger has diverged" in done.output


@pytest.mark.asyncio
async def test_a_description_that_names_no_such_node_or_client_is_bad_input(tmp_path: Path) -> None:
    """With those that there are."""
    with open_node() as node:
        async with serve_network(SoloLedger(node)) as network:
            file = str(write_network(tmp_path, network))
            wrong_node = await ask("status", "--network", file, "--node", "node-9")
            assert wrong_node.exit_code == 2
            assert "there are node-1, node-2" in wrong_node.output
            assert (await ask("status", "--network", file, "--as", "nobody")).exit_code == 2
            assert (await ask("status", "--network", f"{file}.not")).exit_code == 2
