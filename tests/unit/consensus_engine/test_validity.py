"""Each rule of a vertex's validity refuses what breaks it."""

from dataclasses import replace
from typing import Any

import pytest

from consensus_engine.errors import (
    BadSignatureError,
    TooFewParentsError,
    UnknownAuthorityError,
    WrongChainError,
    WrongContentsError,
    WrongParentsError,
)
from consensus_engine.types import (
    AuthorityIndex,
    Checkpoint,
    CommitIndex,
    CommitVote,
    Digest,
    Epoch,
    PeerId,
    Round,
    SignaturePurpose,
    TimestampMs,
    Vertex,
    VertexRef,
)
from consensus_engine.validity import check_vertex, verify_signatures
from consensus_engine.vertex_codec import make_evidence, make_vertex
from tests.helpers.consensus import make_context

CONTEXT = make_context(4)
GENESIS = tuple(vertex.ref for vertex in CONTEXT.genesis)


def ref(round_: int, author: int) -> VertexRef:
    return VertexRef(Round(round_), AuthorityIndex(author), Digest(bytes((round_, author)) * 16))


def vertex(**changes: Any) -> Vertex:
    fields: dict[str, Any] = {
        "chain_id": CONTEXT.chain_id,
        "epoch": CONTEXT.epoch,
        "round": Round(3),
        "author": AuthorityIndex(1),
        "timestamp_ms": TimestampMs(1),
        "parents": (ref(2, 1), ref(2, 0), ref(2, 2)),
    }
    return make_vertex(**(fields | changes))


def test_valid_vertices_pass() -> None:
    """A quorum of strong parents, own first; weak links to lower rounds are free."""
    check_vertex(vertex(), CONTEXT)
    check_vertex(vertex(parents=(ref(2, 1), ref(2, 0), ref(2, 2), ref(1, 3))), CONTEXT)
    check_vertex(vertex(round=Round(1), parents=(GENESIS[1], GENESIS[0], GENESIS[2])), CONTEXT)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"chain_id": Digest(bytes(32))}, WrongChainError),
        ({"epoch": Epoch(1)}, WrongChainError),
        ({"author": AuthorityIndex(4)}, UnknownAuthorityError),
        ({"parents": ()}, WrongParentsError),
        ({"round": Round(0), "parents": ()}, WrongParentsError),
        ({"parents": (ref(2, 0), ref(2, 1), ref(2, 2))}, WrongParentsError),  # another's vertex first
        ({"parents": (ref(2, 1), ref(1, 1), ref(2, 0), ref(2, 2))}, WrongParentsError),  # own author twice
        ({"parents": (ref(2, 1), ref(2, 0), ref(2, 2), ref(1, 2))}, WrongParentsError),  # an author twice
        ({"parents": (ref(2, 1), ref(2, 0), ref(2, 2), ref(2, 9))}, WrongParentsError),  # no such author
        ({"parents": (ref(2, 1), ref(2, 0), ref(2, 2), ref(3, 3))}, WrongParentsError),  # not earlier
        ({"round": Round(1), "parents": (GENESIS[1], GENESIS[0], ref(0, 2))}, WrongParentsError),
        ({"parents": (ref(2, 1), ref(2, 0), ref(1, 2), ref(1, 3))}, TooFewParentsError),
        ({"parents": (ref(1, 1), ref(2, 0), ref(2, 2))}, TooFewParentsError),
        ({"commit_votes": (CommitVote(CommitIndex(2), GENESIS[0].digest),) * 2}, WrongContentsError),
        (
            {"commit_votes": tuple(CommitVote(CommitIndex(i), GENESIS[0].digest) for i in range(101))},
            WrongContentsError,
        ),
        ({"checkpoints": (Checkpoint(1, bytes(64), bytes(32), bytes(64)),) * 2}, WrongContentsError),
    ],
)
def test_vertex_that_breaks_a_rule_is_refused(changes: dict[str, Any], error: type[Exception]) -> None:
    """Section 2.2 of the protocol, one case for each rule."""
    with pytest.raises(error):
        check_vertex(vertex(**changes), CONTEXT)


def test_evidence_must_prove_an_equivocation() -> None:
    """Two different headers of one author and round, in order; anything else convicts nobody."""
    one, other = (
        vertex(author=AuthorityIndex(2)),
        vertex(author=AuthorityIndex(2), timestamp_ms=TimestampMs(2)),
    )
    proof = make_evidence(one, other)
    check_vertex(vertex(evidence=(proof,)), CONTEXT)

    stranger = make_evidence(one, vertex(author=AuthorityIndex(3)))
    other_epoch = make_evidence(one, vertex(author=AuthorityIndex(2), epoch=Epoch(1)))
    same = proof._replace(second=proof.first)
    turned = proof._replace(first=proof.second, second=proof.first)
    for false in (stranger, other_epoch, same, turned):
        with pytest.raises(WrongContentsError, match="proves no equivocation"):
            check_vertex(vertex(evidence=(false,)), CONTEXT)


class OneSignature:
    """Takes one signature for right, whosever it is."""

    def verify(self, key: PeerId, purpose: SignaturePurpose, message: bytes, signature: bytes) -> bool:
        return signature == b"right" * 12 + b"good"


def test_bad_signature_of_the_author_or_in_the_evidence_is_refused() -> None:
    """Evidence is verified as a part of validity: a committed piece of it bans without further checks."""
    right = b"right" * 12 + b"good"
    twins = [
        vertex(author=AuthorityIndex(2), timestamp_ms=TimestampMs(time), signature=right) for time in (1, 2)
    ]
    proof = make_evidence(twins[0], twins[1])
    verify_signatures(vertex(signature=right, evidence=(proof,)), CONTEXT, OneSignature())

    forged = proof._replace(second=replace(proof.second, signature=bytes(64)))
    for bad in (vertex(), vertex(signature=right, evidence=(forged,))):
        with pytest.raises(BadSignatureError):
            verify_signatures(bad, CONTEXT, OneSignature())
