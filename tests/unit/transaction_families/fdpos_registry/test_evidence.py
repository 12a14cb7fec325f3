"""Equivocation on the ledger."""

from dataclasses import replace

import pytest

from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import AuthorityIndex, Epoch, Round, SignedHeader, TimestampMs
from consensus_engine.vertex_codec import encode_signed_header, header_digest
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.registry import (
    ANYBODY,
    BOND_MIN,
    HEADER,
    OPERATORS,
    close,
    consensus_key,
    equivocation,
    found_elections,
    get_candidate,
    key_hex,
    open_round,
    register,
    signed_header,
    slashed_utoken,
    supply_utoken,
    total_utoken,
)
from transaction_families.errors import OverflowInt64Error, UnknownEntryError
from transaction_families.fdpos_registry.errors import (
    CandidateBarredError,
    DuplicateEvidenceError,
    EvidenceSignatureError,
    ForeignConsensusKeyError,
    MalformedEvidenceError,
    NoEquivocationError,
)
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import (
    AddBond,
    ReleaseBond,
    ReportEquivocation,
    WithdrawCandidate,
)
from transaction_families.fdpos_registry.standings import Result
from transaction_families.fdpos_registry.state import Equivocation, equivocation_address

ORG = Organisation("org-1")
PARTY = OPERATORS["org-1"]
TWIN = replace(HEADER, timestamp_ms=TimestampMs(1001))


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = found_elections()
    register(ledger, *OPERATORS)
    return ledger


def signed(header: SignedHeader, name: str = "org-1") -> bytes:
    return signed_header(header, name)


def report(first: bytes, second: bytes) -> ReportEquivocation:
    return ReportEquivocation(key_hex("org-1"), ORG, first, second)


PROOF = equivocation("org-1")


def test_two_vertices_of_one_round_cost_the_bond(ledger: MemoryLedger) -> None:
    """Anybody may report it; the bond stands in the slashed account."""
    ledger.apply(PROOF, ANYBODY)

    assert get_candidate(ledger, ORG).bond_utoken == 0
    assert slashed_utoken(ledger) == BOND_MIN
    assert total_utoken(ledger) == supply_utoken(ledger)
    kept = ledger.state.get(Equivocation, equivocation_address(key_hex(ORG), 3), "")
    assert (kept.vertex_round, kept.slashed_utoken, kept.organisation) == (17, BOND_MIN, ORG)


def test_an_equivocator_is_barred_for_some_rounds(ledger: MemoryLedger) -> None:
    """Three by the parameters, this one included, even with a new bond; then it may stand again."""
    ledger.apply(PROOF, ANYBODY)
    ledger.apply(AddBond(PARTY.id, ORG, BOND_MIN), PARTY.key)
    results = []
    for _ in range(4):
        outcome = close(ledger)
        results += [one.result for one in outcome.standings if one.organisation == ORG]

    assert results == [Result.BARRED, Result.BARRED, Result.BARRED, Result.POWER_TOO_LOW]


def test_a_bar_outlives_a_withdrawal(ledger: MemoryLedger) -> None:
    """Otherwise it would end by registering anew."""
    ledger.apply(PROOF, ANYBODY)
    ledger.apply(WithdrawCandidate(PARTY.id, ORG), PARTY.key)
    close(ledger)
    close(ledger)

    with pytest.raises(CandidateBarredError):
        ledger.apply(ReleaseBond(PARTY.id, ORG), ANYBODY)
    close(ledger)
    ledger.apply(ReleaseBond(PARTY.id, ORG), ANYBODY)

    assert total_utoken(ledger) == supply_utoken(ledger)


def test_a_withdrawn_bond_is_still_at_risk(ledger: MemoryLedger) -> None:
    """That is what the unlock delay is for."""
    ledger.apply(WithdrawCandidate(PARTY.id, ORG), PARTY.key)

    ledger.apply(PROOF, ANYBODY)

    assert slashed_utoken(ledger) == BOND_MIN


def test_an_epoch_is_punished_once(ledger: MemoryLedger) -> None:
    """More twins of the same epoch, or the same two the other way round, show nothing new."""
    ledger.apply(PROOF, ANYBODY)
    later = replace(HEADER, round=Round(18)), replace(TWIN, round=Round(18))

    for again in (PROOF, report(signed(TWIN), signed(HEADER)), report(*map(signed, later))):
        with pytest.raises(DuplicateEvidenceError):
            ledger.apply(again, ANYBODY)


