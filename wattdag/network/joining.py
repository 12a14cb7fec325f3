"""A further node of a network that runs: its files, and what its operator and the regulator send.

Its engine's log begins empty: it has to hear from a quorum before it writes, as a node does that lost its
log, and so it can never contradict what a node with its keys wrote before.
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from signing.certificates import CertifiedKey
from signing.errors import SigningError
from signing.key_files import PUBLIC_FILE_MODE, read_small_file, write_new_file
from transaction_families.accounts.payload import RegisterParticipant
from transaction_families.accounts.state import ParticipantId
from transaction_families.fdpos_registry.payload import RegisterCandidate
from wattdag.network.documents import (
    AUTHORITY_CERTIFICATE_FILE,
    GENESIS_FILE,
    NODE_FILE,
    client_directory,
    node_directory,
    render_client_entry,
    render_node,
    render_node_entry,
)
from wattdag.network.genesis import make_candidacy
from wattdag.network.initialise import write_client, write_node
from wattdag.network.members import MemberMaker, NodeMember
from wattdag.network.plan import PORTS_PER_NODE, NetworkError, addresses_at, check_addresses
from wattdag.network.secrets import system_secrets

_FILE_BYTES_MAX: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AddedNode:
    """A node whose files have been written.

    Attributes:
        member: It and its operator.
        endpoint: Where its peers reach it.
        node_file: Its configuration.
    """

    member: NodeMember
    endpoint: str
    node_file: Path


def add_node(network_file: Path, *, host: str = "127.0.0.1", port: int | None = None) -> AddedNode:
    """Make the next node of a network beside the others', and add it to ``network.toml``.

    Args:
        network_file: The network's ``network.toml``, with ``authority.key`` beside it.
        host: Where the node will run.
        port: Its first port; by default the next ones after the highest of the nodes so far.

    Raises:
        NetworkError: The network's files cannot be used, the address has another form, or a file is there.
    """
    directory = network_file.parent
    try:
        text = _read(network_file, private=False).decode()
        document = tomllib.loads(text)
        nodes: list[dict[str, Any]] = document["nodes"]
        seeds = [(node["validator_key"], node["peers"]) for node in nodes]
        if port is None:
            port = max(int(peers.rpartition(":")[2]) for _, peers in seeds) + PORTS_PER_NODE
        addresses = addresses_at(host, port)
        check_addresses("the node", addresses)
        maker = MemberMaker(_read_authority(directory), system_secrets, datetime.now(UTC))
        member = maker.node(len(nodes) + 1, host)
        home = directory / node_directory(member)
        config = render_node(member.name, addresses, seeds, epoch_s=int(document["epoch_s"]))
        write_node(home, member, config)
        for name in (GENESIS_FILE, AUTHORITY_CERTIFICATE_FILE):
            write_new_file(home / name, _read(directory / name, private=False), PUBLIC_FILE_MODE)
        write_client(directory / client_directory(member.operator), member.operator)
        entries = render_node_entry(member, addresses), render_client_entry(member.operator)
        network_file.write_text("\n".join((text, *entries)), encoding="utf-8")
    except (SigningError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NetworkError(str(error)) from error
    except (KeyError, ValueError) as error:
        raise NetworkError(f"{network_file}: it is none of `wattdag network init`: {error}") from error
    except OSError as error:
        raise NetworkError(f"{error.filename}: {error.strerror}") from error
    return AddedNode(member, addresses.peers, home / NODE_FILE)


def registration_of(added: AddedNode, regulator_id: ParticipantId) -> RegisterParticipant:
    """Return what the regulator sends so that a node's operator takes part, and its node is a member."""
    return RegisterParticipant(regulator_id, added.member.operator.participant)


def candidacy_of(added: AddedNode, chain_id: str, bond_utoken: int) -> RegisterCandidate:
    """Return what a node's operator sends to stand for election with it.

    Args:
        added: The node.
        chain_id: The ledger's name.
        bond_utoken: What it locks; it has been given as much by a holder.
    """
    return make_candidacy(chain_id, added.member, added.endpoint, bond_utoken)


def _read_authority(directory: Path) -> CertifiedKey:
    return CertifiedKey(
        _read(directory / AUTHORITY_CERTIFICATE_FILE, private=False),
        _read(directory / "authority.key", private=True),
    )


def _read(path: Path, *, private: bool) -> bytes:
    return read_small_file(path, private=private, bytes_max=_FILE_BYTES_MAX)
