"""Stake votes."""

from dataclasses import replace

import pytest

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.parties import public_key
from tests.helpers.registry import (
    ANYBODY,
    OPERATORS,
    PARAMETERS,
    STAKE_MIN,
    TOKENS_EACH,
    close,
    found_elections,
    get_stake,
    register,
    supply_utoken,
    total_utoken,
    vote,
)
from transaction_families.accounts.state import ParticipantId
from transaction_families.addressing import bucket_of
from transaction_families.errors import MalformedPayloadError, NotPermittedError, UnknownEntryError
from transaction_families.fdpos_registry.errors import (
    CandidateWithdrawnError,
    LockedError,
    NothingLockedError,
    OverspentStakeError,
    RegistryFullError,
    StakeTooLowError,
    TooManyChoicesError,
    TooManyUnlockingsError,
)
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import (
    CastVotes,
    LockStake,
    ReleaseStake,
    UnlockStake,
    WithdrawCandidate,
)
from transaction_families.fdpos_registry.stakes import UNLOCKINGS_MAX, VOTERS_PER_BUCKET_MAX
from transaction_families.fdpos_registry.state import (
    Stake,
    Vote,
    VoterBucket,
    stake_address,
    voter_bucket_address,
)
from transaction_families.token_mining.errors import InsufficientTokensError

PARTY = OPERATORS["org-0"]


@pytest.fixture
def ledger() -> MemoryLedger:
    ledger = found_elections()
    register(ledger, "org-1", "org-2", "org-3", "org-4")
    return ledger


def lock(ledger: MemoryLedger, amount_utoken: int) -> None:
    ledger.apply(LockStake(PARTY.id, amount_utoken), PARTY.key)


def unlock(ledger: MemoryLedger, amount_utoken: int) -> None:
    ledger.apply(UnlockStake(PARTY.id, amount_utoken), PARTY.key)


def release(ledger: MemoryLedger) -> None:
    ledger.apply(ReleaseStake(PARTY.id), ANYBODY)


def is_listed(ledger: MemoryLedger) -> bool:
    bucket = ledger.state.find(VoterBucket, voter_bucket_address(bucket_of("org-0")))
    return bucket is not None and "org-0" in bucket.participant_ids


def test_locked_stake_leaves_the_account_and_its_holder_becomes_a_voter(ledger: MemoryLedger) -> None:
    """Tokens back votes only while they can be used for nothing else."""
    lock(ledger, 500)
    lock(ledger, 5)

    assert get_stake(ledger, "org-0").locked_utoken == 505
    assert is_listed(ledger)
    assert total_utoken(ledger) == supply_utoken(ledger)


def test_a_ballot_replaces_the_one_before(ledger: MemoryLedger) -> None:
    """Each unit backs one candidate at a time."""
    vote(ledger, "org-0", 500, org_1=200, org_2=300)
    vote(ledger, "org-0", 0, org_3=500)

    assert get_stake(ledger, "org-0").votes == (Vote(Organisation("org-3"), 500),)


def test_no_unit_backs_two_candidates(ledger: MemoryLedger) -> None:
    """Spread stake is at most what is locked."""
    with pytest.raises(OverspentStakeError) as caught:
        vote(ledger, "org-0", 500, org_1=300, org_2=201)
    assert (caught.value.spread_utoken, caught.value.locked_utoken) == (501, 500)


def test_a_voter_backs_a_few_candidates_only(ledger: MemoryLedger) -> None:
    """At most ``choices_max``."""
    with pytest.raises(TooManyChoicesError):
        vote(ledger, "org-0", 500, org_1=1, org_2=1, org_3=1, org_4=1)


@pytest.mark.parametrize(
    "votes",
    [
        (Vote(Organisation("org-2"), 1), Vote(Organisation("org-1"), 1)),
        (Vote(Organisation("org-1"), 1), Vote(Organisation("org-1"), 1)),
        (Vote(Organisation("org-1"), 0),),
        (Vote(Organisation("org-1"), -5),),
    ],
)
def test_a_ballot_has_one_form(ledger: MemoryLedger, votes: tuple[Vote, ...]) -> None:
    """Candidates ascend, each once, amounts are positive."""
    lock(ledger, 500)

    with pytest.raises(MalformedPayloadError):
        ledger.apply(CastVotes(PARTY.id, votes), PARTY.key)


