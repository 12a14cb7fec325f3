"""How super nodes served: what a quorum of the committee signs caps their computing power for some rounds.

The members take the figures from the commits, which are the same for all of them. What somebody proved in a
window counts no further than what it showed while it had to serve: who has a record of half the vertices is
worth half the cap. Candidates without a record are not capped.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from consensus_engine.committee import COMMITTEE_SIZE_MAX, thresholds_of
from signing.keys import PrivateKey
from signing.keys import PublicKey as ConsensusPublicKey
from signing.tagged import Domain, sign_tagged, verify_tagged
from transaction_families.errors import AlreadyDoneError, MalformedPayloadError
from transaction_families.fdpos_registry.consensus_keys import get_chain_id
from transaction_families.fdpos_registry.errors import (
    BadMemberSignatureError,
    QuorumMissingError,
    StrangerSignatureError,
)
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound
from transaction_families.fdpos_registry.parameters import ChallengeParameters
from transaction_families.fdpos_registry.payload import (
    MemberSignature,
    RecordService,
    ServiceFigures,
    ServiceReport,
)
from transaction_families.fdpos_registry.rounds import check_open, get_open_round
from transaction_families.fdpos_registry.standings import Seat
from transaction_families.fdpos_registry.state import (
    Candidate,
    RoundOutcome,
    ServiceRecord,
    Work,
    WorkStatus,
    candidate_address,
    outcome_address,
)
from transaction_families.handler import PublicKey
from transaction_families.state_view import Changes, StateView

SERVICE_DOMAIN: Final = Domain("service-report/1")
PERMILLE: Final = 1000


def sign_report(key: PrivateKey, report: ServiceReport) -> MemberSignature:
    """Return a committee member's signature of a report."""
    signature = sign_tagged(key, SERVICE_DOMAIN, ServiceReport.CODEC.encode(report))
    return MemberSignature(ConsensusKeyHex(key.public_key.hex), signature)


def process_record_service(state: StateView, tx: RecordService, _: PublicKey) -> Changes:
    """Put figures on the candidates' records that a quorum of the last elected committee signed.

    Raises:
        WrongRoundError: The report is about another round than the open one.
        MalformedPayloadError: It names another ledger, figures are out of order or out of range.
        UnknownEntryError: It names an organisation without a candidate.
        AlreadyDoneError: A candidate has its record of this round.
        StrangerSignatureError: A signature is by no member, or by one twice.
        BadMemberSignatureError: A signature is not over this report.
        QuorumMissingError: Too few signed.

    Source: paper, section 2.1, as settled for C.
    """
    check_open(get_open_round(state), tx.report.round)
    if tx.report.chain_id != (chain_id := get_chain_id(state)):
        raise MalformedPayloadError("report.chain_id", tx.report.chain_id, f"this ledger is {chain_id}")
    _check_figures(tx.report.figures)
    candidates = [_with_record(state, tx.report.round, figures) for figures in tx.report.figures]
    elected = state.get(RoundOutcome, outcome_address(tx.report.round - 1), tx.report.round - 1)
    _check_quorum(elected.committee, tx)
    return Changes(writes=tuple(candidates))


def counted_segments(
    work: Work | None, record: ServiceRecord, round_: ElectionRound, challenge: ChallengeParameters
) -> int:
    """Return C: the segments of accepted work, no more than the tier that a record in force shows.

    Args:
        work: The candidate's latest work, if it ever committed to any.
        record: How it served, and in which round.
        round_: The round that is being closed.
        challenge: Its parameters; ``service_rounds`` says how long a record is in force.
    """
    if work is None or work.round != round_ or work.status is not WorkStatus.ACCEPTED:
        return 0
    if not record.round or round_ - record.round >= challenge.service_rounds:
        return work.segments
    kept_permille = min(record.vertices_permille, record.checkpoints_permille)
    return min(work.segments, challenge.segments_max * kept_permille // PERMILLE)


def _check_figures(figures: Sequence[ServiceFigures]) -> None:
    if not 1 <= len(figures) <= COMMITTEE_SIZE_MAX:
        raise MalformedPayloadError("report.figures", len(figures), f"1 to {COMMITTEE_SIZE_MAX}")
    if any(earlier.organisation >= later.organisation for earlier, later in pairwise(figures)):
        named = [one.organisation for one in figures]
        raise MalformedPayloadError("report.figures", named, "ascending by organisation, each once")
    for one in figures:
        for name in ("vertices_permille", "checkpoints_permille"):
            if not 0 <= getattr(one, name) <= PERMILLE:
                raise MalformedPayloadError(name, getattr(one, name), f"0 to {PERMILLE}")


def _with_record(state: StateView, round_: ElectionRound, figures: ServiceFigures) -> Candidate:
    candidate = state.get(Candidate, candidate_address(figures.organisation), figures.organisation)
    if candidate.service.round == round_:
        raise AlreadyDoneError(f"the record of {figures.organisation} for round {round_}")
    record = ServiceRecord(round_, figures.vertices_permille, figures.checkpoints_permille)
    return replace(candidate, service=record)


def _check_quorum(committee: tuple[Seat, ...], tx: RecordService) -> None:
    quorum = thresholds_of(len(committee)).quorum
    if len(tx.signatures) < quorum:
        raise QuorumMissingError(len(tx.signatures), quorum)
    members = {seat.consensus_public_key for seat in committee}
    message = ServiceReport.CODEC.encode(tx.report)
    before = ""
    for signed in tx.signatures:
        if signed.consensus_public_key not in members or signed.consensus_public_key <= before:
            raise StrangerSignatureError(signed.consensus_public_key)
        before = signed.consensus_public_key
        key = ConsensusPublicKey.from_hex(signed.consensus_public_key)
        if not verify_tagged(key, SERVICE_DOMAIN, message, signed.signature):
            raise BadMemberSignatureError(signed.consensus_public_key)
