"""Counting settled energy, and the growth rate that elections read."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import START_S, count, found_mining
from transaction_families.accounts.state import ParticipantId
from transaction_families.addressing import bucket_of
from transaction_families.token_mining.family import FAMILY
from transaction_families.token_mining.growth import growth_rate
from transaction_families.token_mining.state import (
    TokenAccount,
    Week,
    WeekBucket,
    WeekReward,
    week_bucket_address,
    week_prefix,
)
from transaction_families.token_mining.volumes import (
    VOLUME_INPUTS,
    VOLUME_OUTPUTS,
    count_settled_volumes,
)
from transaction_families.token_mining.weeks import WEEK_S
from transaction_families.units import INT64_MAX

P = 1000


def totals(ledger: MemoryLedger, week: int) -> dict[str, int]:
    return {
        one.participant_id: one.volume_milliwh
        for _, data in ledger.iterate(week_prefix(Week(week)))
        for one in WeekBucket.CODEC.decode(data).volumes
    }


@given(st.lists(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 99)), max_size=6))
def test_volumes_add_up_by_participant(history: list[Mapping[str, int]]) -> None:
    """Nothing is lost or counted twice, whatever shares a bucket; zeros leave no trace."""
    ledger = found_mining(MemoryLedger(FAMILY))
    expected: dict[str, int] = {}
    for volumes in history:
        count(ledger, volumes)
        for name, volume in volumes.items():
            expected[name] = expected.get(name, 0) + volume

    assert totals(ledger, 1) == {name: volume for name, volume in expected.items() if volume}


def test_volumes_belong_to_the_week_in_which_they_are_settled() -> None:
    """The boundary second is the next week's."""
    ledger = found_mining(MemoryLedger(FAMILY))
    ledger.now_s = START_S + WEEK_S - 1
    count(ledger, {"a": 1})
    ledger.now_s += 1
    count(ledger, {"a": 2})

    assert (totals(ledger, 1), totals(ledger, 2)) == ({"a": 1}, {"a": 2})


def test_nothing_is_counted_before_mining_begins() -> None:
    """Settlement goes on without mining, and before its first week."""
    volumes = {ParticipantId("a"): 5}
    ledger = MemoryLedger(FAMILY)

    assert count_settled_volumes(ledger.state, START_S, volumes) == ()
    found_mining(ledger)
    assert count_settled_volumes(ledger.state, START_S - 1, volumes) == ()


def test_a_volume_stops_at_the_end_of_the_ledgers_integers() -> None:
    """A final settlement cannot fail."""
    ledger = found_mining(MemoryLedger(FAMILY))
    count(ledger, {"a": INT64_MAX})
    count(ledger, {"a": 1})

    assert totals(ledger, 1) == {"a": INT64_MAX}


def test_counting_stays_within_its_declared_addresses() -> None:
    """Settlement declares these prefixes before it knows the week."""
    address = week_bucket_address(Week(3), bucket_of("a"))

    assert len(address) == 70
    assert address.startswith(VOLUME_INPUTS)
    assert address.startswith(VOLUME_OUTPUTS)


def test_the_growth_rate_is_the_last_closed_weeks_share_of_all_that_was_mined() -> None:
    """Paper, section 2.1: I, with the founding threshold in the denominator."""
    account = TokenAccount(ParticipantId("a"), 0, 900, (WeekReward(Week(4), 300), WeekReward(Week(5), 200)))

    assert growth_rate(account, 5, P) == (200, 900 + P)


def test_a_week_that_is_being_rolled_does_not_count_yet() -> None:
    """All candidates are compared over the same weeks, rewarded in this slice or in the next."""
    account = TokenAccount(ParticipantId("a"), 0, 900, (WeekReward(Week(4), 300), WeekReward(Week(5), 200)))

    assert growth_rate(account, 4, P) == (300, 700 + P)


def test_the_growth_rate_is_zero_without_a_reward_in_the_last_closed_week() -> None:
    """For newcomers, in the first weeks, and for those who stopped trading."""
    idle = TokenAccount(ParticipantId("a"), 50, 900, (WeekReward(Week(2), 900),))

    assert growth_rate(None, 0, P) == (0, P)
    assert growth_rate(TokenAccount(ParticipantId("a"), balance_utoken=10**9), 0, P) == (0, P)
    assert growth_rate(idle, 5, P) == (0, 900 + P)
