"""Committing to work, drawing, opening."""

from dataclasses import replace

import pytest

from signing.keys import PrivateKey
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.registry import (
    ANYBODY,
    BOND_MIN,
    CHAIN_ID,
    OPERATORS,
    close,
    commit_work,
    draw,
    found_elections,
    get_candidate,
    open_round,
    opening,
    register,
    slashed_utoken,
    supply_utoken,
    total_utoken,
)
from transaction_families.errors import (
    AlreadyDoneError,
    MalformedPayloadError,
    NotPermittedError,
    TooEarlyError,
    UnknownEntryError,
)
from transaction_families.fdpos_registry.consensus_keys import sign_registration
from transaction_families.fdpos_registry.errors import (
    CandidateBarredError,
    OpeningNotDrawnError,
    WindowClosedError,
    WorkConcludedError,
    WrongRoundError,
)
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import (
    CommitWork,
    DrawOpening,
    OpenWork,
    SegmentPath,
    UpdateCandidate,
)
from transaction_families.fdpos_registry.state import Work, WorkStatus, work_address
from transaction_families.fdpos_registry.work import DoneWork, WorkTask, do_work

ORG = Organisation("org-1")
PARTY = OPERATORS["org-1"]
CLAIM = CommitWork(PARTY.id, ORG, ElectionRound(1), 8, bytes(32))


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = found_elections()
    register(ledger, "org-1", "org-2")
    return ledger


def status(ledger: MemoryLedger) -> WorkStatus:
    return ledger.state.get(Work, work_address(ORG), ORG).status


def open_(ledger: MemoryLedger, done: DoneWork) -> None:
    ledger.apply(opening(ledger, ORG, done), PARTY.key)


def test_work_that_holds_is_accepted(ledger: MemoryLedger) -> None:
    """Commit, draw, open."""
    done = commit_work(ledger, ORG, 11)
    draw(ledger)

    open_(ledger, done)

    assert status(ledger) is WorkStatus.ACCEPTED
    assert slashed_utoken(ledger) == 0


def test_a_wrong_segment_costs_the_bond(ledger: MemoryLedger) -> None:
    """It goes to the slashed account, and no token is lost."""
    task = WorkTask.of(bytes(32), get_candidate(ledger, ORG).consensus_public_key, 1)
    forged = do_work(task, 11)  # of another challenge
    ledger.apply(replace(CLAIM, segments=11, root=forged.root), PARTY.key)
    draw(ledger)

    open_(ledger, forged)

    assert status(ledger) is WorkStatus.REFUTED
    assert get_candidate(ledger, ORG).bond_utoken == 0
    assert slashed_utoken(ledger) == BOND_MIN
    assert total_utoken(ledger) == supply_utoken(ledger)


def test_work_is_opened_once(ledger: MemoryLedger) -> None:
    """Neither twice accepted nor refuted afterwards."""
    done = commit_work(ledger, ORG, 11)
    draw(ledger)
    open_(ledger, done)

    with pytest.raises(WorkConcludedError):
        open_(ledger, done)


def test_a_new_consensus_key_does_not_spoil_work_under_way(ledger: MemoryLedger) -> None:
    """Work stays bound to the key that it was committed with."""
    done = commit_work(ledger, ORG, 11)
    key, endpoint = PrivateKey.for_demo("next"), "next.example:1"
    ledger.apply(
        UpdateCandidate(
            PARTY.id,
            ORG,
            ConsensusKeyHex(key.public_key.hex),
            endpoint,
            sign_registration(key, CHAIN_ID, ORG, endpoint),
        ),
        PARTY.key,
    )
    draw(ledger)

    open_(ledger, done)

    assert status(ledger) is WorkStatus.ACCEPTED


def test_a_later_claim_replaces_the_one_before(ledger: MemoryLedger) -> None:
    """Until the window ends."""
    commit_work(ledger, ORG, 5)
    more = commit_work(ledger, ORG, 17)
    draw(ledger)

    open_(ledger, more)

    assert ledger.state.get(Work, work_address(ORG), ORG).segments == 17


