"""Closing rounds: who stands, what counts, who is seated."""

from dataclasses import replace
from decimal import Decimal

import pytest

from consensus_engine.election import (
    Ballot,
    Candidate,
    CandidateId,
    Nominee,
    VoteRules,
    count_votes,
    elect,
)
from consensus_engine.election.votes import VoterId
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import START_S, count
from tests.helpers.registry import (
    ANYBODY,
    BOND_MIN,
    FOUNDERS,
    OPERATORS,
    PARAMETERS,
    ROUND_S,
    changed,
    close,
    commit_work,
    draw,
    found_elections,
    get_candidate,
    get_outcome,
    key_hex,
    make_operator,
    open_round,
    opening,
    prove,
    register,
    set_parameters,
    vote,
)
from transaction_families.accounts.state import ParticipantStatus
from transaction_families.errors import TooEarlyError
from transaction_families.fdpos_registry.electing import NO_SCORE
from transaction_families.fdpos_registry.errors import WrongRoundError
from transaction_families.fdpos_registry.identifiers import ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import CastVotes, CloseRound, LockStake, WithdrawCandidate
from transaction_families.fdpos_registry.standings import Result, Standing
from transaction_families.fdpos_registry.state import Vote
from transaction_families.token_mining.payload import RollWeek, TransferTokens
from transaction_families.token_mining.state import Week
from transaction_families.token_mining.weeks import WEEK_S

POWERS = {f"org_{number}": 8 * number + 4 for number in range(8)}


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = found_elections()
    register(ledger, *OPERATORS)
    return ledger


def by_organisation(ledger: MemoryLedger, round_: int = 1) -> dict[str, Standing]:
    return {one.organisation: one for one in get_outcome(ledger, round_).standings}


def test_the_best_are_seated_in_order_of_their_scores(ledger: MemoryLedger) -> None:
    """Without votes and growth computing power alone tells them apart."""
    prove(ledger, **POWERS)

    outcome = close(ledger)

    assert outcome.renewed
    best = ["org-7", "org-6", "org-5", "org-4", "org-3"]
    assert [seat.organisation for seat in outcome.committee] == best
    assert [one.organisation for one in outcome.standings] == [*best, "org-2", "org-1", "org-0"]
    assert [one.rank for one in outcome.standings] == list(range(1, 9))
    assert (outcome.committee[0].tickets, outcome.committee[-1].tickets) == (8, 1)


def test_an_outcome_is_the_elections_own_to_the_last_digit(ledger: MemoryLedger) -> None:
    """Figures and scores can be worked out again from what is published."""
    vote(ledger, "org-0", 9000, org_1=4000, org_2=5000)
    vote(ledger, "org-1", 700, org_0=500)
    vote(ledger, "org-2", 20_000, org_2=20_000)
    prove(ledger, **POWERS)

    outcome = close(ledger)

    ids = {name: CandidateId(key_hex(name)) for name in OPERATORS}
    counted = count_votes(
        [Nominee(ids[name], VoterId(name), BOND_MIN) for name in OPERATORS],
        [
            Ballot(VoterId("org-0"), 9000, {ids["org-1"]: 4000, ids["org-2"]: 5000}),
            Ballot(VoterId("org-1"), 700, {ids["org-0"]: 500}),
            Ballot(VoterId("org-2"), 20_000, {ids["org-2"]: 20_000}),
        ],
        VoteRules(choices_max=3, bond_multiple_max=10, mutual_discount_permille=1000),
    )
    expected = elect(
        [
            Candidate(
                ids[name],
                Decimal(POWERS[name.replace("-", "_")]),
                Decimal(0),
                Decimal(counted[ids[name]].counted_utoken),
            )
            for name in OPERATORS
        ],
        PARAMETERS.to_election_parameters(),
    )
    assert [(one.consensus_public_key, one.score, one.rank) for one in outcome.standings] == [
        (one.candidate.id, f"{one.score:f}", one.rank) for one in expected.ranking
    ]
    assert [one.votes_utoken for one in outcome.standings] == [
        counted[one.candidate.id].counted_utoken for one in expected.ranking
    ]
    assert outcome.concentration == f"{expected.concentration:f}"
    assert outcome.votes_weight == f"{expected.weights.votes:f}"


def test_with_too_few_eligible_the_old_committee_stays(ledger: MemoryLedger) -> None:
    """Four proved enough for five seats."""
    prove(ledger, org_1=10, org_2=10, org_3=10, org_4=10)

    outcome = close(ledger)

    assert not outcome.renewed
    assert [seat.consensus_public_key for seat in outcome.committee] == list(FOUNDERS)


def test_too_little_computing_power_is_not_eligible_whatever_the_votes(ledger: MemoryLedger) -> None:
    """Power under the standard decides before anything else."""
    vote(ledger, "org-0", 9000, org_1=9000)
    prove(ledger, **dict(POWERS, org_1=3))

    close(ledger)

    standing = by_organisation(ledger)["org-1"]
    assert (standing.result, standing.rank, standing.score) == (Result.POWER_TOO_LOW, 0, NO_SCORE)
    assert standing.votes_utoken == 9000


def test_a_claim_that_was_not_opened_counts_nothing(ledger: MemoryLedger) -> None:
    """Committing alone proves nothing."""
    commit_work(ledger, "org-1", 20)
    done = commit_work(ledger, "org-2", 20)
    draw(ledger)
    ledger.apply(opening(ledger, "org-2", done), OPERATORS["org-2"].key)

    close(ledger)

    assert by_organisation(ledger)["org-1"].computing_power_segments == 0
    assert by_organisation(ledger)["org-2"].computing_power_segments == 20


