"""What the report shows adds up to what the ledger holds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.helpers.demo_runs import play_microgrid
from transaction_families.accounts.state import ParticipantId
from transaction_families.periods import DeliveryPeriod
from transaction_families.token_mining.state import TokenAccount, Week, WeekReward
from wattdag.demo.report import series
from wattdag.demo.report.party_figures import rewards_figure
from wattdag.demo.report.series import delivered_flows, slice_time, sum_accounts, traded_flows
from wattdag.demo.report.time_figures import market_figure
from wattdag.demo.results import PeriodResult, Results

GRID = ParticipantId("grid-company")
TOKEN = 1_000_000  # in base units


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    """Eight quarter-hours of a microgrid, settled."""
    with play_microgrid(8) as finished:
        yield finished.results


def test_slices_are_the_periods_of_a_short_run(results: Results) -> None:
    """Each has its period's price and energy."""
    slices = slice_time(results)
    assert [one.start_s for one in slices] == [period.period.start_s for period in results.periods]
    for one, period in zip(slices, results.periods, strict=True):
        clearing = period.clearing
        assert clearing is not None
        assert one.price_uyuan_per_kwh == (clearing.price_uyuan_per_kwh if clearing.has_price else None)
        assert sum(one.delivered_milliwh.values()) == period.delivered_milliwh


def test_slices_of_a_long_run_are_few_and_follow_each_other() -> None:
    """A year of quarter-hours is as quickly drawn as a week."""
    periods = tuple(
        PeriodResult(DeliveryPeriod(900 * index, 15), None, (), None, ()) for index in range(4_500)
    )
    slices = slice_time(Results((), periods, (), ()))
    assert len(slices) == 1_500
    assert all(one.end_s == after.start_s for one, after in pairwise(slices))
    assert slices[-1].end_s == periods[-1].period.end_s


def test_a_merged_slice_keeps_sums_and_weighs_prices(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its price is the mean of the clearing prices by energy, rounded down."""
    monkeypatch.setattr(series, "SLICES_MAX", 1)
    (whole,) = slice_time(results)
    cleared = [period.clearing for period in results.periods if period.clearing]
    value = sum(one.volume_milliwh * one.price_uyuan_per_kwh for one in cleared)
    assert whole.price_uyuan_per_kwh == value // sum(one.volume_milliwh for one in cleared)
    assert whole.traded_milliwh == sum(period.traded_milliwh for period in results.periods)
    assert whole.shortfall_milliwh + whole.surplus_milliwh == sum(
        period.imbalance_milliwh for period in results.periods
    )


def test_flows_add_up_to_what_was_traded_delivered_and_backed_up(results: Results) -> None:
    """The grid company stands among sellers and buyers with its settled energy."""
    assert sum(traded_flows(results).values()) == sum(period.traded_milliwh for period in results.periods)
    flows = delivered_flows(results)
    settlements = [period.settlement for period in results.periods if period.settlement]
    assert sum(energy for (seller, _), energy in flows.items() if seller == GRID) == sum(
        settlement.grid_sold_milliwh for settlement in settlements
    )
    assert sum(energy for pair, energy in flows.items() if GRID not in pair) == sum(
        period.delivered_milliwh for period in results.periods
    )


def test_an_account_is_explained_by_its_reasons(results: Results) -> None:
    """Receipts, payments, wheeling, imbalance and the grid's part make the net amount; all nets the dust."""
    accounts = sum_accounts(results)
    for one in accounts:
        assert one.net_uyuan == (
            one.receipts_uyuan
            + one.payments_uyuan
            + one.wheeling_uyuan
            + one.imbalance_uyuan
            + one.grid_uyuan
        )
    dust_uyuan = sum(period.settlement.dust_uyuan for period in results.periods if period.settlement)
    assert sum(one.net_uyuan for one in accounts) == -dust_uyuan


def test_a_price_between_two_gaps_is_drawn_over_its_whole_period(results: Results) -> None:
    """A step needs its end; a lone point would be invisible."""
    priced = slice_time(results)[-1]
    before, after = (
        replace(priced, start_s=start, end_s=start + 900, price_uyuan_per_kwh=None)
        for start in (priced.start_s - 900, priced.end_s)
    )
    price = market_figure((before, priced, after)).traces[1]
    value = price["y"][1]
    assert price["y"] == [None, value, value, None]
    assert price["x"][1:4] == ["2016-06-06 01:45", "2016-06-06 02:00", "2016-06-06 02:00"]


def test_rewards_that_no_account_remembers_are_shown_as_earlier_weeks(results: Results) -> None:
    """An account knows its last two weeks and its whole sum; the rest is earlier, also where it paused."""
    steady, paused = (one.participant.participant_id for one in sum_accounts(results)[:2])
    remembered = (
        TokenAccount(steady, 90 * TOKEN, 90 * TOKEN, (reward(4, 20), reward(5, 30))),
        TokenAccount(paused, 70 * TOKEN, 70 * TOKEN, (reward(2, 10), reward(3, 25))),
    )
    figure = rewards_figure(sum_accounts(replace(results, token_accounts=remembered)))
    assert [(trace["name"], trace["x"]) for trace in figure.traces] == [
        ("earlier weeks", [70.0, 40.0]),
        ("week 4", [0.0, 20.0]),
        ("week 5", [0.0, 30.0]),
    ]


def reward(week: int, tokens: int) -> WeekReward:
    return WeekReward(Week(week), tokens * TOKEN)