def test_nothing_is_claimed_after_the_window(ledger: MemoryLedger) -> None:
    """From then on it can be known what is checked."""
    ledger.now_s = open_round(ledger).window_end_s - 1
    commit_work(ledger, ORG, 5)
    ledger.now_s += 1

    with pytest.raises(WindowClosedError):
        commit_work(ledger, ORG, 6)


@pytest.mark.parametrize(
    "claim", [replace(CLAIM, segments=0), replace(CLAIM, segments=65), replace(CLAIM, root=bytes(31))]
)
def test_claims_stay_within_the_cap_and_have_a_root(ledger: MemoryLedger, claim: CommitWork) -> None:
    """The cap bounds what rented machines are worth."""
    with pytest.raises(MalformedPayloadError):
        ledger.apply(claim, PARTY.key)


def test_work_belongs_to_the_open_round(ledger: MemoryLedger) -> None:
    """Each round sets new work."""
    done = commit_work(ledger, ORG, 5)
    draw(ledger)
    tx = opening(ledger, ORG, done)
    close(ledger)

    with pytest.raises(WrongRoundError):
        ledger.apply(CLAIM, PARTY.key)
    with pytest.raises(WrongRoundError):
        ledger.apply(tx, PARTY.key)
    with pytest.raises(WrongRoundError):
        ledger.apply(replace(tx, round=ElectionRound(2)), PARTY.key)
    with pytest.raises(WrongRoundError):
        ledger.apply(DrawOpening(ElectionRound(1)), ANYBODY)


def test_each_round_sets_another_challenge(ledger: MemoryLedger) -> None:
    """Nothing can be worked on beforehand."""
    first = open_round(ledger).clock
    close(ledger)

    assert open_round(ledger).clock.challenge != first.challenge
    assert open_round(ledger).clock.opening_seed == b""


def test_what_is_opened_is_drawn_once_and_after_the_window(ledger: MemoryLedger) -> None:
    """A seed known earlier, or drawn again, could be worked around."""
    tx = DrawOpening(ElectionRound(1))
    with pytest.raises(TooEarlyError):
        ledger.apply(tx, ANYBODY)
    draw(ledger)
    with pytest.raises(AlreadyDoneError):
        ledger.apply(tx, ANYBODY)


def test_nothing_is_opened_before_the_draw(ledger: MemoryLedger) -> None:
    """Nobody knows what to open."""
    commit_work(ledger, ORG, 5)

    with pytest.raises(OpeningNotDrawnError):
        ledger.apply(OpenWork(PARTY.id, ORG, ElectionRound(1), ()), PARTY.key)


def test_who_committed_to_nothing_opens_nothing(ledger: MemoryLedger) -> None:
    """A claim comes first."""
    draw(ledger)

    with pytest.raises(UnknownEntryError):
        ledger.apply(OpenWork(PARTY.id, ORG, ElectionRound(1), ()), PARTY.key)


def test_paths_of_a_wrong_form_are_refused_and_cost_nothing(ledger: MemoryLedger) -> None:
    """A slip of the client is no false proof."""
    done = commit_work(ledger, ORG, 11)
    draw(ledger)
    tx = opening(ledger, ORG, done)

    for paths in (
        tx.paths[1:],
        (SegmentPath(()), *tx.paths[1:]),
        (SegmentPath((b"short", *tx.paths[0].siblings[1:])), *tx.paths[1:]),
    ):
        with pytest.raises(MalformedPayloadError):
            ledger.apply(replace(tx, paths=paths), PARTY.key)
    assert get_candidate(ledger, ORG).bond_utoken == BOND_MIN


def test_nobody_opens_for_another(ledger: MemoryLedger) -> None:
    """A false opening costs the bond, so that only the candidate itself may send one."""
    done = commit_work(ledger, ORG, 11)
    draw(ledger)

    with pytest.raises(NotPermittedError):
        ledger.apply(opening(ledger, ORG, done), ANYBODY)


def test_a_barred_candidate_claims_nothing(ledger: MemoryLedger) -> None:
    """It cannot stand in this round."""
    ledger.put(replace(get_candidate(ledger, ORG), barred_until_round=ElectionRound(2)))

    with pytest.raises(CandidateBarredError):
        ledger.apply(CLAIM, PARTY.key)
