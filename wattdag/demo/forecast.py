"""What an agent expects of a plant or load before the gate closes: only from what it has metered so far.

Wind persists, the sun repeats yesterday, loads repeat the same day of last week; the latter two are
corrected by how the last hour compares with what they repeat. None of them is good; that is why imbalance
is real.
"""

from collections.abc import Sequence

_CORRECTION_MIN, _CORRECTION_MAX = 50, 200  # per cent of the repeated value
_DAYS_PER_WEEK = 7


def persistence(values: Sequence[int], known: int, _target: int, _per_day: int) -> int:
    """Return the last known value."""
    return values[known - 1] if known else 0


def yesterday_corrected(values: Sequence[int], known: int, target: int, per_day: int) -> int:
    """Return yesterday's value at the same time, scaled by the last hour against yesterday's.

    Args:
        values: Real values, of which the agent may look at the first ``known`` only.
        known: How many are metered.
        target: Index of the period to forecast, not before ``known``.
        per_day: Periods in a day.
    """
    return _repeated(values, known, target, per_day, per_day)


def last_week_corrected(values: Sequence[int], known: int, target: int, per_day: int) -> int:
    """Return last week's value at the same time, scaled alike; yesterday's in the first week."""
    week = _DAYS_PER_WEEK * per_day
    if target >= week:
        return _repeated(values, known, target, week, per_day)
    return yesterday_corrected(values, known, target, per_day)


def _repeated(values: Sequence[int], known: int, target: int, lag: int, per_day: int) -> int:
    if not 0 <= target - lag < known:
        return persistence(values, known, target, per_day)
    last_hour = range(max(lag, known - max(per_day // 24, 1)), known)
    now_sum = sum(values[index] for index in last_hour)
    then_sum = sum(values[index - lag] for index in last_hour)
    percent = 100 * now_sum // then_sum if then_sum else 100
    return values[target - lag] * min(max(percent, _CORRECTION_MIN), _CORRECTION_MAX) // 100