def test_work_of_the_round_before_counts_nothing(ledger: MemoryLedger) -> None:
    """Computing power is proven anew in each round."""
    prove(ledger, org_1=20)
    close(ledger)
    close(ledger)

    assert by_organisation(ledger, 2)["org-1"].computing_power_segments == 0


def test_who_withdrew_is_barred_risks_too_little_or_is_not_entitled_does_not_stand(
    ledger: MemoryLedger,
) -> None:
    """Each with its reason, and no figures."""
    party = OPERATORS["org-1"]
    ledger.apply(WithdrawCandidate(party.id, Organisation("org-1")), party.key)
    ledger.put(replace(get_candidate(ledger, "org-2"), barred_until_round=ElectionRound(2)))
    ledger.put(replace(get_candidate(ledger, "org-3"), bond_utoken=BOND_MIN - 1))
    ledger.put(make_operator("org-4", status=ParticipantStatus.SUSPENDED).participant)
    ledger.put(make_operator("org-5", owner="holding").participant)
    ledger.put(replace(OPERATORS["org-6"].participant, roles=()))

    close(ledger)

    assert {name: one.result for name, one in by_organisation(ledger).items()} == {
        "org-0": Result.POWER_TOO_LOW,
        "org-1": Result.WITHDRAWN,
        "org-2": Result.BARRED,
        "org-3": Result.BOND_TOO_LOW,
        "org-4": Result.NOT_ENTITLED,
        "org-5": Result.NOT_ENTITLED,
        "org-6": Result.NOT_ENTITLED,
        "org-7": Result.POWER_TOO_LOW,
    }


def test_votes_for_who_does_not_stand_are_not_counted(ledger: MemoryLedger) -> None:
    """They stay locked, and the rest of the ballot counts."""
    vote(ledger, "org-0", 500, org_1=200, org_2=300)
    party = OPERATORS["org-1"]
    ledger.apply(WithdrawCandidate(party.id, Organisation("org-1")), party.key)

    close(ledger)

    assert by_organisation(ledger)["org-1"].given_utoken == 0
    assert by_organisation(ledger)["org-2"].given_utoken == 300


def test_votes_count_up_to_a_multiple_of_the_bond(ledger: MemoryLedger) -> None:
    """Ten times the bond here."""
    vote(ledger, "org-0", 50_000, org_1=50_000)

    close(ledger)

    standing = by_organisation(ledger)["org-1"]
    assert (standing.over_bond_utoken, standing.votes_utoken) == (40_000, 10 * BOND_MIN)


def test_votes_given_in_return_count_nothing_also_through_a_second_participant(ledger: MemoryLedger) -> None:
    """All participants of an organisation vote as one."""
    branch = make_operator("branch", owner="org-1")
    ledger.put(branch.participant)
    ledger.apply(TransferTokens(OPERATORS["org-1"].id, branch.id, 500), OPERATORS["org-1"].key)
    ledger.apply(LockStake(branch.id, 500), branch.key)
    ledger.apply(CastVotes(branch.id, (Vote(Organisation("org-2"), 500),)), branch.key)
    vote(ledger, "org-2", 300, org_1=300)

    close(ledger)

    assert by_organisation(ledger)["org-1"].votes_utoken == 0
    assert by_organisation(ledger)["org-2"].votes_utoken == 200


def test_a_ballot_cast_under_earlier_rules_still_counts(ledger: MemoryLedger) -> None:
    """Backing fewer candidates may become the rule; nobody's standing votes are lost, and no round fails."""
    vote(ledger, "org-0", 500, org_1=100, org_2=150, org_3=250)
    set_parameters(ledger, 2, changed("stakes", choices_max=1))
    close(ledger)

    close(ledger)

    assert by_organisation(ledger, 2)["org-3"].given_utoken == 250


def test_growth_is_what_the_last_closed_week_brought(ledger: MemoryLedger) -> None:
    """Out of token mining's state: mined in it, over all mined and the founding threshold."""
    count(ledger, {"org-1": 1000})
    ledger.now_s = START_S + WEEK_S
    ledger.apply(RollWeek(Week(1)), ANYBODY)

    close(ledger)

    standing = by_organisation(ledger)["org-1"]
    assert (standing.mined_last_week_utoken, standing.mined_basis_utoken) == (1000, 2000)
    assert by_organisation(ledger)["org-2"].mined_last_week_utoken == 0


def test_a_round_is_closed_after_its_time_and_once(ledger: MemoryLedger) -> None:
    """Anybody may, in order."""
    ledger.now_s = START_S + ROUND_S - 1
    with pytest.raises(TooEarlyError):
        ledger.apply(CloseRound(ElectionRound(1)), ANYBODY)
    ledger.now_s += 1
    ledger.apply(CloseRound(ElectionRound(1)), ANYBODY)

    for other in (1, 3, 0, -1):
        with pytest.raises(WrongRoundError):
            ledger.apply(CloseRound(ElectionRound(other)), ANYBODY)


def test_a_round_lasts_its_full_time_after_a_halt(ledger: MemoryLedger) -> None:
    """The next one opens when the last is closed, so that its window is whole."""
    ledger.now_s = START_S + 10 * ROUND_S
    close(ledger)

    assert open_round(ledger).end_s == START_S + 11 * ROUND_S


def test_an_outcome_does_not_depend_on_who_came_first() -> None:
    """The same candidates, votes and work in another order give the same standings."""
    outcomes = []
    for names in (list(OPERATORS), list(OPERATORS)[::-1]):
        ledger = found_elections()
        register(ledger, *names)
        for name in [one for one in names if one < "org-4"]:
            vote(ledger, name, 900, org_1=400, org_7=500)
        prove(ledger, org_1=9, org_2=9, org_3=9, org_4=9, org_5=9, org_6=9)
        outcomes.append(close(ledger))

    assert outcomes[0] == outcomes[1]
