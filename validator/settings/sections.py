"""The sections of a node's configuration: each key with its bounds, default and meaning."""

from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from consensus_engine.parameters import LocalParameters
from signing.errors import MalformedPublicKeyError
from signing.keys import PublicKey
from transaction_families.errors import MalformedPayloadError
from transaction_families.fdpos_registry.consensus_keys import check_endpoint
from validator.journal.bundles import BUNDLE_BATCHES_MAX, BUNDLE_BYTES_MAX
from validator.journal.pending import PendingLimits
from validator.networking.limits import PeerLimits
from validator.services.limits import ServiceLimits

UNIX_SCHEME: Final = "unix:"
SOCKET_PATH_BYTES_MAX: Final = 107  # unix(7): sun_path has 108 with its end
_KIB: Final = 1024
_MIB: Final = 1024 * _KIB
_MILLISECONDS_MAX: Final = 3_600_000


class EngineMode(StrEnum):
    """Where the consensus engine runs."""

    IN_PROCESS = "in-process"
    REMOTE = "remote"


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """From which level on events are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _check_host_and_port(text: str) -> str:
    try:
        check_endpoint(text)
    except MalformedPayloadError:
        raise ValueError(
            "it must be HOST:PORT with a lowercase DNS name, an IPv4 address or an IPv6 address in brackets"
        ) from None
    return text


def _check_engine_address(text: str) -> str:
    return (
        text if text.startswith(UNIX_SCHEME) and len(text) > len(UNIX_SCHEME) else _check_host_and_port(text)
    )


def _check_public_key(text: str) -> str:
    try:
        return PublicKey.from_hex(text).hex
    except MalformedPublicKeyError:
        raise ValueError("it must be a compressed secp256k1 key: 66 lowercase hex digits") from None


HostAndPort = Annotated[str, AfterValidator(_check_host_and_port)]
EngineAddress = Annotated[str, AfterValidator(_check_engine_address)]
PublicKeyText = Annotated[str, AfterValidator(_check_public_key)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Milliseconds = Annotated[int, Field(ge=0, le=_MILLISECONDS_MAX)]


class Section(BaseModel):
    """Base of the sections: unknown keys are errors, values do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class NodeSection(Section):
    """What this node is, and where it keeps its ledger."""

    name: Annotated[str, Field(min_length=1, max_length=64)] = "validator"
    """A name for people: in logs and on status pages."""

    data_dir: Path
    """Directory of the ledger's database; made if absent."""

    validator_key_file: Path
    """Private key that the ledger knows the node by."""

    genesis_file: Path
    """The ledger's genesis, the same on every node."""


class TlsSection(Section):
    """Who the node is to peers and clients, and whom it believes."""

    authority_file: Path
    """Certificate of the network's authority, PEM."""

    certificate_file: Path
    """The node's certificate, PEM."""

    key_file: Path
    """The certificate's private key, PEM; readable by its owner alone."""


class Seed(Section):
    """A node to dial before the ledger has told where all are."""

    validator_key: PublicKeyText
    """Its validator's public key."""

    endpoint: HostAndPort
    """Where it listens for peers."""


_LINKS: Final = PeerLimits()


class PeersSection(Section):
    """Links to other nodes."""

    listen: HostAndPort
    """Address for links from peers."""

    advertise: HostAndPort | None = None
    """Where peers reach this node; `listen` if absent."""

    seeds: tuple[Seed, ...] = ()
    """Nodes to dial first; the file alone can give them."""

    queue_bytes_max: Annotated[int, Field(ge=32 * _MIB, le=4096 * _MIB)] = _LINKS.queue_bytes_max
    """Bytes that may wait for one slow peer."""

    received_bytes_per_s_max: Annotated[int, Field(ge=_MIB, le=2**40)] = _LINKS.received_bytes_per_s_max
    """What one peer may send a second, on average, before it is cut off."""

    received_items_per_s_max: Annotated[int, Field(ge=100, le=10**7)] = _LINKS.received_items_per_s_max
    """How many items one peer may send a second, on average, before it is cut off."""

    connections_max: Annotated[int, Field(ge=4, le=10_000)] = _LINKS.connections_max
    """Connections that peers may hold open here."""

    def to_limits(self) -> PeerLimits:
        """Return the limits as the links take them."""
        return PeerLimits(
            queue_bytes_max=self.queue_bytes_max,
            received_bytes_per_s_max=self.received_bytes_per_s_max,
            received_items_per_s_max=self.received_items_per_s_max,
            connections_max=self.connections_max,
        )


