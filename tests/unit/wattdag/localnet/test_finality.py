"""Times from submission to commit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattdag.localnet.finality import Finality, Percentiles, find_percentiles


def test_times_are_counted_from_the_submission_to_the_block() -> None:
    """A block of others' batches changes nothing; each batch counts once."""
    finality = Finality()
    finality.submit(["a", "b"], 10.0)
    finality.submit(["c"], 10.5)

    assert finality.commit(["b", "somebody else's"], 11.0) == 1
    assert finality.commit(["b", "c"], 12.0) == 1

    assert (finality.submitted, finality.committed, finality.outstanding) == (3, 2, 1)
    assert finality.times_s(0.0, 100.0) == pytest.approx([1.0, 1.5])
    assert finality.times_s(11.0, 12.0) == pytest.approx([1.0])


def test_percentiles_are_of_the_nearest_rank() -> None:
    """Of 100 times the 50th and the 99th; none of none."""
    assert find_percentiles([n / 1000 for n in range(1, 101)]) == Percentiles(50.0, 99.0)
    assert find_percentiles([]) is None


@given(times=st.lists(st.floats(0, 100), min_size=1))
def test_percentiles_are_measured_times_in_order(times: list[float]) -> None:
    """Nothing is interpolated; the median is not above the 99th percentile."""
    percentiles = find_percentiles(times)
    assert percentiles is not None
    measured = {round(1e3 * time, 1) for time in times}
    assert percentiles.p50 in measured
    assert percentiles.p99 in measured
    assert percentiles.p50 <= percentiles.p99
