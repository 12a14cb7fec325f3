"""A network's description, ``network.toml``, as `wattdag network init` writes it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from signing.errors import SigningError
from signing.key_files import read_private_key
from signing.keys import PrivateKey, PublicKey
from signing.types import PublicKeyHex
from wattdag.client.credentials import Credentials
from wattdag.client.errors import NetworkFileError
from wattdag.client.nodes import NodeAddress
from wattdag.client.trust import Trust
from wattdag.client.wallet import Wallet

DESCRIPTOR_BYTES_MAX: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """A node of the network.

    Attributes:
        name: For people.
        validator_key: The key that the ledger knows it by, 66 hex digits.
        consensus_key: The key that peers know it by.
        clients: ``HOST:PORT`` where it serves clients.
        operator: The participant that runs it.
        metrics: ``HOST:PORT`` of its metrics; empty where it serves none.
        peers: ``HOST:PORT`` where its peers reach it; empty where the file leaves that out.
        config_file: Its configuration, where that lies beside the description.
    """

    name: str
    validator_key: str
    consensus_key: str
    clients: str
    operator: str = ""
    metrics: str = ""
    peers: str = ""
    config_file: Path | None = None

    @property
    def address(self) -> NodeAddress:
        """Where clients find it."""
        return NodeAddress(self.clients, PublicKeyHex(self.validator_key), self.name)


@dataclass(frozen=True, slots=True)
class NetworkClient:
    """A participant whose keys lie beside the description.

    Attributes:
        name: The participant's id.
        role: What it may do, in lower case.
        account_key_file: The key that signs its transactions.
        certificate_file: Its TLS certificate.
        key_file: The certificate's key.
        meter_key_file: The key of its meter, where it has one.
        metering_point: The meter's, where it has one.
    """

    name: str
    role: str
    account_key_file: Path
    certificate_file: Path
    key_file: Path
    meter_key_file: Path | None = None
    metering_point: str = ""


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """What the file says; its paths are relative to it."""

    chain_id: str
    authority_file: Path
    nodes: tuple[NetworkNode, ...]
    clients: tuple[NetworkClient, ...] = ()
    time_scale: int = 1


@dataclass(frozen=True, slots=True)
class Network:
    """A network as its clients know it; made by `load_network`.

    Attributes:
        path: The file.
        chain_id: The ledger's name.
        time_scale: Seconds of ledger time in one of real time; 1 in production.
        nodes: All nodes that the file names.
        clients: Participants whose keys are at hand.
    """

    path: Path
    chain_id: str
    time_scale: int
    nodes: tuple[NetworkNode, ...]
    clients: tuple[NetworkClient, ...]
    authority_file: Path

    @property
    def addresses(self) -> tuple[NodeAddress, ...]:
        """Where the nodes serve clients."""
        return tuple(node.address for node in self.nodes)

    @property
    def trust(self) -> Trust:
        """The trust in the committee that founded the network: its nodes."""
        return Trust.of(self.chain_id, (node.consensus_key for node in self.nodes))

    def get_node(self, name: str) -> NetworkNode:
        """Return a node by its name.

        Raises:
            NetworkFileError: The file names no such.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise NetworkFileError(self.path, f"it names no node {name!r}; look at its [[nodes]]")

    def get_client(self, name: str) -> NetworkClient:
        """Return a participant by its id.

        Raises:
            NetworkFileError: The file names no such.
        """
        for client in self.clients:
            if client.name == name:
                return client
        raise NetworkFileError(self.path, f"it names no client {name!r}; look at its [[clients]]")

    def find_client_of(self, role: str) -> NetworkClient | None:
        """Return the first participant of a role, such as ``producer``, or ``None``."""
        return next((client for client in self.clients if client.role == role), None)

    def credentials_of(self, name: str) -> Credentials:
        """Return a participant's TLS credentials.

        Raises:
            NetworkFileError: The file names no such, or its files cannot be used.
        """
        client = self.get_client(name)
        return Credentials.from_files(
            self._resolve(self.authority_file),
            self._resolve(client.certificate_file),
            self._resolve(client.key_file),
        )

    def wallet_of(self, name: str) -> Wallet:
        """Return what signs for a participant; raises as `credentials_of`."""
        return Wallet(self._read_key(self.get_client(name).account_key_file))

    def meter_key_of(self, name: str) -> PrivateKey:
        """Return the key of a participant's meter; raises as `credentials_of`."""
        file = self.get_client(name).meter_key_file
        if file is None:
            raise NetworkFileError(self.path, f"client {name!r} has no meter_key_file")
        return self._read_key(file)

    def _read_key(self, file: Path) -> PrivateKey:
        path = self._resolve(file)
        try:
            return read_private_key(path)
        except SigningError as error:
            raise NetworkFileError(path, str(error)) from None

    def _resolve(self, file: Path) -> Path:
        return self.path.parent / file


def load_network(path: Path) -> Network:
    """Return the network that a file describes.

    Raises:
        NetworkFileError: It cannot be read, or lacks something; the text says what and where.
    """
    try:
        with path.open("rb") as file:
            content = file.read(DESCRIPTOR_BYTES_MAX + 1)
        if len(content) > DESCRIPTOR_BYTES_MAX:
            raise NetworkFileError(path, f"it is longer than {DESCRIPTOR_BYTES_MAX} bytes")
        document = tomllib.loads(content.decode())
        read = TypeAdapter(NetworkFile).validate_python(document)
        for node in read.nodes:
            PublicKey.from_hex(node.validator_key)
            PublicKey.from_hex(node.consensus_key)
    except OSError as error:
        raise NetworkFileError(path, f"it cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NetworkFileError(path, f"it is no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NetworkFileError(path, f"{where}: {first['msg']}; `wattdag network init` writes it") from None
    except SigningError as error:
        raise NetworkFileError(path, f"a node's key is none: {error}") from None
    if not read.nodes:
        raise NetworkFileError(path, "it names no [[nodes]]")
    return Network(path, read.chain_id, read.time_scale, read.nodes, read.clients, read.authority_file)