_SERVICE: Final = ServiceLimits()


class ClientsSection(Section):
    """The service for clients."""

    listen: HostAndPort
    """Address for clients."""

    reflection: bool = False
    """Whether gRPC reflection tells clients what methods there are."""

    connection_streams_max: Annotated[int, Field(ge=1, le=10_000)] = _SERVICE.connection_streams_max
    """Calls at once in one connection; further ones wait in the client."""

    client_calls_max: Annotated[int, Field(ge=1, le=100_000)] = _SERVICE.client_calls_max
    """Calls at once of one certificate's key, over all its connections."""

    client_streams_max: Annotated[int, Field(ge=1, le=10_000)] = _SERVICE.client_streams_max
    """Of these, streams."""

    request_timeout_s: Seconds = _SERVICE.request_timeout_s
    """How long a call may take to send its request."""

    handshake_timeout_s: Seconds = _SERVICE.handshake_timeout_s
    """How long a connection may take to identify itself."""

    idle_timeout_s: Seconds = _SERVICE.idle_timeout_s
    """After how long without a call a connection is closed."""

    wait_s_max: Seconds = _SERVICE.wait_s_max
    """For how long a call may wait for its batches."""

    stalled_watch_s_max: Seconds = _SERVICE.stalled_watch_s_max
    """For how long a watcher may leave a message unread before its stream ends."""

    deep_reads_per_minute: Annotated[int, Field(ge=1, le=10**6)] = _SERVICE.deep_reads_per_minute
    """Questions to states further back than `deep_history_blocks`, of each client."""

    deep_history_blocks: Annotated[int, Field(ge=1, le=10**6)] = _SERVICE.deep_history_blocks
    """How far back the state costs next to nothing to read."""

    remembered_requests_max: Annotated[int, Field(ge=1, le=10**6)] = _SERVICE.remembered_requests_max
    """Answers kept for requests that are sent again."""

    def to_limits(self) -> ServiceLimits:
        """Return the limits as the services take them."""
        return ServiceLimits(**{each.name: getattr(self, each.name) for each in fields(ServiceLimits)})


_DEFAULTS: Final = LocalParameters()


class EngineSection(Section):
    """The consensus engine: where it runs, its key and log, and habits that touch speed and never order."""

    mode: EngineMode = EngineMode.IN_PROCESS
    """In this process, or in one of its own that connects (`wattdag engine run`)."""

    listen: EngineAddress = "unix:engine.sock"
    """Where a remote engine connects: `unix:PATH`, or HOST:PORT with mutual TLS."""

    consensus_key_file: Path
    """Private key that signs vertices."""

    log_dir: Path
    """Directory of the engine's log; made if absent."""

    min_round_delay_ms: Milliseconds = _DEFAULTS.min_round_delay_ms
    """Between two own vertices while nothing hurries."""

    leader_timeout_ms: Milliseconds = _DEFAULTS.leader_timeout_ms
    """How long a round waits for leaders and their votes."""

    keep_alive_ms: Milliseconds = _DEFAULTS.keep_alive_ms
    """Pace of rounds while nothing is pending anywhere."""

    jump_gap: Annotated[int, Field(ge=1, le=10_000)] = _DEFAULTS.jump_gap
    """Rounds behind from which an outage is caught up by leaving rounds out."""

    ahead_max: Annotated[int, Field(ge=10, le=100_000)] = _DEFAULTS.ahead_max
    """Rounds ahead of the clock beyond which vertices are dropped."""

    push_delay_ms: Milliseconds = 1_000
    """After which a peer is sent what it has not shown to know; where links lose nothing, that is nothing."""

    fetch_retry_ms: Milliseconds = _DEFAULTS.fetch_retry_ms
    """From asking one peer for a vertex to asking the next."""

    future_ms_max: Milliseconds = _DEFAULTS.future_ms_max
    """How far in the future a vertex may lie before it is held back."""

    hold_ms_max: Milliseconds = _DEFAULTS.hold_ms_max
    """How long a vertex is held back at most."""

    status_ms: Milliseconds = _DEFAULTS.status_ms
    """Between two statuses, which also repeat the last own vertex."""

    sync_gap: Annotated[int, Field(ge=1, le=100_000)] = _DEFAULTS.sync_gap
    """Commits behind from which commits are fetched as such."""

    sync_retry_ms: Milliseconds = _DEFAULTS.sync_retry_ms
    """From asking one peer for commits to asking the next."""

    @model_validator(mode="after")
    def _check_socket_path(self) -> "EngineSection":
        path = self.listen.removeprefix(UNIX_SCHEME)
        long = len(path.encode()) > SOCKET_PATH_BYTES_MAX
        if self.mode is EngineMode.REMOTE and path != self.listen and long:
            raise ValueError(
                f"listen: a socket's path has at most {SOCKET_PATH_BYTES_MAX} bytes, and {path} has more;"
                " move the file to a shorter directory, or listen on HOST:PORT"
            )
        return self

    def to_local_parameters(self) -> LocalParameters:
        """Return the habits as the engine takes them."""
        return LocalParameters(**{each.name: getattr(self, each.name) for each in fields(LocalParameters)})


