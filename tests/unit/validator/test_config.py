"""Settings out of their bounds, and the clocks."""

import time
from typing import Any

import pytest

from validator.clock import RealClock, SteppedClock
from validator.config import NodeConfig
from validator.errors import ConfigError
from validator.journal.pending import PendingLimits


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"block_batches_max": 0}, "block_batches_max"),
        ({"block_bytes_max": 2**40}, "block_bytes_max"),
        ({"history_blocks": 0}, "history_blocks"),
        ({"pending": PendingLimits(batches_max=0)}, "pending.batches_max"),
        ({"pending": PendingLimits(bytes_max=0)}, "pending.bytes_max"),
        ({"pending": PendingLimits(per_sender_max=0)}, "pending.per_sender_max"),
        ({"verify_workers": 65}, "verify_workers"),
        ({"verify_samples": -1}, "verify_samples"),
        ({"keeper_fallback_s": 0}, "keeper_fallback_s"),
    ],
)
def test_a_setting_out_of_bounds_is_named_with_what_is_allowed(settings: dict[str, Any], key: str) -> None:
    """Key, value and bounds are in the error."""
    with pytest.raises(ConfigError, match=f"^{key} is .*; allowed are "):
        NodeConfig(None, **settings)


def test_a_stepped_clock_moves_only_when_moved_and_never_back() -> None:
    """Virtual time is whoever's who steps it."""
    clock = SteppedClock(1000)
    clock.advance(500)
    clock.advance_to(1200)
    assert clock.now_ms() == 1500


def test_the_real_clock_is_the_machines() -> None:
    """In Unix milliseconds."""
    assert abs(RealClock().now_ms() - time.time() * 1000) < 5000