def test_another_epoch_is_punished_anew(ledger: MemoryLedger) -> None:
    """The bar starts again."""
    ledger.apply(PROOF, ANYBODY)
    close(ledger)
    other = replace(HEADER, epoch=Epoch(4)), replace(TWIN, epoch=Epoch(4))

    ledger.apply(report(*map(signed, other)), ANYBODY)

    assert get_candidate(ledger, ORG).barred_until_round == open_round(ledger).number + 3


def test_one_vertex_signed_twice_is_no_equivocation(ledger: MemoryLedger) -> None:
    """The signature is not part of a vertex's digest; an honest author must not lose its bond by it."""
    with pytest.raises(NoEquivocationError):
        ledger.apply(report(signed(HEADER), signed(HEADER)), ANYBODY)


@pytest.mark.parametrize(
    "other",
    [
        replace(TWIN, epoch=Epoch(4)),
        replace(TWIN, round=Round(18)),
        replace(TWIN, author=AuthorityIndex(1)),
    ],
)
def test_vertices_of_different_slots_are_no_equivocation(ledger: MemoryLedger, other: SignedHeader) -> None:
    """An author writes one vertex in each round."""
    with pytest.raises(NoEquivocationError):
        ledger.apply(report(signed(HEADER), signed(other)), ANYBODY)


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (signed(HEADER, "org-2"), signed(TWIN), "first"),
        (signed(HEADER), signed(TWIN, "org-2"), "second"),
        (signed(HEADER), encode_signed_header(TWIN), "second"),
    ],
)
def test_both_vertices_must_be_the_accused_keys(
    ledger: MemoryLedger, first: bytes, second: bytes, field: str
) -> None:
    """Nobody can be framed by another's signature."""
    with pytest.raises(EvidenceSignatureError) as caught:
        ledger.apply(report(first, second), ANYBODY)
    assert caught.value.field == field


def test_a_digest_signed_for_another_purpose_proves_nothing(ledger: MemoryLedger) -> None:
    """Vertices have a signing domain of their own."""
    bare = consensus_key("org-1").sign(header_digest(TWIN))

    with pytest.raises(EvidenceSignatureError):
        ledger.apply(report(signed(HEADER), encode_signed_header(replace(TWIN, signature=bare))), ANYBODY)


@pytest.mark.parametrize(
    "second",
    [
        b"",
        signed(TWIN)[:-1],
        signed(TWIN) + b"\x00",
        b"\x02" + signed(TWIN)[1:],
        signed(replace(TWIN, chain_id=chain_digest("other-ledger"))),
        signed(replace(TWIN, round=Round(0))),
    ],
)
def test_malformed_and_foreign_headers_are_refused(ledger: MemoryLedger, second: bytes) -> None:
    """Cut, too long, of another version, of another ledger, of the round nobody signs."""
    with pytest.raises(MalformedEvidenceError) as caught:
        ledger.apply(report(signed(HEADER), second), ANYBODY)
    assert caught.value.field == "second"


def test_an_epoch_past_the_ledgers_integers_is_refused(ledger: MemoryLedger) -> None:
    """Vertices count epochs in 64 bits without a sign, the ledger with one."""
    far = replace(HEADER, epoch=Epoch(2**63)), replace(TWIN, epoch=Epoch(2**63))

    with pytest.raises(OverflowInt64Error):
        ledger.apply(report(*map(signed, far)), ANYBODY)


def test_a_key_that_nobody_registered_has_no_bond(ledger: MemoryLedger) -> None:
    """A founding committee's keys are not candidates until their holders register them."""
    with pytest.raises(UnknownEntryError):
        ledger.apply(replace(PROOF, consensus_public_key=key_hex("founder-0")), ANYBODY)


def test_evidence_against_a_key_hits_its_own_organisation(ledger: MemoryLedger) -> None:
    """The payload cannot point it at another."""
    with pytest.raises(ForeignConsensusKeyError):
        ledger.apply(replace(PROOF, organisation=Organisation("org-2")), ANYBODY)


def test_a_candidate_long_gone_has_nothing_to_lose(ledger: MemoryLedger) -> None:
    """Its bond went back after the delay."""
    ledger.apply(WithdrawCandidate(PARTY.id, ORG), PARTY.key)
    close(ledger)
    close(ledger)
    ledger.apply(ReleaseBond(PARTY.id, ORG), ANYBODY)

    with pytest.raises(UnknownEntryError):
        ledger.apply(PROOF, ANYBODY)
