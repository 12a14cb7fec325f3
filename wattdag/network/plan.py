"""What an operator asks of a new network, each wish checked before anything is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from consensus_engine.committee import COMMITTEE_SIZE_MAX, COMMITTEE_SIZE_MIN
from transaction_families.accounts.identifiers import check_name
from transaction_families.errors import MalformedPayloadError
from transaction_families.fdpos_registry.consensus_keys import check_endpoint
from transaction_families.fdpos_registry.parameters import ROUND_S_MAX, ROUND_S_MIN
from validator.journal.genesis import TIME_SCALE_MAX
from validator.journal.ledger_block import REAL_TIME
from validator.settings import EngineMode

PORTS_PER_NODE: Final = 10
"""Ports from one node's first to the next one's on the same host."""

TRADERS_MAX: Final = 3_000
_PORT_MAX: Final = 65_535
_PEERS, _CLIENTS, _METRICS = range(3)
_LOOPBACK: Final = ("127.", "localhost", "[::1]")


class NetworkError(Exception):
    """A network cannot be made or described as asked; the text says what to change."""


@dataclass(frozen=True, slots=True)
class NodeAddresses:
    """Where a node listens, and where others reach it: ``HOST:PORT`` each."""

    peers: str
    clients: str
    metrics: str
    listen_peers: str
    listen_clients: str


def addresses_at(host: str, port: int) -> NodeAddresses:
    """Return a node's addresses on a host, from its first port on."""
    listen = host if host.startswith(_LOOPBACK) else "0.0.0.0"  # noqa: S104 # peers are on other hosts
    return NodeAddresses(
        peers=f"{host}:{port + _PEERS}",
        clients=f"{host}:{port + _CLIENTS}",
        metrics=f"127.0.0.1:{port + _METRICS}",  # without TLS, so for this host alone
        listen_peers=f"{listen}:{port + _PEERS}",
        listen_clients=f"{listen}:{port + _CLIENTS}",
    )


def check_addresses(name: str, addresses: NodeAddresses) -> None:
    """Check that others could reach a node.

    Raises:
        NetworkError: Host or port have another form.
    """
    try:
        check_endpoint(addresses.metrics)
        check_endpoint(addresses.peers)
    except MalformedPayloadError as error:
        raise NetworkError(f"{name}: {error}; choose another host or base port") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """A new network.

    Attributes:
        chain_id: The ledger's name.
        validators: How many nodes found it.
        start: The ledger's first time.
        hosts: Names or addresses of the nodes: one for each, or one that all run on.
        base_port: The first node's first port.
        epoch_s: Length of an epoch and of an election round, in real seconds.
        is_demo: For showing and testing: the ledger's time may be scaled, keys may come from a seed.
        time_scale: Ledger seconds in a real one.
        traders: Producers and consumers to register, in turn.
        engine_mode: Where the nodes' engines run.
        reflection: Whether nodes tell clients what methods there are.
        seed: Where all secrets come from, in tests; else the operating system's randomness.

    Raises:
        NetworkError: A wish is out of its bounds.
    """

    chain_id: str
    validators: int
    start: datetime
    hosts: tuple[str, ...] = ("127.0.0.1",)
    base_port: int = 7400
    epoch_s: int = 86_400
    is_demo: bool = False
    time_scale: int = REAL_TIME
    traders: int = 0
    engine_mode: EngineMode = EngineMode.IN_PROCESS
    reflection: bool = False
    seed: str | None = None

    def __post_init__(self) -> None:
        try:
            check_name("chain_id", self.chain_id)
        except MalformedPayloadError as error:
            raise NetworkError(str(error)) from None
        _check("validators", self.validators, COMMITTEE_SIZE_MIN, COMMITTEE_SIZE_MAX)
        _check("traders", self.traders, 0, TRADERS_MAX)
        _check("time_scale", self.time_scale, 1, TIME_SCALE_MAX)
        if not self.is_demo and self.time_scale != REAL_TIME:
            raise NetworkError(
                f"time_scale is {self.time_scale}: only a demo's time can be scaled; add --demo"
            )
        if not self.is_demo and self.seed is not None:
            raise NetworkError("a seed makes keys that anybody can make again; it is for tests, with --demo")
        _check("epoch_s", self.epoch_s, ROUND_S_MIN, ROUND_S_MAX // self.time_scale)
        if len(self.hosts) not in {1, self.validators}:
            raise NetworkError(
                f"{len(self.hosts)} hosts for {self.validators} nodes; name one host for all, or one for each"
            )
        _check("base_port", self.base_port, 1, _PORT_MAX)
        for index in range(self.validators):
            check_addresses(f"node {index + 1}", self.addresses_of(index))

    def addresses_of(self, index: int) -> NodeAddresses:
        """Return where node ``index``, counted from 0, listens and is reached."""
        shared = len(self.hosts) == 1
        host = self.hosts[0 if shared else index]
        port = self.base_port + (PORTS_PER_NODE * index if shared else 0)
        return addresses_at(host, port)


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise NetworkError(f"{name} is {value}; allowed are {least} to {most}")
