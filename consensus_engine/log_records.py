"""What a node writes to its log so that a restart finds it where it was.

Source: consensus protocol, sections 2.4, 2.5, 2.7 and 2.12.
"""

from dataclasses import dataclass

from consensus_engine.epoch import EpochContext
from consensus_engine.types import Commit, Epoch, EpochEndCertificate, Round, Vertex


@dataclass(frozen=True, slots=True)
class EpochBegan:
    """The log's head for an epoch: this node may propose in it, from a round on.

    Only a network's first start, a certified epoch end and a finished rejoin write it. A log without it has
    lost what this node proposed.
    """

    context: EpochContext
    propose_round_min: Round


@dataclass(frozen=True, slots=True)
class VertexLogged:
    """A vertex was accepted, after its parents."""

    vertex: Vertex


@dataclass(frozen=True, slots=True)
class CommitLogged:
    """A commit was made; its vertices stand before it in the log."""

    commit: Commit


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """An epoch's end is certified."""

    certificate: EpochEndCertificate


@dataclass(frozen=True, slots=True)
class Halted:
    """This node stopped for safety; it neither proposes nor executes again before an operator clears it."""

    reason: str


LogRecord = EpochBegan | VertexLogged | CommitLogged | EpochEnded | Halted


def epoch_of(record: LogRecord) -> Epoch | None:
    """Return the epoch whose core a record is for, or ``None`` if it is for none."""
    match record:
        case EpochBegan(context=context):
            return context.epoch
        case VertexLogged(vertex=vertex):
            return vertex.epoch
        case CommitLogged(commit=commit):
            return commit.epoch
        case EpochEnded() | Halted():
            return None
