"""What the parts of an epoch's core share."""

from typing import Protocol

from consensus_engine.dag import Dag
from consensus_engine.epoch import EpochContext
from consensus_engine.messages import Message
from consensus_engine.ordering import Ordering
from consensus_engine.outbox import Outbox
from consensus_engine.parameters import LocalParameters
from consensus_engine.threshold_clock import ThresholdClock
from consensus_engine.types import AuthorityIndex, PeerId, Round, SignaturePurpose


class Signer(Protocol):
    """Holds the consensus key. Signing is a function of its arguments: no I/O, no randomness."""

    @property
    def key(self) -> PeerId:
        """The public key."""

    def sign(self, purpose: SignaturePurpose, message: bytes) -> bytes:
        """Return the signature, 64 bytes, of ``message`` for this purpose and no other."""


class EpochState:
    """The DAG of one epoch, its order and its clock, with the constants they rest on."""

    __slots__ = ("clock", "context", "dag", "keys", "local", "ordering", "outbox", "own", "signer")

    def __init__(self, context: EpochContext, signer: Signer, local: LocalParameters, outbox: Outbox) -> None:
        self.context = context
        self.signer = signer
        self.local = local
        self.outbox = outbox
        self.own: AuthorityIndex | None = context.committee.find_authority(signer.key)  # None observes
        self.keys = tuple(member.public_key for member in context.committee.members)
        self.dag = Dag(context.genesis)
        self.ordering = Ordering(context, self.dag)
        self.clock = ThresholdClock(context.committee.quorum)

    @property
    def gc_round(self) -> Round:
        """The horizon of garbage collection: a vertex of this round or below is obsolete."""
        return self.ordering.gc_round

    def send(self, to: PeerId | None, message: Message) -> None:
        """Send a message of this epoch to a peer, or to all."""
        self.outbox.send(to, self.context.epoch, message)
