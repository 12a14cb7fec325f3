"""Reading ``network.toml``, as `wattdag network init` writes it."""

import pytest

from tests.helpers.served_network import plan
from wattdag.client import load_network
from wattdag.client.errors import NetworkFileError
from wattdag.network.initialise import init_network


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return load_network(init_network(plan(), tmp_path_factory.mktemp("made") / "network").descriptor_file)


def test_the_nodes_and_the_keys_of_participants_are_found(network) -> None:
    """What init wrote is what a client needs: addresses, credentials, wallets, meters' keys."""
    assert network.chain_id == "test-network"
    assert [address.endpoint for address in network.addresses] == [
        plan().addresses_of(index).clients for index in range(4)
    ]
    consumer = network.find_client_of("consumer")
    assert consumer is not None
    wallet, credentials = network.wallet_of(consumer.name), network.credentials_of(consumer.name)
    assert credentials.identity().public_key_hex == wallet.public_key
    assert network.meter_key_of(consumer.name).public_key.hex != wallet.public_key


def test_credentials_show_no_secret(network) -> None:
    """The TLS key stays out of reprs."""
    credentials = network.credentials_of("regulator")
    assert b"PRIVATE" in credentials.key_pem
    assert "PRIVATE" not in repr(credentials)


def test_an_unknown_client_is_named_in_the_error(network) -> None:
    """The error says where to look."""
    with pytest.raises(NetworkFileError, match=r"'nobody'.*\[\[clients\]\]"):
        network.wallet_of("nobody")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("chain_id = ", "no TOML"),
        ("chain_id = 'x'", "authority_file"),
        ("chain_id = 'x'\nauthority_file = 'a'\nnodes = []", r"no \[\[nodes\]\]"),
        (
            "chain_id='x'\nauthority_file='a'\n[[nodes]]\nname='n'\nvalidator_key='00'\nconsensus_key=''\nclients='h:1'",
            "a node's key is none",
        ),
    ],
)
def test_a_file_that_is_no_description_says_what_is_wrong(tmp_path, text, problem) -> None:
    """Each error names the file and what it lacks."""
    path = tmp_path / "network.toml"
    path.write_text(text)
    with pytest.raises(NetworkFileError, match=problem) as error:
        load_network(path)
    assert str(path) in str(error.value)


def test_a_missing_file_is_an_error_with_its_path(tmp_path) -> None:
    """As any other."""
    with pytest.raises(NetworkFileError, match="cannot be read"):
        load_network(tmp_path / "absent.toml")