class BundlesSection(Section):
    """What one vertex of this node carries."""

    batches_max: Annotated[int, Field(ge=1, le=BUNDLE_BATCHES_MAX)] = 2_000
    """Batches in one bundle."""

    bytes_max: Annotated[int, Field(ge=1, le=BUNDLE_BYTES_MAX // 2)] = 256 * _KIB
    """Bytes of batches in one bundle; a single longer batch still makes one."""


class PendingSection(Section):
    """How much may be accepted and not decided."""

    batches_max: Annotated[int, Field(ge=1, le=10**7)] = PendingLimits().batches_max
    """Batches."""

    bytes_max: Annotated[int, Field(ge=1, le=2**40)] = PendingLimits().bytes_max
    """Bytes of encoded batches."""

    per_sender_max: Annotated[int, Field(ge=1, le=10**7)] = PendingLimits().per_sender_max
    """Batches of one signer."""

    def to_limits(self) -> PendingLimits:
        """Return the limits as the journal takes them."""
        return PendingLimits(self.batches_max, self.bytes_max, self.per_sender_max)


class ExecutionSection(Section):
    """Executing, verifying and keeping state."""

    history_blocks: Annotated[int, Field(ge=1, le=10**6)] = 1_000
    """For how many blocks before the head state can be read and proven."""

    verify_workers: Annotated[int, Field(ge=0, le=64)] = 0
    """Processes that verify signatures; 0 verifies in the node's own thread."""

    verify_samples: Annotated[int, Field(ge=1, le=10**6)] | None = None
    """Ways through the state that are checked at start; absent checks all of it."""


class KeeperSection(Section):
    """Sending what has fallen due on the ledger."""

    enabled: bool = True
    """Whether this node takes its turn."""

    fallback_s: Annotated[int, Field(ge=1, le=86_400)] = 30
    """After how long the next keeper in turn sends a due step, in ledger time."""


class MetricsSection(Section):
    """Figures for Prometheus."""

    listen: HostAndPort | None = None
    """Address of `/metrics`, without TLS; absent serves none."""


class LogSection(Section):
    """Log lines, on standard error."""

    format: LogFormat = LogFormat.AUTO
    """`auto` is `console` on a terminal and `json` elsewhere."""

    level: LogLevel = LogLevel.INFO
    """Least level that is logged."""


class NodeSettings(Section):
    """A node's whole configuration; paths are absolute once loaded."""

    node: NodeSection
    tls: TlsSection
    peers: PeersSection
    clients: ClientsSection
    engine: EngineSection
    bundles: BundlesSection = BundlesSection()
    pending: PendingSection = PendingSection()
    execution: ExecutionSection = ExecutionSection()
    keeper: KeeperSection = KeeperSection()
    metrics: MetricsSection = MetricsSection()
    log: LogSection = LogSection()
