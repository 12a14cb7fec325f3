"""The consensus API: what an engine and its validator say to each other, in one process or in two.

The validator owns data: batches, bundles, peers, state. The engine owns order: vertices, its log and its
consensus key. An engine registers, reads the notifications, and answers each with the verbs of one ``Turn``;
all it wants to know besides, it asks. The in-process form and the gRPC form of `ConsensusApi` behave alike,
and one suite of tests holds both to it.

Mirrors Sawtooth's consensus API (register, notifications, send and broadcast, settings and state at a block)
and adds what a DAG needs: proposing bundles, whether one is here, committing an ordered sub-DAG.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from consensus_engine.effects import Alarm, LedgerBlock
from consensus_engine.types import (
    Bundle,
    Checkpoint,
    CommitIndex,
    Digest,
    Epoch,
    Evidence,
    PeerId,
    TimestampMs,
)

MESSAGE_BYTES_MAX: Final = 8 * 1024 * 1024  # of one engine message, bundles apart
BUNDLES_ASKED_MAX: Final = 1024  # in one question
ADDRESSES_ASKED_MAX: Final = 256  # in one question

# --- Registration -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Registration:
    """Who the engine is.

    Attributes:
        consensus_key: Its public key, 33 bytes; peers know the node by it.
        fencing: Rises with every start of an engine on this log. A validator serves the highest it has seen
            and refuses lower ones, so that of two engines with one key only the later lives.
        binding: The consensus key's signature, 64 bytes, that it serves this validator; see
            `drivers.consensus_key`.
    """

    consensus_key: PeerId
    fencing: int
    binding: bytes


@dataclass(frozen=True, slots=True)
class Executed:
    """How far execution is: durable, whatever crashes next.

    Attributes:
        epoch: Of the commit.
        index: Of the commit.
        state_root: 32 bytes, after it.
        executed_root: 32 bytes, Merkle root over all executed transaction ids.
        head_number: The chain's last block after it; its state is what elections read.
        block: The block it made; ``None`` if it carried no batch that had not been decided.
    """

    epoch: Epoch
    index: CommitIndex
    state_root: bytes
    executed_root: bytes
    head_number: int
    block: LedgerBlock | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a validator tells an engine that registers.

    Attributes:
        chain_id: The ledger's name.
        validator_key: The validator's own public key, 33 bytes.
        genesis_ms: Time of block 0.
        executed: Where the chain stands; epoch 0 and index 0 after genesis.
    """

    chain_id: str
    validator_key: bytes
    genesis_ms: TimestampMs
    executed: Executed


# --- Notifications: validator to engine -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PeerMessage:
    """Bytes that a peer's engine sent; nothing about them is verified.

    Attributes:
        sender: The peer's consensus key, which it proved when it connected.
        data: The message, at most ``MESSAGE_BYTES_MAX``.
        bundles: Digests of the bundles that came with it and are here now, well formed.
    """

    sender: PeerId
    data: bytes
    bundles: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleArrived:
    """A bundle that the engine asked for is here and well formed."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class BundleRefused:
    """A bundle that the engine asked for is here and malformed, as it is for every node."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class BundleOffered:
    """What the next own vertex may carry; it is durable and takes the place of what was offered before."""

    bundle: Bundle


@dataclass(frozen=True, slots=True)
class CommitDone:
    """A commit has been executed and is durable."""

    executed: Executed


@dataclass(frozen=True, slots=True)
class ChainSynced:
    """The chain stands at the end of the epoch that the engine wanted it to reach."""

    executed: Executed


Notification = PeerMessage | BundleArrived | BundleRefused | BundleOffered | CommitDone | ChainSynced


