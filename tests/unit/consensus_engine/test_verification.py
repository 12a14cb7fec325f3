"""What a driver checks before the core sees a message."""

from dataclasses import replace

import pytest

from consensus_engine.commit_codec import epoch_end_digest
from consensus_engine.effects import CommitExecuted, CommitteeElected
from consensus_engine.errors import BadSignatureError, UnknownAuthorityError, WrongChainError
from consensus_engine.messages import Announce, Certificates, EpochEndVote, Handover, Status
from consensus_engine.simulation.keyring import SimulatedSigner, SimulatedVerifier
from consensus_engine.types import (
    AuthorityIndex,
    CommitIndex,
    Digest,
    Epoch,
    EpochEnd,
    EpochEndCertificate,
    Round,
    SignaturePurpose,
    TimestampMs,
)
from consensus_engine.verification import MessageVerifier
from tests.helpers.cores import Cluster, genesis_parents, keyed_context, vertex_of

CONTEXT = keyed_context(4)
END = EpochEnd(
    CONTEXT.chain_id,
    CONTEXT.epoch,
    CommitIndex(9),
    Digest(b"d" * 32),
    b"s" * 32,
    b"e" * 32,
    CONTEXT.committee.digest,
    TimestampMs(5),
)


def signatures(end: EpochEnd, signers: range) -> tuple[tuple[AuthorityIndex, bytes], ...]:
    digest = epoch_end_digest(end)
    return tuple(
        (AuthorityIndex(each), SimulatedSigner(each).sign(SignaturePurpose.EPOCH_END, digest))
        for each in signers
    )


def verifier() -> MessageVerifier:
    return MessageVerifier(SimulatedVerifier())


def test_vertices_of_any_message_are_verified() -> None:
    """A vertex whose signature is not its author's spoils the message that brings it."""
    core = Cluster().cores[0]
    good = vertex_of(core, 1, genesis_parents(core, 1))
    bad = replace(good, signature=bytes(64))
    verifier().verify(Epoch(0), Announce((good,)), CONTEXT)

    status = Status(Round(1), CommitIndex(0), Digest(bytes(32)), 7, (good, bad))
    for message in (Announce((bad,)), status):
        with pytest.raises(BadSignatureError):
            verifier().verify(Epoch(0), message, CONTEXT)


def test_good_vertex_is_remembered_with_its_signature_only() -> None:
    """Another signature under the same vertex is checked anew."""
    core = Cluster().cores[0]
    good = vertex_of(core, 1, genesis_parents(core, 1))
    messages = verifier()
    messages.verify(Epoch(0), Announce((good,)), CONTEXT)

    with pytest.raises(BadSignatureError):
        messages.verify(Epoch(0), Announce((replace(good, signature=b"x" * 64),)), CONTEXT)


def test_vertex_of_another_epoch_is_left_to_that_epoch() -> None:
    """Its committee is not known yet; the core gives it back when the epoch begins."""
    core = Cluster().cores[0]
    bad = replace(vertex_of(core, 1, genesis_parents(core, 1)), signature=bytes(64))

    verifier().verify(Epoch(1), Announce((bad,)), CONTEXT)


def test_early_vertices_are_given_back_when_their_epoch_begins() -> None:
    """The caller verifies them with the new committee and sends them in again."""
    cluster = Cluster(epoch_commits_max=1, close_lag=1)
    core = cluster.cores[0]
    early = Announce((vertex_of(core, 1, genesis_parents(core, 1)),))
    cluster.tell(0, early, sender=1, epoch=1)
    closing = core.current.closing
    cluster.run(8)
    ordering = core.current.state.ordering
    assert ordering.is_complete
    cluster.step(0, CommitteeElected(Epoch(0), CONTEXT.committee, CONTEXT.parameters))
    cluster.step(0, CommitExecuted(Epoch(0), ordering.last_index, bytes(32), bytes(32)))
    assert closing.own_vote is not None
    end = closing.own_vote.end
    certificate = EpochEndCertificate(end, signatures(end, range(3)))

    effects = cluster.tell(0, Certificates((Handover(certificate, CONTEXT.committee),)), sender=2)

    assert core.context.epoch == 1
    assert [each.message for each in effects.early] == [early]


def test_vote_on_an_epoch_end_must_be_its_authors() -> None:
    """Neither another's signature nor an author without a seat."""
    (author, signature), *_ = signatures(END, range(1, 2))
    verifier().verify(Epoch(0), EpochEndVote(END, author, signature), CONTEXT)

    with pytest.raises(BadSignatureError):
        verifier().verify(Epoch(0), EpochEndVote(END, AuthorityIndex(2), signature), CONTEXT)
    with pytest.raises(UnknownAuthorityError):
        verifier().verify(Epoch(0), EpochEndVote(END, AuthorityIndex(4), signature), CONTEXT)


def test_certificates_need_a_quorum_the_right_chain_and_the_committee_they_name() -> None:
    """A joiner trusts its own epoch's committee and what follows from it."""
    committee = CONTEXT.committee
    good = Handover(EpochEndCertificate(END, signatures(END, range(3))), committee)
    verifier().verify(Epoch(0), Certificates((good,)), CONTEXT)

    short = Handover(EpochEndCertificate(END, signatures(END, range(2))), committee)
    twice = Handover(
        EpochEndCertificate(END, signatures(END, range(2)) + signatures(END, range(1))), committee
    )
    with pytest.raises(BadSignatureError, match="2 members signed"):
        verifier().verify(Epoch(0), Certificates((short,)), CONTEXT)
    with pytest.raises(BadSignatureError):
        verifier().verify(Epoch(0), Certificates((twice,)), CONTEXT)

    elsewhere = replace(END, chain_id=Digest(b"o" * 32))
    foreign = Handover(EpochEndCertificate(elsewhere, signatures(elsewhere, range(3))), committee)
    other_committee = Handover(good.certificate, keyed_context(5).committee)
    later = replace(END, epoch=Epoch(3))
    gap = Handover(EpochEndCertificate(later, signatures(later, range(3))), committee)
    for wrong in (foreign, other_committee, gap):
        with pytest.raises(WrongChainError):
            verifier().verify(Epoch(0), Certificates((wrong,)), CONTEXT)
