"""One more node for a network that runs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from consensus_engine.drivers.engine_log import EngineLog
from signing.certificates import read_identity
from signing.key_files import read_private_key
from transaction_families.accounts.state import ParticipantId
from transaction_families.registry import FAMILIES
from transaction_families.token_mining.payload import TransferTokens
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.host.membership import read_members
from validator.journal.genesis import decode_genesis
from validator.node import Node
from validator.settings import load_settings
from wattdag.cli.main import app
from wattdag.client.network import load_network
from wattdag.client.wallet import Wallet
from wattdag.network.elections import BOND_UTOKEN_MIN
from wattdag.network.initialise import init_network
from wattdag.network.joining import add_node, candidacy_of, registration_of
from wattdag.network.plan import NetworkError, NetworkPlan

PLAN = NetworkPlan(chain_id="test-net", validators=5, start=datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def network_file(tmp_path: Path) -> Path:
    return init_network(PLAN, tmp_path / "net").descriptor_file


def test_an_added_node_stands_beside_the_others_and_dials_them(network_file: Path) -> None:
    """Its engine has to hear from a quorum before it writes: its log is none of a network's first."""
    added = add_node(network_file)
    settings = load_settings(added.node_file, environment={})

    network = load_network(network_file)
    assert [node.name for node in network.nodes] == [f"node-{number}" for number in range(1, 7)]
    assert [seed.validator_key for seed in settings.peers.seeds] == [
        node.validator_key for node in network.nodes[:5]
    ]
    assert settings.peers.advertise == added.endpoint == "127.0.0.1:7450"
    key = read_private_key(settings.node.validator_key_file).public_key.hex
    assert read_identity(settings.tls.certificate_file.read_bytes()).public_key_hex == key
    assert network.credentials_of("operator-6").identity().public_key_hex == (
        added.member.operator.account_key.public_key.hex
    )
    with EngineLog(settings.engine.log_dir) as log:
        assert not log.is_new


def test_its_operator_is_registered_bonded_and_stands_on_the_running_ledger(network_file: Path) -> None:
    """The regulator registers it, another operator gives it tokens, and it stands for election."""
    added = add_node(network_file, host="node-6.example", port=9000)
    network = load_network(network_file)
    genesis = decode_genesis((network_file.parent / "genesis.bin").read_bytes())
    regulator = ParticipantId("regulator")
    giver, operator = ParticipantId("operator-1"), added.member.operator
    with Node.open(
        NodeConfig(None),
        genesis=genesis,
        families=FAMILIES,
        key=added.member.validator_key,
        clock=SteppedClock(genesis.time_ms + 1000),
    ) as node:
        assert added.member.validator_key.public_key.compressed not in read_members(node.state).validator_keys
        batches = [
            network.wallet_of("regulator").batch(registration_of(added, regulator)),
            network.wallet_of("operator-1").batch(TransferTokens(giver, operator.id, BOND_UTOKEN_MIN)),
            Wallet(operator.account_key).batch(candidacy_of(added, "test-net", BOND_UTOKEN_MIN)),
        ]
        for batch in batches:
            node.submit([batch.encoded])
            block = node.produce_block()
            assert block is not None
            assert block.refused_batches == 0
        members = read_members(node.state)
    key = added.member.validator_key.public_key.compressed
    assert key in members.validator_keys
    assert members.endpoints[key] == "node-6.example:9000"


def test_a_node_is_not_added_without_the_authority_or_to_what_is_no_network(network_file: Path) -> None:
    """Nothing is left behind in the description."""
    before = network_file.read_text(encoding="utf-8")
    with pytest.raises(NetworkError, match="choose another host"):
        add_node(network_file, host="no host")
    (network_file.parent / "authority.key").unlink()
    with pytest.raises(NetworkError, match=r"authority\.key: it cannot be read"):
        add_node(network_file)
    assert network_file.read_text(encoding="utf-8") == before
    network_file.write_text("chain_id = 'x'\n")
    with pytest.raises(NetworkError, match="none of `wattdag network init`"):
        add_node(network_file)


def test_the_command_adds_a_node_and_says_what_comes_next(network_file: Path) -> None:
    """For people, and as JSON."""
    runner = CliRunner()
    told = runner.invoke(app, ["network", "add-node", "--network", str(network_file)])
    assert told.exit_code == 0, told.output
    assert "The regulator registers operator-6" in told.output
    as_json = runner.invoke(app, ["network", "add-node", "--network", str(network_file), "--json", "-"])
    assert json.loads(as_json.stdout)["name"] == "node-7"
    refused = runner.invoke(app, ["network", "add-node", "--network", str(network_file.parent / "no.toml")])
    assert refused.exit_code == 2
