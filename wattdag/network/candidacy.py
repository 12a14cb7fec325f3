"""A node's way to a seat, out of a network's files: what its operator and the regulator send.

The regulator registers the operator, which makes the node a member; the operator registers the node as its
candidate. `wattdag.client.power` proves its computing power.
"""

from typing import Final

from nacl.public import PrivateKey as EncryptionKey

from signing.errors import SigningError
from signing.key_files import read_private_key, read_small_file
from signing.keys import PrivateKey
from transaction_families.accounts.payload import RegisterParticipant
from transaction_families.accounts.state import (
    Participant,
    ParticipantId,
    ParticipantKind,
    ParticipantStatus,
    Role,
)
from transaction_families.fdpos_registry.consensus_keys import sign_registration
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, Organisation
from transaction_families.fdpos_registry.payload import RegisterCandidate
from transaction_families.handler import PublicKey
from validator.errors import ConfigError
from validator.settings import load_settings
from wattdag.client.network import Network, NetworkNode
from wattdag.client.power import Prover
from wattdag.network.plan import NetworkError

_KEY_FILE_BYTES_MAX: Final = 1024


def organisation_of(node: NetworkNode) -> Organisation:
    """Return the organisation that a node stands for: its operator, who owns itself.

    Raises:
        NetworkError: The description names no operator for the node.
    """
    if not node.operator:
        raise NetworkError(f"{node.name} has no operator in the network's description; add one to its entry")
    return Organisation(node.operator)


def admission_of(network: Network, node_name: str, regulator_id: ParticipantId) -> RegisterParticipant:
    """Return what the regulator sends so that a node's operator takes part, and its node is a member.

    Raises:
        NetworkFileError: The network names no such node or operator.
        NetworkError: A file of theirs cannot be used.
    """
    node = network.get_node(node_name)
    operator = ParticipantId(organisation_of(node))
    account_key_file = network.path.parent / network.get_client(operator).account_key_file
    try:
        data = read_small_file(
            account_key_file.with_name("encryption.priv"), private=True, bytes_max=_KEY_FILE_BYTES_MAX
        )
        encryption_key = bytes(EncryptionKey(bytes.fromhex(data.decode().strip())).public_key)
    except (SigningError, ValueError, UnicodeDecodeError) as error:
        raise NetworkError(f"{account_key_file.with_name('encryption.priv')}: {error}") from None
    participant = Participant(
        operator,
        ParticipantKind.VALIDATOR_OPERATOR,
        (Role.VALIDATOR_OPERATOR,),
        (PublicKey(node.validator_key), network.wallet_of(operator).public_key),
        operator,
        encryption_key,
        ParticipantStatus.ACTIVE,
    )
    return RegisterParticipant(regulator_id, participant)


def candidacy_of_node(network: Network, node_name: str, bond_utoken: int) -> RegisterCandidate:
    """Return what a node's operator sends to stand for election with it.

    Raises:
        NetworkFileError: The network names no such node.
        NetworkError: Its consensus key cannot be read, or the description lacks what is needed.
    """
    node = network.get_node(node_name)
    organisation = organisation_of(node)
    key = _read_consensus_key(network, node)
    if not node.peers:
        raise NetworkError(f"{node_name} has no address for peers in {network.path}; add one to its entry")
    return RegisterCandidate(
        ParticipantId(node.operator),
        organisation,
        ConsensusKeyHex(key.public_key.hex),
        node.peers,
        sign_registration(key, network.chain_id, organisation, node.peers),
        bond_utoken,
    )


def prover_of(network: Network, node_name: str) -> Prover:
    """Return who proves a node's computing power.

    Raises:
        NetworkFileError: The network names no such node, or its operator's key cannot be read.
        NetworkError: The description names no operator for the node.
    """
    node = network.get_node(node_name)
    organisation = organisation_of(node)
    return Prover(
        network.wallet_of(node.operator),
        ParticipantId(node.operator),
        organisation,
        ConsensusKeyHex(node.consensus_key),
    )


def _read_consensus_key(network: Network, node: NetworkNode) -> PrivateKey:
    if node.config_file is None:
        raise NetworkError(f"{network.path} names no config_file of {node.name}: do this where its keys are")
    try:
        settings = load_settings(network.path.parent / node.config_file, environment={})
        return read_private_key(settings.engine.consensus_key_file)
    except (ConfigError, SigningError) as error:
        raise NetworkError(f"{node.name}: {error}") from None
