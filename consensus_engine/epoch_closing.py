"""The end of an epoch: what its committee signs, and the certificate made of it.

Source: consensus protocol, section 2.13.
"""

from collections.abc import Sequence

from consensus_engine.commit_codec import epoch_end_digest
from consensus_engine.committee import Committee
from consensus_engine.effects import CommitExecuted, CommitteeElected
from consensus_engine.epoch import EpochContext
from consensus_engine.epoch_state import EpochState
from consensus_engine.errors import BadSignatureError, WrongChainError
from consensus_engine.messages import EpochEndVote, Handover
from consensus_engine.types import (
    AuthorityIndex,
    Digest,
    Epoch,
    EpochEnd,
    EpochEndCertificate,
    SignaturePurpose,
)
from consensus_engine.validity import Verifier


class EpochClosing:
    """Signs the epoch's end once it is known, and collects the others' signatures."""

    __slots__ = ("_executed", "_state", "_votes", "certificate", "elected", "own_vote")

    def __init__(self, state: EpochState) -> None:
        self._state = state
        self._executed: CommitExecuted | None = None  # the last commit that execution reported
        self._votes: dict[AuthorityIndex, EpochEndVote] = {}
        self.elected: CommitteeElected | None = None
        self.own_vote: EpochEndVote | None = None
        self.certificate: EpochEndCertificate | None = None

    def execute(self, executed: CommitExecuted) -> None:
        """Note how far execution is, and with which state."""
        self._executed = executed

    def elect(self, elected: CommitteeElected) -> None:
        """Note who sits next."""
        self.elected = elected

    def sign(self) -> None:
        """Sign the epoch's end as soon as its last commit is executed and the next committee known."""
        ordering = self._state.ordering
        executed, elected = self._executed, self.elected
        if self.own_vote is not None or self._state.own is None or not ordering.is_complete:
            return
        if executed is None or elected is None or executed.index != ordering.last_index:
            return
        end = EpochEnd(
            chain_id=self._state.context.chain_id,
            epoch=self._state.context.epoch,
            last_index=ordering.last_index,
            last_digest=ordering.last_digest,
            state_root=executed.state_root,
            executed_root=executed.executed_root,
            next_committee_digest=elected.committee.digest,
            next_start_ms=ordering.last_ms,
        )
        signature = self._state.signer.sign(SignaturePurpose.EPOCH_END, epoch_end_digest(end))
        self.own_vote = EpochEndVote(end, self._state.own, signature)
        self.receive(self.own_vote)

    def receive(self, vote: EpochEndVote) -> None:
        """Count a vote; with a quorum for one end, make the certificate."""
        is_ours = (vote.end.chain_id, vote.end.epoch) == (
            self._state.context.chain_id,
            self._state.context.epoch,
        )
        committee = self._state.context.committee
        if self.certificate is not None or not is_ours or vote.author >= len(committee):
            return
        self._votes[vote.author] = vote
        agreeing = sorted(
            (each.author, each.signature) for each in self._votes.values() if each.end == vote.end
        )
        if len(agreeing) >= committee.quorum:
            self.certificate = EpochEndCertificate(vote.end, tuple(agreeing))


def verify_certificate(
    certificate: EpochEndCertificate, chain_id: Digest, committee: Committee, verifier: Verifier
) -> None:
    """Verify that a quorum of a committee signed an epoch's end.

    Raises:
        WrongChainError: It is of another chain.
        BadSignatureError: Fewer than a quorum of distinct members signed it.
    """
    if certificate.end.chain_id != chain_id:
        raise WrongChainError("the epoch end belongs to another chain")
    digest = epoch_end_digest(certificate.end)
    signers = {
        author
        for author, signature in certificate.signatures
        if author < len(committee)
        and verifier.verify(
            committee.members[author].public_key, SignaturePurpose.EPOCH_END, digest, signature
        )
    }
    if len(signers) < committee.quorum:
        raise BadSignatureError(
            f"{len(signers)} members signed epoch {certificate.end.epoch}'s end: needs {committee.quorum}"
        )


def next_context(
    context: EpochContext, certificate: EpochEndCertificate, elected: CommitteeElected
) -> EpochContext:
    """Return the constants of the epoch that a certified end begins.

    Raises:
        WrongChainError: The committee is not the one that the certificate names.
    """
    end = certificate.end
    if elected.committee.digest != end.next_committee_digest:
        raise WrongChainError(f"the end of epoch {end.epoch} names another committee")
    return EpochContext(
        chain_id=context.chain_id,
        epoch=Epoch(context.epoch + 1),
        committee=elected.committee,
        seed=epoch_end_digest(end),
        start_ms=end.next_start_ms,
        parameters=elected.parameters,
    )


def verify_handovers(handovers: Sequence[Handover], context: EpochContext, verifier: Verifier) -> None:
    """Verify epoch ends from ``context``'s epoch on, each by the committee that the one before names.

    Raises:
        WrongChainError: They do not begin with this epoch or do not follow each other, or a committee is not
            the one whose digest was signed.
        BadSignatureError: Fewer than a quorum of a committee signed an end.
    """
    epoch, committee = context.epoch, context.committee
    for handover in handovers:
        end = handover.certificate.end
        if end.epoch != epoch or handover.next_committee.digest != end.next_committee_digest:
            raise WrongChainError(f"the end of epoch {end.epoch} is not what follows here")
        verify_certificate(handover.certificate, context.chain_id, committee, verifier)
        epoch, committee = Epoch(epoch + 1), handover.next_committee
