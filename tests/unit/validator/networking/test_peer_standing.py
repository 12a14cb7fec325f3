"""Rates and faults: forgiven with time, and each time outside is longer than the last."""

from dataclasses import fields

import pytest

from validator.networking.limits import PeerLimits
from validator.networking.standing import Standing
from validator.networking.token_bucket import TokenBucket

LIMITS = PeerLimits(faults_max=3, fault_forgiven_ms=10_000, cut_off_ms_min=1_000, cut_off_ms_max=5_000)


def test_a_burst_passes_and_then_only_the_rate() -> None:
    bucket = TokenBucket(per_s=10, size=100, now_s=0)
    assert bucket.take(100, 0)
    assert not bucket.take(1, 0)
    assert bucket.take(5, 0.5)
    assert not bucket.take(1, 0.5)


def test_a_rest_fills_no_more_than_the_bucket() -> None:
    bucket = TokenBucket(per_s=10, size=100, now_s=0)
    assert not bucket.take(101, 1_000)
    assert bucket.take(100, 1_000)


def test_the_fault_after_the_last_permitted_one_is_too_many() -> None:
    standing = Standing(LIMITS, 0)
    assert [standing.add_fault(0) for _ in range(4)] == [False, False, False, True]
    assert standing.faults == 4


def test_faults_are_forgiven_one_by_one() -> None:
    standing = Standing(LIMITS, 0)
    assert not any(standing.add_fault(10.0 * second) for second in range(20))


def test_each_cut_off_is_twice_as_long_up_to_the_limit() -> None:
    standing = Standing(LIMITS, 0)
    assert [standing.cut_off(0) for _ in range(5)] == [1, 2, 4, 5, 5]
    assert standing.cut_offs == 5


def test_a_cut_off_ends() -> None:
    standing = Standing(LIMITS, 0)
    assert not standing.is_cut_off(0)
    standing.cut_off(7)
    assert standing.is_cut_off(7.9)
    assert not standing.is_cut_off(8)


@pytest.mark.parametrize("name", [field.name for field in fields(PeerLimits)])
def test_a_limit_below_one_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is 0; it must be at least 1"):
        PeerLimits(**{name: 0})


def test_a_burst_too_small_for_one_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="received_bytes_burst_max must hold the largest frame"):
        PeerLimits(received_bytes_burst_max=1_000)
