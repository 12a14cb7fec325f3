"""How fast a network's time passes on machines of different speed."""

from hypothesis import given
from hypothesis.strategies import floats, integers

from transaction_families.token_mining.weeks import WEEK_S
from wattdag.demo.pace import QUIET_WEEK_REAL_S, TIME_SCALE_MIN, WEEK_REAL_S, pace_of

PERIOD_S = 900


def test_a_week_passes_in_little_more_than_two_minutes_on_a_fast_machine() -> None:
    """And in less where next to nothing is traded."""
    assert pace_of(1e6, 7, 50, PERIOD_S).time_scale == WEEK_S // WEEK_REAL_S
    assert pace_of(1e6, 7, 1, PERIOD_S).time_scale == WEEK_S // QUIET_WEEK_REAL_S


@given(floats(100, 1e6), integers(4, 51), integers(2, 200))
def test_a_slower_machine_or_more_nodes_never_quicken_the_pace(rate: float, nodes: int, busy: int) -> None:
    """Time never stands still either, and slower machines have longer to start."""
    pace = pace_of(rate, nodes, busy, PERIOD_S)
    assert TIME_SCALE_MIN <= pace.time_scale <= WEEK_S // WEEK_REAL_S
    assert pace.time_scale >= pace_of(rate / 2, nodes, busy, PERIOD_S).time_scale
    assert pace.time_scale >= pace_of(rate, nodes + 1, busy, PERIOD_S).time_scale
    assert pace.start_s < pace_of(rate / 2, nodes, busy, PERIOD_S).start_s
