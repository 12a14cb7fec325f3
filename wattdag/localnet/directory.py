"""The directory that ``wattdag network init`` wrote, as its processes on this machine need it."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.workloads.orders import Actor
from signing.key_files import read_private_key
from signing.types import PublicKeyHex
from transaction_families.accounts.state import ParticipantId
from wattdag.client.credentials import Credentials
from wattdag.client.nodes import NodeAddress
from wattdag.localnet.errors import LocalnetError
from wattdag.localnet.network import LocalNetwork, NodePlan
from wattdag.localnet.workload import Operators

DESCRIPTOR_FILE: Final = "network.toml"
LOG_DIRECTORY: Final = "logs"

_DATA_DIRECTORIES: Final = ("data", "engine")
_REMOTE: Final = "remote"
_FIRST_BASE_PORT: Final = 7400
_LAST_BASE_PORT: Final = 60_000
_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class NetworkDirectory:
    """A network's files.

    Attributes:
        path: The directory.
        descriptor: What its ``network.toml`` says.
    """

    path: Path
    descriptor: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> NetworkDirectory:
        """Return the network in a directory.

        Raises:
            LocalnetError: There is none that can be read.
        """
        file = path / DESCRIPTOR_FILE
        try:
            return cls(path, tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise LocalnetError(f"{file}: {error}; `wattdag network init` writes such a file") from None

    @property
    def nodes(self) -> list[Mapping[str, Any]]:
        """The descriptor's nodes."""
        return list(self.descriptor["nodes"])

    @property
    def clients(self) -> list[Mapping[str, Any]]:
        """The descriptor's clients."""
        return list(self.descriptor["clients"])

    def plans(self) -> list[NodePlan]:
        """Return what is needed to run each node.

        Raises:
            LocalnetError: A configuration cannot be read.
        """
        return [self._plan(node) for node in self.nodes]

    def credentials(self, role: str = "regulator") -> Credentials:
        """Return the files of a client with a role; the regulator may look at everything.

        Raises:
            LocalnetError: No client has the role.
            NetworkFileError: Its files cannot be read.
        """
        client = self._client(role)
        return Credentials.from_files(
            self.path / self.descriptor["authority_file"],
            self.path / client["certificate_file"],
            self.path / client["key_file"],
        )

    def operators(self) -> Operators:
        """Return who may enrol traders, with their keys.

        Raises:
            LocalnetError: No client has the role.
            KeyFileError: A key cannot be read.
        """
        return Operators(self._actor("market-operator"), self._actor("meter-operator"))

    def open(self) -> LocalNetwork:
        """Return the network's processes, none started.

        Raises:
            LocalnetError: A file of it cannot be read.
            NetworkFileError: The same.
        """
        return LocalNetwork(self.plans(), self.path / LOG_DIRECTORY, self.credentials())

    def _plan(self, node: Mapping[str, Any]) -> NodePlan:
        config_file = self.path / node["config_file"]
        try:
            config = tomllib.loads(config_file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise LocalnetError(f"{config_file}: {error}") from None
        return NodePlan(
            NodeAddress(node["clients"], PublicKeyHex(node["validator_key"]), node["name"]),
            config_file,
            tuple(config_file.parent / name for name in _DATA_DIRECTORIES),
            has_remote_engine=config.get("engine", {}).get("mode") == _REMOTE,
        )

    def _actor(self, role: str) -> Actor:
        client = self._client(role)
        key = read_private_key(self.path / client["account_key_file"])
        return Actor(key, ParticipantId(client["name"]))

    def _client(self, role: str) -> Mapping[str, Any]:
        for client in self.clients:
            if client["role"] == role:
                return client
        raise LocalnetError(f"{self.path / DESCRIPTOR_FILE} names no client with the role {role}")


def find_base_port(ports: int) -> int:
    """Return the first port of a run of free ones on this machine.

    Args:
        ports: How many from there on must be free.

    Raises:
        LocalnetError: There is no such run.
    """
    for base in range(_FIRST_BASE_PORT, _LAST_BASE_PORT, ports):
        if all(map(_is_free, range(base, base + ports))):
            return base
    raise LocalnetError(f"no {ports} free ports in a row from {_FIRST_BASE_PORT} on; stop what uses them")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
        return True
