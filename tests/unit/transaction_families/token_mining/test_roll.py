"""The weekly roll on the ledger."""

from collections.abc import Mapping

import pytest

from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import DAY_S, PARAMETERS, START_S, count, found_mining, token_account
from tests.helpers.parties import public_key
from transaction_families.errors import AlreadyDoneError, TooEarlyError, UnknownEntryError
from transaction_families.token_mining.due import find_due
from transaction_families.token_mining.errors import WeekOrderError
from transaction_families.token_mining.family import FAMILY
from transaction_families.token_mining.payload import RollWeek
from transaction_families.token_mining.simulation import simulate_weeks
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MiningClock,
    MiningWeek,
    Week,
    WeekReward,
    mining_week_address,
)
from transaction_families.token_mining.weeks import WEEK_S
from transaction_families.units import INT64_MAX

ANYBODY = public_key("anybody")


def roll_all(ledger: MemoryLedger, week: int) -> int:
    """Roll a week to its end and return how many transactions it took."""
    for sent in range(1, 1000):
        ledger.apply(RollWeek(Week(week)), ANYBODY)
        if get_week(ledger, week).done:
            return sent
    raise AssertionError("the roll does not end")


def get_week(ledger: MemoryLedger, week: int) -> MiningWeek:
    return ledger.state.get(MiningWeek, mining_week_address(week), week)


def get_clock(ledger: MemoryLedger) -> MiningClock:
    return ledger.state.get(MiningClock, MINING_CLOCK_ADDRESS, "")


def play(ledger: MemoryLedger, weeks: list[Mapping[str, int]]) -> None:
    for number, volumes in enumerate(weeks, 1):
        ledger.now_s = START_S + (number - 1) * WEEK_S + DAY_S
        count(ledger, volumes)
        ledger.now_s = START_S + number * WEEK_S
        roll_all(ledger, number)


@pytest.mark.parametrize("steps_max", [1, 2, 3, 100])
def test_rolled_weeks_equal_the_simulation_however_they_are_sliced(steps_max: int) -> None:
    """The ledger and the preview share one set of rules; slices do not change the result."""
    weeks: list[Mapping[str, int]] = [
        {"a": 600, "b": 400},
        {"a": 1300, "b": 1300, "c": 1300, "d": 1300, "e": 1300},
        {"a": 650, "b": 651, "c": 1},
        {},
        {"e": 17},
    ]
    ledger = found_mining(MemoryLedger(FAMILY), roll_steps_max=steps_max)

    play(ledger, weeks)

    earned = dict.fromkeys("abcde", 0)
    for simulated in simulate_weeks(PARAMETERS, weeks):
        rolled = get_week(ledger, simulated.week.week)
        assert (rolled.difficulty_milliwh, rolled.threshold_reward_utoken, rolled.minted_utoken) == (
            simulated.week.difficulty_milliwh,
            simulated.week.threshold_reward_utoken,
            simulated.week.minted_utoken,
        )
        assert (rolled.participants, rolled.volume_milliwh, rolled.refreshed) == (
            simulated.week.participants,
            simulated.week.volume_milliwh,
            simulated.week.refreshed,
        )
        for name, reward in simulated.rewards_utoken.items():
            earned[name] += reward
    assert {name: token_account(ledger, name).balance_utoken for name in earned} == earned
    assert get_clock(ledger).minted_utoken == sum(earned.values())


def test_a_week_takes_as_many_transactions_as_its_participants_need() -> None:
    """One transaction rewards at most `roll_steps_max` participants, each once."""
    ledger = found_mining(MemoryLedger(FAMILY), roll_steps_max=10)
    ledger.now_s = START_S
    count(ledger, {f"p{number}": 10 + number for number in range(95)})
    ledger.now_s = START_S + WEEK_S

    assert roll_all(ledger, 1) == 10
    assert get_week(ledger, 1).participants == 95


def test_a_roll_sent_before_the_week_has_ended_is_refused() -> None:
    """Volumes may still be added in the week's last second."""
    ledger = found_mining(MemoryLedger(FAMILY))
    ledger.now_s = START_S + WEEK_S - 1

    with pytest.raises(TooEarlyError) as caught:
        ledger.apply(RollWeek(Week(1)), ANYBODY)
    assert caught.value.due_s == START_S + WEEK_S


def test_a_closed_week_is_not_rolled_again() -> None:
    """Each week rewards once."""
    ledger = found_mining(MemoryLedger(FAMILY))
    ledger.now_s = START_S + WEEK_S
    roll_all(ledger, 1)

    with pytest.raises(AlreadyDoneError):
        ledger.apply(RollWeek(Week(1)), ANYBODY)


def test_weeks_are_rolled_in_order() -> None:
    """Week 2's difficulty rests on week 1's totals."""
    ledger = found_mining(MemoryLedger(FAMILY))
    ledger.now_s = START_S + 5 * WEEK_S

    with pytest.raises(WeekOrderError) as caught:
        ledger.apply(RollWeek(Week(2)), ANYBODY)
    assert caught.value.next_week == 1


def test_no_week_is_rolled_before_mining_has_parameters() -> None:
    """Without them there are no weeks."""
    with pytest.raises(UnknownEntryError):
        MemoryLedger(FAMILY).apply(RollWeek(Week(1)), ANYBODY)


def test_an_account_remembers_its_last_two_rewards() -> None:
    """Elections ask for the last closed week's while the next one may be half rolled."""
    ledger = found_mining(MemoryLedger(FAMILY))

    play(ledger, [{"a": 600}, {"a": 700}, {"a": 800}])

    account = token_account(ledger, "a")
    assert [reward.week for reward in account.recent_rewards] == [2, 3]
    assert account.recent_rewards[-1] == WeekReward(Week(3), get_week(ledger, 3).minted_utoken)


def test_minting_ends_where_the_supply_would_pass_the_ledgers_integers() -> None:
    """A due step cannot fail, and no balance may overflow."""
    ledger = found_mining(MemoryLedger(FAMILY), threshold_reward_utoken=INT64_MAX)
    ledger.now_s = START_S
    count(ledger, {"a": 10_000, "b": 10_000})
    ledger.now_s = START_S + WEEK_S
    roll_all(ledger, 1)

    assert get_clock(ledger).minted_utoken == INT64_MAX
    assert sorted(token_account(ledger, name).balance_utoken for name in "ab") == [0, INT64_MAX]


def test_the_keeper_finds_one_due_roll_at_a_time() -> None:
    """The earliest week that is not closed, once it has ended."""
    ledger = found_mining(MemoryLedger(FAMILY))

    assert find_due(ledger, START_S + WEEK_S - 1) == []
    assert find_due(ledger, START_S + 3 * WEEK_S) == [RollWeek(Week(1))]

    ledger.now_s = START_S + 3 * WEEK_S
    roll_all(ledger, 1)
    assert find_due(ledger, ledger.now_s) == [RollWeek(Week(2))]


def test_the_keeper_finds_nothing_before_mining_begins() -> None:
    """A ledger without mining parameters has no weeks."""
    assert find_due(MemoryLedger(FAMILY), 10**12) == []


def test_a_finished_week_tells_subscribers() -> None:
    """Halvings can be followed without reading state."""
    ledger = found_mining(MemoryLedger(FAMILY))
    ledger.now_s = START_S + WEEK_S

    (event,) = ledger.apply(RollWeek(Week(1)), ANYBODY)

    assert event.event_type == "wattdag/mining-week-rolled"
    assert dict(event.attributes)["threshold_reward_utoken"] == str(PARAMETERS.threshold_reward_utoken)
