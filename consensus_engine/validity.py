"""Whether a vertex may be accepted: a function of its bytes and the epoch's constants, and of nothing else.

A node whose answer differed from the others' would leave the network: accepted here, missing there for ever.
So no clock, no DAG, no state enters.

Source: consensus protocol, section 2.2.
"""

from itertools import pairwise
from typing import Protocol

from consensus_engine.epoch import EpochContext
from consensus_engine.errors import (
    BadSignatureError,
    TooFewParentsError,
    UnknownAuthorityError,
    WrongChainError,
    WrongContentsError,
    WrongParentsError,
)
from consensus_engine.types import (
    GENESIS_ROUND,
    Digest,
    Evidence,
    PeerId,
    SignaturePurpose,
    Vertex,
)
from consensus_engine.vertex_codec import (
    CHECKPOINTS_MAX,
    COMMIT_VOTES_MAX,
    EVIDENCE_MAX,
    header_digest,
)


class Verifier(Protocol):
    """Checks what consensus keys sign."""

    def verify(self, key: PeerId, purpose: SignaturePurpose, message: bytes, signature: bytes) -> bool:
        """Return whether ``signature`` is the key's of ``message`` for this purpose."""


def check_vertex(vertex: Vertex, context: EpochContext) -> None:
    """Check everything about a vertex but its signatures.

    Raises:
        WrongChainError: It belongs to another chain or epoch.
        UnknownAuthorityError: Its author has no seat.
        WrongParentsError: A parent is not where it must be.
        TooFewParentsError: Fewer than a quorum of its parents are of the round before.
        WrongContentsError: Votes, checkpoints or evidence are too many or out of order, or the evidence
            proves nothing.
    """
    if vertex.chain_id != context.chain_id or vertex.epoch != context.epoch:
        raise WrongChainError(f"{vertex.ref} belongs to another chain or to epoch {vertex.epoch}")
    if vertex.author >= len(context.committee):
        raise UnknownAuthorityError(f"author {vertex.author} has no seat among {len(context.committee)}")
    _check_parents(vertex, context)
    if vertex.commit_votes or vertex.checkpoints or vertex.evidence:
        _check_contents(vertex, context)


def verify_signatures(vertex: Vertex, context: EpochContext, verifier: Verifier) -> None:
    """Verify the author's signature and those in the evidence, of a vertex that ``check_vertex`` passed.

    Checkpoint signatures are no part of validity: whoever makes a certificate of them verifies each.

    Raises:
        BadSignatureError: One is not its author's.
    """
    members = context.committee.members
    signed = [(vertex.author, vertex.ref.digest, vertex.signature)]
    for pair in vertex.evidence:
        signed += [(header.author, header_digest(header), header.signature) for header in pair]
    for author, digest, signature in signed:
        if not verifier.verify(members[author].public_key, SignaturePurpose.VERTEX, digest, signature):
            raise BadSignatureError(f"{vertex.ref} holds a signature that is not author {author}'s")


def _check_parents(vertex: Vertex, context: EpochContext) -> None:
    parents, number = vertex.parents, vertex.round
    size = len(context.committee)
    if not parents or len(parents) > size:
        raise WrongParentsError(f"{vertex.ref} has {len(parents)} parents: must be 1 to {size}")
    if parents[0].author != vertex.author:
        raise WrongParentsError(f"{vertex.ref} does not begin with its author's own vertex")
    seen = strong = 0
    for parent in parents:
        round_, author, digest = parent
        if author >= size or seen >> author & 1:
            raise WrongParentsError(f"{vertex.ref} has two parents by author {author}, or it has no seat")
        seen |= 1 << author
        if round_ >= number:
            raise WrongParentsError(f"{vertex.ref} has parent {parent} which is no earlier round")
        if round_ == number - 1:
            strong += 1
        if round_ == GENESIS_ROUND and digest != context.genesis[author].ref.digest:
            raise WrongParentsError(f"{vertex.ref} has a genesis parent {parent} of another epoch")
    if strong < context.committee.quorum:
        raise TooFewParentsError(
            f"{vertex.ref} has {strong} parents in the round before: needs {context.committee.quorum}"
        )


def _check_contents(vertex: Vertex, context: EpochContext) -> None:
    for what, count, count_max in (
        ("commit votes", len(vertex.commit_votes), COMMIT_VOTES_MAX),
        ("checkpoints", len(vertex.checkpoints), CHECKPOINTS_MAX),
        ("pieces of evidence", len(vertex.evidence), EVIDENCE_MAX),
    ):
        if count > count_max:
            raise WrongContentsError(f"{vertex.ref} carries {count} {what}: at most {count_max}")
    if any(a.commit_index >= b.commit_index for a, b in pairwise(vertex.commit_votes)):
        raise WrongContentsError(f"{vertex.ref} votes for commits out of order")
    if any(a.block_number >= b.block_number for a, b in pairwise(vertex.checkpoints)):
        raise WrongContentsError(f"{vertex.ref} carries checkpoints out of order")
    for evidence in vertex.evidence:
        if not _is_proof(evidence, context):
            raise WrongContentsError(f"{vertex.ref} carries evidence that proves no equivocation")


def _is_proof(evidence: Evidence, context: EpochContext) -> bool:
    """Return whether two headers are of one author and round of this epoch, in order, and differ."""
    first, second = evidence
    if any(
        header.chain_id != context.chain_id
        or header.epoch != context.epoch
        or header.author >= len(context.committee)
        or header.round < 1
        for header in evidence
    ):
        return False
    digests: tuple[Digest, Digest] = header_digest(first), header_digest(second)
    return (first.round, first.author) == (second.round, second.author) and digests[0] < digests[1]
