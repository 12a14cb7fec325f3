"""What a node's operator and the regulator send, out of a network's files."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from transaction_families.accounts.state import ParticipantId
from wattdag.client.errors import NetworkFileError
from wattdag.client.network import Network, load_network
from wattdag.network.candidacy import admission_of, candidacy_of_node, organisation_of, prover_of
from wattdag.network.elections import BOND_UTOKEN_MIN
from wattdag.network.initialise import init_network
from wattdag.network.joining import AddedNode, add_node, candidacy_of, registration_of
from wattdag.network.plan import NetworkError, NetworkPlan

PLAN = NetworkPlan(chain_id="test-net", validators=4, start=datetime.now(UTC).replace(microsecond=0))


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, AddedNode]:
    network_file = init_network(PLAN, tmp_path_factory.mktemp("net")).descriptor_file
    node = add_node(network_file)
    return load_network(network_file), node


def test_the_files_say_what_whoever_made_them_would_send(added: tuple[Network, AddedNode]) -> None:
    """Registration and candidacy are those of the members, though read from the directory."""
    network, node = added
    regulator = ParticipantId("regulator")
    assert admission_of(network, "node-5", regulator) == registration_of(node, regulator)
    assert candidacy_of_node(network, "node-5", BOND_UTOKEN_MIN) == (
        candidacy_of(node, "test-net", BOND_UTOKEN_MIN)
    )
    prover = prover_of(network, "node-5")
    assert prover.wallet.public_key == node.member.operator.wallet.public_key
    assert prover.consensus_public_key == node.member.consensus_key.public_key.hex


def test_a_node_that_the_network_does_not_name_is_refused(added: tuple[Network, AddedNode]) -> None:
    """The error says where to look."""
    with pytest.raises(NetworkFileError, match="names no node 'node-9'"):
        prover_of(added[0], "node-9")


def test_a_node_without_operator_address_or_keys_cannot_be_put_forward(
    added: tuple[Network, AddedNode],
) -> None:
    """Each error says what the description lacks."""
    network, _ = added
    node = network.get_node("node-5")
    with pytest.raises(NetworkError, match="has no operator"):
        organisation_of(replace(node, operator=""))
    for lacking, text in (("peers", "no address for peers"), ("config_file", "names no config_file")):
        poorer = replace(node, **{lacking: "" if lacking == "peers" else None})
        with pytest.raises(NetworkError, match=text):
            candidacy_of_node(replace(network, nodes=(poorer,)), "node-5", BOND_UTOKEN_MIN)


def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The file, and what is wrong with it."""
    network_file = init_network(PLAN, tmp_path / "net").descriptor_file
    (tmp_path / "net/clients/operator-1/encryption.priv").write_text("no key")
    (tmp_path / "net/nodes/node-1/consensus.priv").unlink()
    network = load_network(network_file)
    with pytest.raises(NetworkError, match=r"encryption\.priv"):
        admission_of(network, "node-1", ParticipantId("regulator"))
    with pytest.raises(NetworkError, match=r"consensus\.priv"):
        candidacy_of_node(network, "node-1", BOND_UTOKEN_MIN)


def test_nodes_of_short_epochs_take_their_keepers_turns_quickly(tmp_path: Path) -> None:
    """Else a round would stay open for long because one node is down; a day's rounds can wait."""
    quick = replace(PLAN, epoch_s=10)
    init_network(quick, tmp_path / "quick")
    init_network(PLAN, tmp_path / "slow")
    added = add_node(tmp_path / "quick/network.toml")
    for file in (tmp_path / "quick/nodes/node-1/node.toml", added.node_file):
        assert "[keeper]\nfallback_s = 2\n" in file.read_text()
    assert "keeper" not in (tmp_path / "slow/nodes/node-1/node.toml").read_text()
