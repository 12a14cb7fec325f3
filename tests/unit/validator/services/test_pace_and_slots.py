"""How much one client may do, over time and at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.services.errors import (
    TooManyCallsError,
)
from validator.services.interceptors.slots import CallSlots
from validator.services.pace import BURST_MS, Pace


@given(
    per_minute=st.integers(1, 600),
    gaps_ms=st.lists(st.integers(0, 20_000), min_size=1, max_size=60),
)
def test_the_pace_bounds_what_is_done_in_any_window(per_minute: int, gaps_ms: list[int]) -> None:
    """At most the burst and what has flowed in since; and who waits as told is let through."""
    pace, now_ms, done_ms = Pace(per_minute), 0, []
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        if wait_ms := pace.take("a", now_ms):
            now_ms += wait_ms
            assert pace.take("a", now_ms) == 0
        done_ms.append(now_ms)
    interval_ms = -(-60_000 // per_minute)
    burst = max(BURST_MS, interval_ms) / interval_ms
    for first in range(len(done_ms)):
        for last in range(first, len(done_ms)):
            assert last - first + 1 <= burst + (done_ms[last] - done_ms[first]) / interval_ms + 1e-9


def test_one_client_does_not_slow_another() -> None:
    """Each has a pace of its own."""
    pace = Pace(6)
    assert pace.take("a", 0) == 0
    assert pace.take("a", 0) > 0
    assert pace.take("b", 0) == 0


def test_slots_are_held_and_given_back() -> None:
    """Streams count twice: as calls, and as streams; a refused call holds nothing."""
    slots = CallSlots(calls_max=2, streams_max=1)
    with slots.hold("a", is_stream=True):
        with pytest.raises(TooManyCallsError, match="streams"), slots.hold("a", is_stream=True):
            pass
        others = slots.hold("a", is_stream=False), slots.hold("b", is_stream=True)
        refused = pytest.raises(TooManyCallsError, match="calls")
        with others[0], others[1], refused, slots.hold("a", is_stream=False):
            pass
    with slots.hold("a", is_stream=True), slots.hold("a", is_stream=False):
        pass
