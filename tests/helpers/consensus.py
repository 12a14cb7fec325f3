"""Committees, contexts and hypothesis strategies for consensus tests."""

from hypothesis import strategies as st

from consensus_engine.committee import Committee, Member
from consensus_engine.epoch import EpochContext
from consensus_engine.messages import (
    Announce,
    CertificateRequest,
    Certificates,
    CommitRequest,
    CommitResponse,
    EpochEndVote,
    FetchRequest,
    FetchResponse,
    Handover,
    Status,
    StatusRequest,
)
from consensus_engine.parameters import ChainParameters
from consensus_engine.types import (
    NO_PAYLOAD,
    AuthorityIndex,
    BlockProposal,
    Bundle,
    Checkpoint,
    Commit,
    CommitIndex,
    CommitVote,
    Digest,
    Epoch,
    EpochEnd,
    EpochEndCertificate,
    PeerId,
    Round,
    TimestampMs,
    Vertex,
    VertexRef,
)
from consensus_engine.vertex_codec import make_evidence, make_vertex


def make_context(size: int = 4, **parameters: int) -> EpochContext:
    """Return an epoch's constants for a committee of equals."""
    members = tuple(Member(PeerId(b"member-%03d" % index)) for index in range(size))
    return EpochContext(
        Digest(b"c" * 32),
        Epoch(0),
        Committee(members),
        Digest(b"s" * 32),
        TimestampMs(1000),
        ChainParameters(**parameters),
    )


u64 = st.integers(0, 2**64 - 1)
rounds = u64.map(Round)
authors = st.integers(0, 2**16 - 1).map(AuthorityIndex)
digests = st.binary(min_size=32, max_size=32).map(Digest)
signatures = st.binary(min_size=64, max_size=64)
refs = st.builds(VertexRef, rounds, authors, digests)
block_ids = st.binary(min_size=64, max_size=64)
id_lists = st.lists(block_ids, max_size=4, unique=True).map(sorted).map(tuple)
proposals = st.builds(BlockProposal, block_ids, block_ids, id_lists, id_lists) | st.builds(
    BlockProposal, st.just(b""), st.just(b""), id_lists, id_lists
)
payloads = st.just(NO_PAYLOAD) | st.builds(Bundle, digests, st.integers(1, 2**32 - 1)) | proposals
checkpoints = st.builds(Checkpoint, u64, block_ids, digests, signatures)


@st.composite
def vertices(draw: st.DrawFn) -> Vertex:
    """Draw a vertex of the right form, seldom a valid one."""
    plain = {
        "chain_id": draw(digests),
        "epoch": draw(u64.map(Epoch)),
        "round": draw(rounds),
        "author": draw(authors),
        "parents": tuple(draw(st.lists(refs, max_size=6))),
        "payload": draw(payloads),
        "commit_votes": tuple(
            draw(st.lists(st.builds(CommitVote, u64.map(CommitIndex), digests), max_size=4))
        ),
        "checkpoints": tuple(draw(st.lists(checkpoints, max_size=3))),
        "signature": draw(signatures),
    }
    one = make_vertex(timestamp_ms=TimestampMs(1), **plain)
    other = make_vertex(timestamp_ms=TimestampMs(2), **plain)
    evidence = (make_evidence(one, other),) * draw(st.integers(0, 2))
    return make_vertex(timestamp_ms=draw(u64.map(TimestampMs)), evidence=evidence, **plain)


commits = st.builds(
    Commit,
    u64.map(Epoch),
    u64.map(CommitIndex),
    digests,
    refs,
    u64.map(TimestampMs),
    st.lists(refs, max_size=8).map(tuple),
)
epoch_ends = st.builds(
    EpochEnd,
    digests,
    u64.map(Epoch),
    u64.map(CommitIndex),
    digests,
    digests,
    digests,
    digests,
    u64.map(TimestampMs),
)


@st.composite
def certificates(draw: st.DrawFn) -> EpochEndCertificate:
    """Draw a certificate whose signatures rise by author."""
    signers = sorted(draw(st.sets(authors, max_size=5)))
    return EpochEndCertificate(draw(epoch_ends), tuple((signer, draw(signatures)) for signer in signers))


vertex_lists = st.lists(vertices(), max_size=2).map(tuple)
committees = st.integers(4, 7).map(lambda size: make_context(size).committee)
messages = st.one_of(
    st.builds(Announce, vertex_lists),
    st.builds(FetchRequest, st.lists(refs, max_size=5).map(tuple), st.integers(0, 31)),
    st.builds(FetchResponse, vertex_lists),
    st.builds(StatusRequest, u64),
    st.builds(Status, rounds, u64.map(CommitIndex), digests, u64, vertex_lists),
    st.builds(CommitRequest, u64.map(CommitIndex), u64.map(CommitIndex)),
    st.builds(CommitResponse, st.lists(commits, max_size=3).map(tuple), vertex_lists),
    st.builds(EpochEndVote, epoch_ends, authors, signatures),
    st.builds(CertificateRequest, u64.map(Epoch)),
    st.builds(Certificates, st.lists(st.builds(Handover, certificates(), committees), max_size=2).map(tuple)),
)
