"""Who acts when around the boundaries of a run."""

import pytest

from transaction_families.periods import DeliveryPeriod
from wattdag.demo.timetable import Timetable

PERIODS = tuple(DeliveryPeriod(index * 900, 15) for index in range(10))
TAIL_S = 100 * 900


@pytest.mark.parametrize(("lag", "stride"), [(0, 1), (3, 1), (5, 4), (2, 3)])
def test_every_period_is_ordered_looked_at_and_metered_once(lag: int, stride: int) -> None:
    """Whatever the lag and the stride, in the order of the periods."""
    timetable = Timetable(PERIODS, lag, stride)
    boundaries = timetable.boundaries(TAIL_S)
    for find in (timetable.ordered_at, timetable.cleared_at, timetable.metered_at):
        assert [index for boundary in boundaries for index in find(boundary)] == list(range(10))


@pytest.mark.parametrize(("lag", "stride"), [(0, 1), (3, 1), (5, 4)])
def test_a_lag_lies_between_what_is_sent_and_what_follows(lag: int, stride: int) -> None:
    """Orders come a lag before the gate closes, a period before delivery; the rest a lag after it was due."""
    timetable = Timetable(PERIODS, lag, stride)
    for boundary in timetable.boundaries(TAIL_S):
        assert all(index - 1 - boundary > lag for index in timetable.ordered_at(boundary))
        assert all(boundary - (index - 1) >= lag for index in timetable.cleared_at(boundary))
        assert all(boundary - (index + 1) >= lag for index in timetable.metered_at(boundary))


@pytest.mark.parametrize(("lag", "stride"), [(0, 1), (3, 1), (5, 4)])
def test_agents_forecast_from_readings_that_were_sent(lag: int, stride: int) -> None:
    """What is known when a period is ordered was metered by then, or a day before the first period."""
    timetable = Timetable(PERIODS, lag, stride, known_before=40)
    for boundary in timetable.boundaries(TAIL_S):
        metered = max(boundary - lag, 0)  # so many periods from the first on, with a lag
        for index in timetable.ordered_at(boundary):
            moment = timetable.moment(index)
            assert moment.index == 40 + index
            assert moment.known <= 40 + metered


def test_trades_are_waited_for_no_longer_than_a_lag_beyond_the_meters_time() -> None:
    """On one node they are known at once."""
    solo, network = Timetable(PERIODS), Timetable(PERIODS, lag=5, stride=4)
    assert not solo.is_awaited(1, 0)
    (first, *_) = [boundary for boundary in network.boundaries(TAIL_S) if 0 in network.metered_at(boundary)]
    assert network.is_awaited(first, 0)
    assert not network.is_awaited(first + 2 * 5, 0)
