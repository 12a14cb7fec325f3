"""Equivocation: two vertices of one round by one author, proven on the ledger, bar it and cost its bond.

Two signed headers suffice; the vertices themselves need not be shown. Whose key it is follows from the
registry, not from the author's index, which means something in one committee only.
"""

from dataclasses import replace

from consensus_engine.errors import MalformedBytesError
from consensus_engine.ledger_binding import VERTEX_DOMAIN, chain_digest
from consensus_engine.types import GENESIS_ROUND, SignedHeader
from consensus_engine.vertex_codec import decode_signed_header, header_digest
from signing.tagged import verify_tagged
from transaction_families.errors import UnknownEntryError
from transaction_families.fdpos_registry.consensus_keys import get_chain_id, parse_consensus_key
from transaction_families.fdpos_registry.errors import (
    DuplicateEvidenceError,
    EvidenceSignatureError,
    ForeignConsensusKeyError,
    MalformedEvidenceError,
    NoEquivocationError,
)
from transaction_families.fdpos_registry.identifiers import ElectionRound
from transaction_families.fdpos_registry.payload import ReportEquivocation
from transaction_families.fdpos_registry.rounds import get_open_round
from transaction_families.fdpos_registry.state import (
    Candidate,
    ConsensusKey,
    Equivocation,
    candidate_address,
    consensus_key_address,
    equivocation_address,
)
from transaction_families.fdpos_registry.tokens import slash_tokens
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.state_view import Changes, Event, StateView


def process_report_equivocation(state: StateView, tx: ReportEquivocation, _: PublicKey) -> Changes:
    """Take an equivocator's bond and bar it from this round's election and ``bar_rounds`` - 1 further ones.

    Raises:
        UnknownEntryError: The key is nobody's, or its organisation has no candidate any more.
        ForeignConsensusKeyError: It is another organisation's.
        MalformedEvidenceError: A header is none, or of another ledger or of round 0.
        NoEquivocationError: The two are the same vertex, or of different epochs, rounds or authors.
        EvidenceSignatureError: One is not signed by this key.
        DuplicateEvidenceError: An equivocation of this key in this epoch has been punished.

    Source: consensus protocol, sections 2.4 and 6.2 (h).
    """
    owner = state.get(ConsensusKey, consensus_key_address(tx.consensus_public_key), tx.consensus_public_key)
    if owner.organisation != tx.organisation:
        raise ForeignConsensusKeyError(tx.consensus_public_key, owner.organisation)
    header = check_equivocation(get_chain_id(state), tx)
    address = equivocation_address(tx.consensus_public_key, header.epoch)
    if state.find(Equivocation, address) is not None:
        raise DuplicateEvidenceError(tx.consensus_public_key, header.epoch)
    candidate = state.find(Candidate, candidate_address(tx.organisation))
    if candidate is None:
        raise UnknownEntryError("candidate of organisation", tx.organisation)
    open_round = get_open_round(state)
    barred_until = max(
        candidate.barred_until_round, open_round.number + open_round.parameters.stakes.bar_rounds
    )
    proven = Equivocation(
        tx.consensus_public_key,
        header.epoch,
        header.round,
        tx.organisation,
        candidate.bond_utoken,
        get_ledger_time_s(state),
    )
    return Changes(
        writes=(
            proven,
            replace(candidate, bond_utoken=0, barred_until_round=ElectionRound(barred_until)),
            slash_tokens(state, candidate.bond_utoken),
        ),
        events=(_punished_event(proven, barred_until),),
    )


def check_equivocation(chain_id: str, tx: ReportEquivocation) -> SignedHeader:
    """Return the first of two headers that together prove an equivocation.

    Raises:
        MalformedEvidenceError, NoEquivocationError, EvidenceSignatureError: They do not.
    """
    first, second = (_decode(chain_id, name, getattr(tx, name)) for name in ("first", "second"))
    if _slot_of(first) != _slot_of(second):
        raise NoEquivocationError("they are of different epochs, rounds or authors")
    if header_digest(first) == header_digest(second):
        raise NoEquivocationError("they are one vertex; signing it again makes no other")
    key = parse_consensus_key("consensus_public_key", tx.consensus_public_key)
    for name, header in (("first", first), ("second", second)):
        if not verify_tagged(key, VERTEX_DOMAIN, header_digest(header), header.signature):
            raise EvidenceSignatureError(name, tx.consensus_public_key)
    return first


def _decode(chain_id: str, field: str, data: bytes) -> SignedHeader:
    try:
        header = decode_signed_header(data)
    except MalformedBytesError as error:
        raise MalformedEvidenceError(field, str(error)) from error
    if header.chain_id != chain_digest(chain_id):
        raise MalformedEvidenceError(field, "the vertex belongs to another ledger")
    if header.round <= GENESIS_ROUND:
        raise MalformedEvidenceError(field, "nobody signs a vertex of round 0")
    return header


def _slot_of(header: SignedHeader) -> tuple[int, int, int]:
    return header.epoch, header.round, header.author


def _punished_event(proven: Equivocation, barred_until: int) -> Event:
    return Event(
        "wattdag/equivocation-punished",
        (
            ("organisation", proven.organisation),
            ("consensus_public_key", proven.consensus_public_key),
            ("epoch", str(proven.epoch)),
            ("slashed_utoken", str(proven.slashed_utoken)),
            ("barred_until_round", str(barred_until)),
        ),
    )
