"""Closing a round: all candidates and stakes are read at once, and the election is held.

It is one transaction, so that nobody can change a vote half-way; `registration.CANDIDATES_PER_BUCKET_MAX`
and `stakes.VOTERS_PER_BUCKET_MAX` bound what it reads.
"""

from typing import Final

from transaction_families.accounts.state import Participant, participant_address
from transaction_families.addressing import BUCKET_COUNT
from transaction_families.errors import TooEarlyError
from transaction_families.fdpos_registry.electing import Entrant, RoundFigures, hold_election
from transaction_families.fdpos_registry.payload import CloseRound
from transaction_families.fdpos_registry.rounds import (
    OpenRound,
    check_open,
    get_open_round,
    open_round_after,
)
from transaction_families.fdpos_registry.state import (
    REGISTRY_PARAMETERS_ADDRESS,
    Candidate,
    CandidateBucket,
    RegistryParameterSchedule,
    RoundOutcome,
    Stake,
    VoterBucket,
    Work,
    candidate_address,
    candidate_bucket_address,
    outcome_address,
    stake_address,
    voter_bucket_address,
    work_address,
)
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import get_in_force
from transaction_families.state_view import Changes, Event, StateView
from transaction_families.token_mining.growth import GrowthRate, growth_rate
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MINING_PARAMETERS_ADDRESS,
    MiningClock,
    MiningParameterSchedule,
    TokenAccount,
    token_account_address,
)

_CANDIDATE_BUCKETS: Final = tuple(map(candidate_bucket_address, range(BUCKET_COUNT)))
_VOTER_BUCKETS: Final = tuple(map(voter_bucket_address, range(BUCKET_COUNT)))


def process_close_round(state: StateView, tx: CloseRound, _: PublicKey) -> Changes:
    """Hold the election of the open round, keep its outcome, and open the next round.

    Raises:
        UnknownEntryError: Elections have no parameters yet.
        WrongRoundError: Another round is open.
        TooEarlyError: The round has not lasted its time.
    """
    open_round = get_open_round(state)
    check_open(open_round, tx.round)
    now_s = get_ledger_time_s(state)
    if now_s < open_round.end_s:
        raise TooEarlyError(f"the closing of round {tx.round}", open_round.end_s, now_s)
    outcome = hold_election(_read_figures(state, open_round, now_s))
    return Changes(
        writes=(outcome, open_round_after(state, outcome, now_s)), events=(_closed_event(outcome),)
    )


def _read_figures(state: StateView, open_round: OpenRound, now_s: int) -> RoundFigures:
    schedule = state.get(RegistryParameterSchedule, REGISTRY_PARAMETERS_ADDRESS, "")
    next_parameters = get_in_force(schedule.versions, open_round.number + 1, "registry").parameters
    before = state.get(RoundOutcome, outcome_address(open_round.number - 1), open_round.number - 1)
    voter_buckets = state.find_all(VoterBucket, _VOTER_BUCKETS).values()
    voters = [one for bucket in voter_buckets for one in bucket.participant_ids]
    return RoundFigures(
        open_round.number,
        open_round.parameters,
        entrants=_read_entrants(state),
        stakes=list(state.find_all(Stake, list(map(stake_address, voters))).values()),
        committee=before.committee,
        epochs=next_parameters.epochs,
        closed_s=now_s,
    )


def _read_entrants(state: StateView) -> list[Entrant]:
    buckets = state.find_all(CandidateBucket, _CANDIDATE_BUCKETS).values()
    organisations = [one for bucket in buckets for one in bucket.organisations]
    candidates = state.find_all(Candidate, list(map(candidate_address, organisations)))
    works = state.find_all(Work, list(map(work_address, organisations)))
    ids = [candidate.participant_id for candidate in candidates.values()]
    participants = state.find_all(Participant, list(map(participant_address, ids)))
    accounts = state.find_all(TokenAccount, list(map(token_account_address, ids)))
    last_week, threshold_utoken = _mining_terms(state)
    entrants = []
    for candidate in candidates.values():
        account = accounts.get(token_account_address(candidate.participant_id))
        entrants.append(
            Entrant(
                candidate,
                participants[participant_address(candidate.participant_id)],
                works.get(work_address(candidate.organisation)),
                growth_rate(account, last_week, threshold_utoken) if threshold_utoken else GrowthRate(0, 1),
            )
        )
    return entrants


def _mining_terms(state: StateView) -> tuple[int, int]:
    """Return the last closed week and the founding's P_threshold in utoken; 0 and 0 before mining began."""
    clock = state.find(MiningClock, MINING_CLOCK_ADDRESS)
    schedule = state.find(MiningParameterSchedule, MINING_PARAMETERS_ADDRESS)
    if clock is None or schedule is None:
        return 0, 0
    return clock.next_week - 1, schedule.versions[-1].parameters.threshold_reward_utoken


def _closed_event(outcome: RoundOutcome) -> Event:
    return Event(
        "wattdag/election-round-closed",
        (
            ("round", str(outcome.round)),
            ("renewed", str(outcome.renewed).lower()),
            ("candidates", str(len(outcome.standings))),
            ("committee", ",".join(seat.consensus_public_key for seat in outcome.committee)),
        ),
    )
