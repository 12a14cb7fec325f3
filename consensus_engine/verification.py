"""Signatures of whole messages: what a driver checks before the core sees one.

Source: consensus protocol, sections 2.2 and 2.13.
"""

from typing import Final

from consensus_engine.commit_codec import epoch_end_digest
from consensus_engine.epoch import EpochContext
from consensus_engine.epoch_closing import verify_handovers
from consensus_engine.errors import BadSignatureError, UnknownAuthorityError
from consensus_engine.messages import (
    Announce,
    Certificates,
    CommitResponse,
    EpochEndVote,
    FetchResponse,
    Message,
    Status,
)
from consensus_engine.types import Epoch, SignaturePurpose, Vertex, VertexRef
from consensus_engine.validity import Verifier, check_vertex, verify_signatures

REMEMBERED_MAX: Final = 100_000  # vertices whose signatures were found good


class MessageVerifier:
    """Verifies messages, and each vertex once, however often it comes in."""

    __slots__ = ("_good", "_verifier")

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._good: dict[VertexRef, bytes] = {}  # the signature that was found good

    def verify(self, epoch: Epoch, message: Message, context: EpochContext) -> None:
        """Verify all signatures in a message, by the committee of the epoch that the core is in.

        A vertex or vote of another epoch is passed unverified, as its committee may not be known: the core
        keeps vertices of the next epoch and gives them back once it has begun.

        Args:
            epoch: The epoch that the message is of.
            message: As it came from a peer.
            context: The constants of the epoch that the core is in.

        Raises:
            InvalidVertexError: A vertex breaks a rule, or a signature is not its author's.
            WrongChainError: Certificates do not follow from this epoch.
        """
        if isinstance(message, Certificates):
            verify_handovers(message.handovers, context, self._verifier)
        if epoch != context.epoch:
            return
        match message:
            case (
                Announce(vertices=vertices)
                | FetchResponse(vertices=vertices)
                | Status(newest=vertices)
                | CommitResponse(voters=vertices)
            ):
                for vertex in vertices:
                    self._verify_vertex(vertex, context)
            case EpochEndVote():
                self._verify_vote(message, context)
            case _:
                pass

    def _verify_vertex(self, vertex: Vertex, context: EpochContext) -> None:
        if self._good.get(vertex.ref) == vertex.signature:
            return
        check_vertex(vertex, context)
        verify_signatures(vertex, context, self._verifier)
        if len(self._good) >= REMEMBERED_MAX:
            self._good.clear()
        self._good[vertex.ref] = vertex.signature

    def _verify_vote(self, vote: EpochEndVote, context: EpochContext) -> None:
        members = context.committee.members
        if vote.author >= len(members):
            raise UnknownAuthorityError(f"author {vote.author} has no seat among {len(members)}")
        key, digest = members[vote.author].public_key, epoch_end_digest(vote.end)
        if not self._verifier.verify(key, SignaturePurpose.EPOCH_END, digest, vote.signature):
            raise BadSignatureError(f"the vote on the end of epoch {vote.end.epoch} is not {vote.author}'s")
