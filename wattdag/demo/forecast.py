"""What an agent expects of a plant or load before the gate closes: only from what it has metered so far.

Wind persists, the sun and the loads repeat yesterday, corrected by how today compares with yesterday so
far. None of them is good; that is why imbalance is real.
"""

from collections.abc import Sequence

_CORRECTION_MIN, _CORRECTION_MAX = 50, 200  # per cent of yesterday's value


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
    yesterday = target - per_day
    if not 0 <= yesterday < known:
        return persistence(values, known, target, per_day)
    window = range(max(per_day, known - max(per_day // 24, 1)), known)
    today_sum = sum(values[index] for index in window)
    yesterday_sum = sum(values[index - per_day] for index in window)
    percent = 100 * today_sum // yesterday_sum if yesterday_sum else 100
    return values[yesterday] * min(max(percent, _CORRECTION_MIN), _CORRECTION_MAX) // 100
