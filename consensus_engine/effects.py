"""What a core is told, and what its caller does after each step."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from consensus_engine.committee import Committee
from consensus_engine.log_records import LogRecord
from consensus_engine.messages import CommitRequest, FetchRequest, Message
from consensus_engine.parameters import ChainParameters
from consensus_engine.types import (
    CommitIndex,
    CommittedSubDag,
    Digest,
    Epoch,
    EpochEndCertificate,
    Payload,
    PeerId,
)

# --- Events -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A peer's message. The caller has verified its signatures, as ``verification.MessageVerifier`` does.

    ``absent_payloads`` names the bundles of its vertices that are not here yet.
    """

    sender: PeerId
    epoch: Epoch
    message: Message
    absent_payloads: frozenset[Digest] = frozenset()


@dataclass(frozen=True, slots=True)
class Tick:
    """The time that the last effects asked to be woken at has come."""


@dataclass(frozen=True, slots=True)
class PayloadOffered:
    """What the next own vertex carries; it replaces what was offered and not taken before."""

    payload: Payload


@dataclass(frozen=True, slots=True)
class PayloadArrived:
    """A bundle that vertices wait for is here and well formed."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class PayloadRefused:
    """A bundle that vertices wait for is here and malformed: no honest node will accept them."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class LedgerBlock:
    """The ledger block that execution made of a commit."""

    number: int
    block_id: bytes  # 64 bytes
    state_root: bytes  # 32 bytes


@dataclass(frozen=True, slots=True)
class CommitExecuted:
    """Execution has made a commit durable; ``block`` is ``None`` if the commit carried no batch."""

    epoch: Epoch
    index: CommitIndex
    state_root: bytes  # 32 bytes
    executed_root: bytes  # 32 bytes, over all executed transaction ids
    block: LedgerBlock | None = None


@dataclass(frozen=True, slots=True)
class CommitteeElected:
    """The election on the state after the closing commit of ``epoch``: who sits next, by which rules."""

    epoch: Epoch
    committee: Committee
    parameters: ChainParameters


Event = (
    MessageReceived
    | Tick
    | PayloadOffered
    | PayloadArrived
    | PayloadRefused
    | CommitExecuted
    | CommitteeElected
)


# --- Effects ----------------------------------------------------------------------------------------------


class Alarm(Enum):
    """Conditions that an operator must hear of."""

    KEY_IN_USE_ELSEWHERE = "key-in-use-elsewhere"  # another process signs with this key; proposing stopped
    OTHERS_COMMIT_OTHERWISE = "others-commit-otherwise"  # F + 1 vote for another commit; executing stopped
    OTHERS_EXECUTE_OTHERWISE = "others-execute-otherwise"  # F + 1 sign another state; executing stopped
    SAFETY_HALT = "safety-halt"  # more than F members are faulty, or this node's code is
    PEER_AT_FAULT = "peer-at-fault"  # a message broke a rule; the sender is to be marked


@dataclass(frozen=True, slots=True)
class Alert:
    """An alarm, what it rests on, and the peer it concerns if it is about one."""

    alarm: Alarm
    text: str
    peer: PeerId | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """A message to one peer, or to all connected peers."""

    to: PeerId | None
    epoch: Epoch
    message: Message


@dataclass(frozen=True, slots=True)
class ServeFromLog:
    """A peer's request that the log answers; see ``serving``."""

    to: PeerId
    epoch: Epoch
    request: FetchRequest | CommitRequest


@dataclass(frozen=True, slots=True)
class PayloadWanted:
    """A bundle to fetch, and who surely has it."""

    digest: Digest
    holders: tuple[PeerId, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """What the caller does after one step, in field order."""

    persist: tuple[LogRecord, ...] = ()  # 1. appended to the log, in this order
    flush: bool = False  # 2. the log made durable before anything below leaves the node
    send: tuple[Send, ...] = ()  # 3. messages of the core
    serve: tuple[ServeFromLog, ...] = ()  # 4. answers out of the log
    fetch_payloads: tuple[PayloadWanted, ...] = ()  # 5. bundles this node lacks
    commits: tuple[CommittedSubDag, ...] = ()  # 6. to execution, in this order
    taken: Payload | None = None  # 7. the offered payload is on its way; the next may be offered
    returned: tuple[Payload, ...] = ()  # 8. own payloads that will never be committed by their vertex
    alerts: tuple[Alert, ...] = ()  # 9. to logs and operators
    early: tuple[MessageReceived, ...] = ()  # 10. of the epoch that begins: to be verified and sent in again
    state_sync: EpochEndCertificate | None = None  # 11. fetch the state at this end, and start anew from it
    wake_ms: int | None = None  # 12. when to send the next ``Tick``, unless another event comes first


NO_EFFECTS: Final = Effects()
