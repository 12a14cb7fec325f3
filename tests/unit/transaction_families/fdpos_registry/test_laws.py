"""What holds whatever is sent: no token appears or vanishes, and no unit of stake counts twice."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.registry import (
    ANYBODY,
    BOND_MIN,
    OPERATORS,
    close,
    commit_work,
    draw,
    equivocation,
    found_elections,
    get_outcome,
    open_round,
    opening,
    register,
    supply_utoken,
    total_utoken,
)
from transaction_families.errors import InvalidTransaction
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import (
    AddBond,
    CastVotes,
    LockStake,
    ReleaseBond,
    ReleaseStake,
    SegmentPath,
    UnlockStake,
    WithdrawCandidate,
)
from transaction_families.fdpos_registry.state import (
    CANDIDATES_PREFIX,
    STAKES_PREFIX,
    Candidate,
    Stake,
    Vote,
)
from wattdag.demo.conservation import are_tokens_conserved

Act = Callable[[MemoryLedger], object]

NAMES = st.sampled_from(sorted(OPERATORS)[:3])
AMOUNTS = st.sampled_from((-1, 10, 500, BOND_MIN, 30_000, 2_000_000))


def send(name: str, payload: object) -> Act:
    return lambda ledger: ledger.apply(payload, OPERATORS[name].key)


def prove(name: str, segments: int, *, honestly: bool) -> Act:
    def act(ledger: MemoryLedger) -> None:
        done = commit_work(ledger, name, segments)
        draw(ledger)
        tx = opening(ledger, name, done)
        if not honestly:  # right in form, wrong in content
            wrong = SegmentPath(tuple(bytes(32) for _ in tx.paths[0].siblings))
            tx = replace(tx, paths=(wrong, *tx.paths[1:]))
        ledger.apply(tx, OPERATORS[name].key)

    return act


def acts_of(name: str, amount: int, ballot: dict[str, int]) -> tuple[Act, ...]:
    participant_id, organisation = OPERATORS[name].id, Organisation(name)
    votes = tuple(Vote(Organisation(one), ballot[one]) for one in sorted(ballot))
    return (
        lambda ledger: register(ledger, name, bond_utoken=amount),
        send(name, AddBond(participant_id, organisation, amount)),
        send(name, WithdrawCandidate(participant_id, organisation)),
        send(name, ReleaseBond(participant_id, organisation)),
        send(name, LockStake(participant_id, amount)),
        send(name, CastVotes(participant_id, votes)),
        send(name, UnlockStake(participant_id, amount)),
        send(name, ReleaseStake(participant_id)),
        lambda ledger: ledger.apply(equivocation(name, open_round(ledger).number), ANYBODY),
        prove(name, 7, honestly=True),
        prove(name, 7, honestly=False),
        *3 * (close,),  # most of what can happen needs rounds to pass
    )


ACTS = st.builds(acts_of, NAMES, AMOUNTS, st.dictionaries(NAMES, AMOUNTS, max_size=4)).flatmap(
    st.sampled_from
)


def try_all(ledger: MemoryLedger, acts: list[Act]) -> None:
    for act in acts:
        try:
            act(ledger)
        except InvalidTransaction:
            continue


@settings(max_examples=150, deadline=None)
@given(acts=st.lists(ACTS, min_size=30, max_size=60))
def test_whatever_is_sent_no_token_appears_or_vanishes(acts: list[Act]) -> None:
    """Balances, bonds, stakes, what is on its way back and what was slashed sum to the supply."""
    ledger = found_elections()
    register(ledger, "org-0", "org-1")

    try_all(ledger, acts)

    assert total_utoken(ledger) == supply_utoken(ledger)
    assert are_tokens_conserved(ledger)
    stakes = [Stake.CODEC.decode(data) for _, data in ledger.iterate(STAKES_PREFIX)]
    bonds = [Candidate.CODEC.decode(data).bond_utoken for _, data in ledger.iterate(CANDIDATES_PREFIX)]
    assert all(stake.locked_utoken >= stake.spread_utoken >= 0 for stake in stakes)
    assert min(bonds, default=0) >= 0


@settings(max_examples=60, deadline=None)
@given(acts=st.lists(ACTS, min_size=10, max_size=40))
def test_whatever_is_sent_no_unit_of_stake_counts_twice(acts: list[Act]) -> None:
    """All votes of a round together are at most the stake that is locked; closing never fails."""
    ledger = found_elections()
    register(ledger, "org-0", "org-1", "org-2")
    try_all(ledger, acts)
    stakes = [Stake.CODEC.decode(data) for _, data in ledger.iterate(STAKES_PREFIX)]
    round_ = open_round(ledger).number

    close(ledger)

    standings = get_outcome(ledger, round_).standings
    given_utoken = sum(one.given_utoken for one in standings)
    assert given_utoken <= sum(stake.locked_utoken for stake in stakes)
    assert all(0 <= one.votes_utoken <= one.given_utoken for one in standings)
    assert all(seat.tickets >= 1 for seat in get_outcome(ledger, round_).committee)