def test_only_standing_candidates_can_be_backed(ledger: MemoryLedger) -> None:
    """A misspelt or withdrawn candidate would waste the votes."""
    ledger.apply(WithdrawCandidate(OPERATORS["org-1"].id, Organisation("org-1")), OPERATORS["org-1"].key)
    lock(ledger, 500)

    with pytest.raises(CandidateWithdrawnError):
        vote(ledger, "org-0", 0, org_1=5)
    with pytest.raises(UnknownEntryError):
        vote(ledger, "org-0", 0, org_9=5)


def test_who_locked_nothing_cannot_vote(ledger: MemoryLedger) -> None:
    """A stake comes first."""
    with pytest.raises(UnknownEntryError):
        vote(ledger, "org-0", 0, org_1=5)


def test_nobody_votes_with_anothers_stake(ledger: MemoryLedger) -> None:
    """Only the participant's keys may sign."""
    lock(ledger, 500)
    for payload in (CastVotes(PARTY.id, ()), UnlockStake(PARTY.id, 1), LockStake(PARTY.id, 1)):
        with pytest.raises(NotPermittedError):
            ledger.apply(payload, public_key("stranger"))


def test_dust_is_not_locked(ledger: MemoryLedger) -> None:
    """Each voter is read by every election."""
    with pytest.raises(StakeTooLowError):
        lock(ledger, STAKE_MIN - 1)
    lock(ledger, STAKE_MIN + 1)
    with pytest.raises(StakeTooLowError):
        unlock(ledger, 2)


@pytest.mark.parametrize("amount", [0, -1])
def test_amounts_must_be_positive(ledger: MemoryLedger, amount: int) -> None:
    """A negative lock would mint."""
    lock(ledger, 500)
    for act in (lock, unlock):
        with pytest.raises(MalformedPayloadError):
            act(ledger, amount)


def test_more_than_the_account_holds_cannot_be_locked(ledger: MemoryLedger) -> None:
    """Balances never fall under zero."""
    with pytest.raises(InsufficientTokensError):
        lock(ledger, TOKENS_EACH + 1)


def test_stake_that_backs_somebody_is_not_unlocked(ledger: MemoryLedger) -> None:
    """The votes would count for tokens on their way out."""
    vote(ledger, "org-0", 500, org_1=400)

    with pytest.raises(OverspentStakeError):
        unlock(ledger, 101)
    with pytest.raises(OverspentStakeError):
        unlock(ledger, 501)
    unlock(ledger, 100)


def test_unlocked_stake_comes_back_after_a_whole_round(ledger: MemoryLedger) -> None:
    """Longer than an epoch: who votes must live with whom it elected."""
    lock(ledger, 500)
    unlock(ledger, 500)

    for _ in range(2):
        with pytest.raises(LockedError):
            release(ledger)
        close(ledger)
    release(ledger)

    assert ledger.state.find(Stake, stake_address("org-0")) is None
    assert not is_listed(ledger)
    assert total_utoken(ledger) == supply_utoken(ledger)


def test_only_what_is_free_comes_back(ledger: MemoryLedger) -> None:
    """Each part waits from its own round on."""
    lock(ledger, 500)
    unlock(ledger, 100)
    unlock(ledger, 50)
    close(ledger)
    unlock(ledger, 30)
    close(ledger)

    release(ledger)

    stake = get_stake(ledger, "org-0")
    assert (stake.locked_utoken, stake.unlocking_utoken) == (320, 30)
    assert is_listed(ledger)


def test_nothing_comes_back_that_was_not_unlocked(ledger: MemoryLedger) -> None:
    """The stake goes on voting."""
    lock(ledger, 500)

    with pytest.raises(NothingLockedError):
        release(ledger)


def test_stake_of_few_rounds_is_on_its_way_at_a_time() -> None:
    """An entry stays small."""
    stakes = replace(PARAMETERS.stakes, unlock_rounds=UNLOCKINGS_MAX + 2)
    ledger = found_elections(replace(PARAMETERS, stakes=stakes))
    lock(ledger, 500)
    for _ in range(UNLOCKINGS_MAX):
        unlock(ledger, 1)
        close(ledger)

    with pytest.raises(TooManyUnlockingsError):
        unlock(ledger, 1)


def test_a_full_bucket_takes_no_more_voters(ledger: MemoryLedger) -> None:
    """An election reads a bounded number."""
    names = tuple(ParticipantId(f"x-{number}") for number in range(VOTERS_PER_BUCKET_MAX))
    ledger.put(VoterBucket(bucket_of("org-0"), names))

    with pytest.raises(RegistryFullError):
        lock(ledger, 500)
