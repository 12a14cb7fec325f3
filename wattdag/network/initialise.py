"""A network's directory, written once: nothing in it is ever overwritten."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from consensus_engine.drivers.engine_log import initialise_log
from signing.errors import SigningError
from signing.key_files import PRIVATE_FILE_MODE, PUBLIC_FILE_MODE, write_key_files, write_new_file
from transaction_families.registry import FAMILIES
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.journal.errors import GenesisError
from validator.journal.genesis import Genesis, encode_genesis
from validator.journal.ledger_block import LedgerBlock
from validator.node import Node
from wattdag.network.documents import (
    AUTHORITY_CERTIFICATE_FILE,
    DESCRIPTOR_FILE,
    ENGINE_DIRECTORY,
    GENESIS_FILE,
    NODE_FILE,
    client_directory,
    node_directory,
    render_descriptor,
    render_node,
    render_readme,
)
from wattdag.network.genesis import make_genesis
from wattdag.network.members import Member, Members, NodeMember, make_members
from wattdag.network.plan import NetworkError, NetworkPlan

SECRET_DIRECTORY_MODE: Final = 0o700


@dataclass(frozen=True, slots=True)
class InitialisedNetwork:
    """A network that has been written.

    Attributes:
        directory: Where it is.
        descriptor_file: Its ``network.toml``.
        node_files: Each node's configuration, in order.
        first_block: Block 0, as every node will make it.
    """

    directory: Path
    descriptor_file: Path
    node_files: tuple[Path, ...]
    first_block: LedgerBlock


def init_network(plan: NetworkPlan, directory: Path) -> InitialisedNetwork:
    """Make a network's keys, certificates, genesis and configurations, and write them.

    Args:
        plan: What is asked for.
        directory: Absent or empty.

    Raises:
        NetworkError: As `write_network`; or a host's name cannot stand in a certificate.
    """
    _check_empty(directory)
    try:
        members = make_members(plan)
        genesis = make_genesis(plan, members)
    except SigningError as error:
        raise NetworkError(str(error)) from error
    return write_network(plan, members, genesis, directory)


def write_network(
    plan: NetworkPlan, members: Members, genesis: Genesis, directory: Path
) -> InitialisedNetwork:
    """Write the directory of a network whose members and genesis have been made.

    The genesis is tried on a ledger in memory first: what is written, every node takes.

    Args:
        plan: Where the nodes are, and how they run.
        members: Everybody whose keys are written.
        genesis: How the ledger starts.
        directory: Absent or empty.

    Raises:
        NetworkError: The directory is not empty or cannot be written, or the genesis is refused.
    """
    _check_empty(directory)
    try:
        first_block = _try_genesis(genesis, members)
        _write(directory, plan, members, encode_genesis(genesis))
    except (SigningError, GenesisError) as error:
        raise NetworkError(str(error)) from error
    except OSError as error:
        raise NetworkError(f"{directory}: it cannot be written: {error.strerror}") from error
    return InitialisedNetwork(
        directory,
        directory / DESCRIPTOR_FILE,
        tuple(directory / node_directory(node) / NODE_FILE for node in members.nodes),
        first_block,
    )


def _check_empty(directory: Path) -> None:
    if directory.is_file():
        raise NetworkError(f"{directory}: it is a file; name a new directory")
    try:
        is_empty = not directory.exists() or not any(directory.iterdir())
    except OSError as error:
        raise NetworkError(f"{directory}: it cannot be read: {error.strerror}") from error
    if not is_empty:
        raise NetworkError(
            f"{directory}: it is not empty; choose another directory, keys are never overwritten"
        )


def _try_genesis(genesis: Genesis, members: Members) -> LedgerBlock:
    with Node.open(
        NodeConfig(None),
        genesis=genesis,
        families=FAMILIES,
        key=members.nodes[0].validator_key,
        clock=SteppedClock(genesis.time_ms),
    ) as node:
        return node.head


def _write(directory: Path, plan: NetworkPlan, members: Members, genesis: bytes) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    _write_public(directory, genesis, members)
    write_new_file(directory / "authority.key", members.authority.key_pem, PRIVATE_FILE_MODE)
    peers = [
        (node.validator_key.public_key.hex, plan.addresses_of(index).peers)
        for index, node in enumerate(members.nodes)
    ]
    for index, node in enumerate(members.nodes):
        home = directory / node_directory(node)
        config = render_node(
            node.name,
            plan.addresses_of(index),
            (seed for other, seed in enumerate(peers) if other != index),
            epoch_s=plan.epoch_s,
            engine_mode=plan.engine_mode,
            reflection=plan.reflection,
        )
        write_node(home, node, config)
        initialise_log(home / ENGINE_DIRECTORY)
        _write_public(home, genesis, members)
    for member in members.everybody:
        write_client(directory / client_directory(member), member)
    _write_text(directory / DESCRIPTOR_FILE, render_descriptor(plan, members))
    _write_text(directory / "README.md", render_readme(plan, members))


def write_node(directory: Path, node: NodeMember, config: str) -> None:
    """Write a node's keys, certificate and configuration into a new directory."""
    directory.mkdir(parents=True, mode=SECRET_DIRECTORY_MODE)
    write_key_files(directory, "validator", node.validator_key)
    write_key_files(directory, "consensus", node.consensus_key)
    node.certificate.write(directory, "tls")
    _write_text(directory / NODE_FILE, config)


def write_client(directory: Path, member: Member) -> None:
    """Write a participant's keys and certificate into a new directory."""
    directory.mkdir(parents=True, mode=SECRET_DIRECTORY_MODE)
    write_key_files(directory, "account", member.account_key)
    member.certificate.write(directory, "tls")
    encryption_key = f"{bytes(member.encryption_key).hex()}\n"
    write_new_file(directory / "encryption.priv", encryption_key.encode(), PRIVATE_FILE_MODE)
    if member.meter_key is not None:
        write_key_files(directory, "meter", member.meter_key)


def _write_public(directory: Path, genesis: bytes, members: Members) -> None:
    write_new_file(directory / GENESIS_FILE, genesis, PUBLIC_FILE_MODE)
    write_new_file(
        directory / AUTHORITY_CERTIFICATE_FILE, members.authority.certificate_pem, PUBLIC_FILE_MODE
    )


def _write_text(path: Path, text: str) -> None:
    write_new_file(path, text.encode(), PUBLIC_FILE_MODE)