# --- Verbs: engine to validator ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for one peer, or for all that are connected, with the bundles its vertices name.

    The validator attaches of ``bundles`` what it has; the peer asks for the rest.
    """

    to: PeerId | None
    data: bytes
    bundles: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleWanted:
    """A bundle to fetch, and the peers who surely have it."""

    digest: Digest
    holders: tuple[PeerId, ...]


@dataclass(frozen=True, slots=True)
class OrderedCommit:
    """One commit for execution; its bundles are all here."""

    epoch: Epoch
    index: CommitIndex
    time_ms: TimestampMs
    bundles: tuple[Digest, ...]  # in order, without repetition
    authors: tuple[PeerId, ...]  # who wrote the vertex that carries each, same shape


@dataclass(frozen=True, slots=True)
class SuperNode:
    """A member of the committee in office."""

    key: PeerId
    tickets: int


@dataclass(frozen=True, slots=True)
class EpochInfo:
    """The epoch the engine is in.

    Attributes:
        epoch: Its number.
        committee: Its super nodes in order.
        quorum: How many of their signatures make a certificate.
        start_ms: When it began.
        handover: The certified end of the epoch before with this committee, encoded as
            `message_codec.encode_handover` writes it; empty in epoch 0.
    """

    epoch: Epoch
    committee: tuple[SuperNode, ...]
    quorum: int
    start_ms: TimestampMs
    handover: bytes = b""


@dataclass(frozen=True, slots=True)
class SeenCheckpoint:
    """A checkpoint in a vertex that this engine accepted; its signature is not yet verified."""

    author: PeerId
    epoch: Epoch
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Alert:
    """What an operator must hear of."""

    alarm: Alarm
    text: str
    peer: PeerId | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How the ordering stands, for operators."""

    round: int
    commit_index: CommitIndex
    quorum_index: CommitIndex  # the highest index a quorum votes for
    leader: PeerId | None  # of the last commit
    vertices: int  # accepted since the epoch began
    is_rejoining: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What the validator does after one step of the engine, in field order.

    What the engine had to make durable is durable before its turn is delivered.
    """

    epoch: EpochInfo | None = None  # 1. a new epoch has begun, or the engine has just registered
    send: tuple[Outgoing, ...] = ()  # 2. messages
    wanted: tuple[BundleWanted, ...] = ()  # 3. bundles to fetch
    commits: tuple[OrderedCommit, ...] = ()  # 4. to execution, in this order
    taken: Digest | None = None  # 5. the offered bundle is on its way; the next may be offered
    returned: tuple[Digest, ...] = ()  # 6. own bundles that will never be committed by their vertex
    checkpoints: tuple[SeenCheckpoint, ...] = ()  # 7. other nodes' words on the chain
    evidence: tuple[Evidence, ...] = ()  # 8. proofs of equivocation, to be reported on the ledger
    alerts: tuple[Alert, ...] = ()  # 9. to logs and operators
    sync_to: bytes = b""  # 10. a certified epoch end to bring the chain to, as `encode_certificate` writes it
    halted: str = ""  # 11. why the engine has stopped for good, if it has
    progress: Progress | None = None  # 12. now and then


class ConsensusApi(Protocol):
    """The validator, as its engine sees it.

    Every method raises `ApiUnavailableError` where the other side is gone, and `FencedError` once a later
    engine has registered; the engine then ends or begins anew, and its log says where.
    """

    async def register(self, registration: Registration) -> Welcome:
        """Become this validator's engine.

        Raises:
            FencedError: An engine with a higher fencing number has registered.
            RegistrationRefusedError: The binding is not the key's, or is for another validator.
        """
        ...

    def notifications(self) -> AsyncIterator[Notification]:
        """Yield what happens, from registration on, in order. May be called once per registration."""
        ...

    async def deliver(self, turn: Turn) -> None:
        """Do what the engine says, turn after turn; this waits while too many turns wait."""
        ...

    async def find_absent(self, digests: Sequence[Digest]) -> frozenset[Digest]:
        """Return which bundles are not here, of at most ``BUNDLES_ASKED_MAX``."""
        ...

    async def get_state(self, block_number: int, addresses: Sequence[str]) -> tuple[bytes | None, ...]:
        """Return state entries after a block, same shape as ``addresses``; at most ``ADDRESSES_ASKED_MAX``.

        Raises:
            StateUnavailableError: That state is no longer kept, or there is no such block.
        """
        ...

    async def get_settings(self, block_number: int, keys: Sequence[str]) -> tuple[str | None, ...]:
        """Return on-chain settings after a block, same shape as ``keys``.

        Raises:
            StateUnavailableError: That state is no longer kept, or there is no such block.
        """
        ...

    async def get_head(self) -> LedgerBlock:
        """Return the chain's last block."""
        ...
