"""A new network: what is written, for whom, and that every node takes it."""

import stat
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from consensus_engine.drivers.engine_log import EngineLog
from consensus_engine.types import PeerId
from signing.certificates import CertificateKind, read_identity
from signing.key_files import read_private_key
from transaction_families.accounts.state import (
    PARTICIPANTS_PREFIX,
    ExternallyOwnedAccount,
    Participant,
    Role,
    externally_owned_account_address,
)
from transaction_families.fdpos_registry.committee import elect_from_state
from transaction_families.fdpos_registry.parameters import check_registry_parameters
from transaction_families.registry import FAMILIES
from transaction_families.token_mining.state import TokenAccount, token_account_address
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.due_steps import due_steps
from validator.journal.genesis import decode_genesis
from validator.node import Node
from validator.settings import load_settings
from wattdag.cli.main import app
from wattdag.network.elections import make_registry_parameters
from wattdag.network.genesis import CANDIDATE_BOND_UTOKEN, OPERATOR_UTOKEN, TRADER_UTOKEN
from wattdag.network.initialise import InitialisedNetwork, init_network
from wattdag.network.plan import NetworkError, NetworkPlan

START = datetime(2026, 11, 22, 21, 40, 7, tzinfo=UTC)
PLAN = NetworkPlan(
    chain_id="test-net", validators=5, start=START, is_demo=True, traders=3, epoch_s=10, seed="a test"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> InitialisedNetwork:
    return init_network(PLAN, tmp_path_factory.mktemp("network") / "net")


def open_node(made: InitialisedNetwork, clock: SteppedClock | None = None) -> Node:
    """Return a node in memory, founded by the network's genesis."""
    genesis = decode_genesis((made.directory / "genesis.bin").read_bytes())
    return Node.open(
        NodeConfig(None),
        genesis=genesis,
        families=FAMILIES,
        key=read_private_key(made.directory / "nodes/node-1/validator.priv"),
        clock=clock or SteppedClock(genesis.time_ms),
        due_steps=due_steps(),
    )


def descriptor_of(made: InitialisedNetwork) -> dict[str, Any]:
    return tomllib.loads(made.descriptor_file.read_text(encoding="utf-8"))


def test_every_node_has_a_configuration_that_loads_and_files_that_are_there(made: InitialisedNetwork) -> None:
    """Its certificate names its validator key, and its seeds are all the others."""
    nodes = descriptor_of(made)["nodes"]
    assert len(made.node_files) == len(nodes) == 5
    for file, entry in zip(made.node_files, nodes, strict=True):
        settings = load_settings(file, environment={})
        validator_key = read_private_key(settings.node.validator_key_file).public_key.hex
        identity = read_identity(settings.tls.certificate_file.read_bytes())
        assert (identity.kind, identity.public_key_hex) == (CertificateKind.NODE, validator_key)
        assert entry["validator_key"] == validator_key
        assert entry["consensus_key"] == read_private_key(settings.engine.consensus_key_file).public_key.hex
        assert settings.tls.authority_file.is_file()
        assert settings.tls.key_file.is_file()
        with EngineLog(settings.engine.log_dir) as log:
            assert log.is_new  # so that the first committee may write at once
        assert decode_genesis(settings.node.genesis_file.read_bytes()).chain_id == "test-net"
        others = [each["validator_key"] for each in nodes if each is not entry]
        assert [seed.validator_key for seed in settings.peers.seeds] == others
        assert (entry["peers"], entry["clients"]) == (settings.peers.advertise, settings.clients.listen)


def test_every_client_has_an_account_key_and_a_certificate_for_it(made: InitialisedNetwork) -> None:
    """The descriptor says who is who and where their files are; it holds no secret itself."""
    document = descriptor_of(made)
    roles = {client["name"]: client["role"] for client in document["clients"]}
    assert roles["regulator"] == "regulator"
    assert roles["operator-3"] == "validator-operator"
    assert (roles["producer-1"], roles["consumer-1"], roles["producer-2"]) == (
        "producer",
        "consumer",
        "producer",
    )
    for client in document["clients"]:
        key = read_private_key(made.directory / client["account_key_file"])
        identity = read_identity((made.directory / client["certificate_file"]).read_bytes())
        assert (identity.kind, identity.public_key_hex) == (CertificateKind.CLIENT, key.public_key.hex)
        assert key.hex not in made.descriptor_file.read_text(encoding="utf-8")


def test_secrets_are_for_their_owner_alone(made: InitialisedNetwork) -> None:
    """Keys have mode 0600, in directories of mode 0700."""
    secret = [path for path in made.directory.rglob("*") if path.suffix in {".priv", ".key"}]
    assert len(secret) > 40
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    homes = [*(made.directory / "nodes").iterdir(), *(made.directory / "clients").iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in homes} == {0o700}


def test_the_ledger_begins_with_its_committee_its_roles_and_its_allotments(made: InitialisedNetwork) -> None:
    """The nodes' consensus keys sit in the first committee; operators and traders hold tokens."""
    document = descriptor_of(made)
    with open_node(made) as node:
        elected = elect_from_state(node.state)
        assert elected is not None
        assert {member.public_key for member in elected.committee.members} == {
            PeerId(bytes.fromhex(entry["consensus_key"])) for entry in document["nodes"]
        }
        assert elected.parameters.epoch_ms == 10_000
        participants = [Participant.CODEC.decode(data) for _, data in node.state.iterate(PARTICIPANTS_PREFIX)]
        operators = {p.public_keys[0] for p in participants if Role.VALIDATOR_OPERATOR in p.roles}
        assert operators == {entry["validator_key"] for entry in document["nodes"]}

        def tokens(name: str) -> int:
            data = node.state.get(token_account_address(name))
            assert data is not None
            return TokenAccount.CODEC.decode(data).balance_utoken

        assert tokens("operator-2") == OPERATOR_UTOKEN - CANDIDATE_BOND_UTOKEN
        assert tokens("producer-2") == TRADER_UTOKEN
        trader = read_private_key(made.directory / "clients/consumer-1/account.priv").public_key.hex
        account = node.state.get(externally_owned_account_address(trader))
        assert account is not None
        assert ExternallyOwnedAccount.CODEC.decode(account).balance_uyuan > 0
        assert node.head.block_id == made.first_block.block_id


def test_the_first_round_elects_the_founders_who_stand_from_the_beginning(made: InitialisedNetwork) -> None:
    """A committee comes out of state, and not of the genesis, as soon as a round is over."""
    clock = SteppedClock(int(START.timestamp()) * 1000)
    with open_node(made, clock) as node:
        clock.advance(11_000)
        while node.send_due_steps():
            node.produce_block()
        elected = elect_from_state(node.state)
        assert elected is not None
        assert elected.round == 1
        keys = {entry["consensus_key"] for entry in descriptor_of(made)["nodes"]}
        assert {member.public_key.hex() for member in elected.committee.members} == keys


def test_one_seed_makes_one_network_and_another_another(tmp_path: Path) -> None:
    """To the byte; a network without a seed is never made twice."""

    def content(directory: Path) -> dict[Path, bytes]:
        files = (path for path in directory.rglob("*") if path.is_file())
        return {path.relative_to(directory): path.read_bytes() for path in files}

    first, again = (init_network(PLAN, tmp_path / name) for name in ("first", "again"))
    other = init_network(replace(PLAN, seed="another"), tmp_path / "other")
    unseeded = [init_network(replace(PLAN, seed=None), tmp_path / name) for name in ("one", "two")]
    assert content(first.directory) == content(again.directory)
    assert len({each.first_block.block_id for each in (first, other, *unseeded)}) == 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"validators": 3}, "validators is 3; allowed are 4 to 128"),
        ({"chain_id": "Big Net"}, "chain_id"),
        ({"is_demo": False}, "a seed makes keys that anybody can make again"),
        ({"is_demo": False, "seed": None, "time_scale": 60}, "only a demo's time can be scaled"),
        ({"time_scale": 0}, "time_scale is 0"),
        ({"epoch_s": 1}, "epoch_s is 1; allowed are 2 to"),
        ({"epoch_s": 86_400, "time_scale": 5040}, "epoch_s is 86400; allowed are 2 to"),
        ({"hosts": ("a", "b")}, "2 hosts for 5 nodes"),
        ({"hosts": ("not a host",)}, "node 1: .*choose another host"),
        ({"base_port": 65_520}, "choose another host or base port"),
        ({"traders": -1}, "traders is -1"),
    ],
)
def test_a_wish_out_of_bounds_is_refused_with_its_remedy(changes: dict[str, Any], said: str) -> None:
    """Before a key is made."""
    with pytest.raises(NetworkError, match=said):
        replace(PLAN, **changes)


@pytest.mark.parametrize("validators", [4, 7, 128])
@pytest.mark.parametrize(("epoch_s", "time_scale"), [(2, 1), (5, 5040), (59, 1), (3600, 1), (86_400, 1)])
def test_election_rules_are_workable_for_every_length_of_an_epoch(
    validators: int, epoch_s: int, time_scale: int
) -> None:
    """From some seconds to a day; the ledger itself would take them."""
    parameters = make_registry_parameters(validators, epoch_s=epoch_s, time_scale=time_scale)
    check_registry_parameters(parameters)
    assert parameters.round_s * 1000 == parameters.epochs.epoch_ms * time_scale


def test_nodes_on_hosts_of_their_own_listen_to_the_world_and_share_port_numbers() -> None:
    """On one host they listen there alone, ten ports apart."""
    apart = replace(PLAN, hosts=tuple(f"10.9.0.{number}" for number in range(1, 6)))
    assert apart.addresses_of(1).listen_peers == "0.0.0.0:7400"
    assert apart.addresses_of(1).peers == "10.9.0.2:7400"
    assert PLAN.addresses_of(1).listen_peers == PLAN.addresses_of(1).peers == "127.0.0.1:7410"
    assert apart.addresses_of(1).metrics == "127.0.0.1:7402"


def test_nothing_is_written_over_what_is_there(tmp_path: Path) -> None:
    """Keys least of all."""
    (tmp_path / "something").write_text("dear")
    with pytest.raises(NetworkError, match="not empty"):
        init_network(PLAN, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["something"]
    with pytest.raises(NetworkError, match="it is a file"):
        init_network(PLAN, tmp_path / "something")
    assert (tmp_path / "something").read_text() == "dear"


def test_the_command_makes_a_network_and_says_what_to_do_next(tmp_path: Path) -> None:
    """And says what is wrong with what it was given, with exit code 2."""
    runner = CliRunner()
    out = tmp_path / "net"
    done = runner.invoke(app, ["network", "init", "--validators", "4", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"wattdag node run --config {out}/nodes/node-1/node.toml" in done.output
    assert decode_genesis((out / "genesis.bin").read_bytes()).is_production
    refused = runner.invoke(app, ["network", "init", "--validators", "4", "--out", str(out)])
    assert refused.exit_code == 2
    assert "not empty" in refused.output
