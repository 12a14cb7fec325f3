"""Counting settled energy towards the mining week in which its final settlement commits."""

from collections.abc import Mapping
from typing import Final

from transaction_families.accounts.state import ParticipantId
from transaction_families.addressing import bucket_of
from transaction_families.state_view import StateView
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MiningClock,
    ParticipantVolume,
    Week,
    WeekBucket,
    week_bucket_address,
    week_bucket_prefix,
)
from transaction_families.token_mining.weeks import find_week
from transaction_families.units import INT64_MAX

VOLUME_INPUTS: Final = (MINING_CLOCK_ADDRESS, week_bucket_prefix())
"""What a transaction that counts volumes reads of this family."""

VOLUME_OUTPUTS: Final = (week_bucket_prefix(),)
"""What it writes."""


def count_settled_volumes(
    state: StateView, now_s: int, volumes: Mapping[ParticipantId, int]
) -> tuple[WeekBucket, ...]:
    """Return the current week's index buckets with ``volumes`` added.

    Call it once per transaction with all its volumes: it reads the buckets as they were before.

    Args:
        state: Global state.
        now_s: Ledger time of the final settlement.
        volumes: Energy bought and sold in mWh by participant, 0 or more; zeros leave no trace.

    Returns:
        The changed entries, ascending by bucket, new participants in the order of their ids. None while
        mining has no parameters or its first week has not begun. A volume never passes the ledger's
        64-bit integers: it stops at their end, since a final settlement cannot fail.
    """
    clock = state.find(MiningClock, MINING_CLOCK_ADDRESS)
    if clock is None or (week := find_week(clock, now_s)) is None:
        return ()
    added: dict[int, dict[ParticipantId, int]] = {}
    for participant_id in sorted(volumes):
        assert volumes[participant_id] >= 0
        if volumes[participant_id]:
            added.setdefault(bucket_of(participant_id), {})[participant_id] = volumes[participant_id]
    addresses = [week_bucket_address(week, bucket) for bucket in sorted(added)]
    before = state.find_all(WeekBucket, addresses)
    return tuple(
        _with_volumes(before.get(address), week, bucket, added[bucket])
        for bucket, address in zip(sorted(added), addresses, strict=True)
    )


def _with_volumes(
    before: WeekBucket | None, week: Week, bucket: int, added: Mapping[ParticipantId, int]
) -> WeekBucket:
    totals = {one.participant_id: one.volume_milliwh for one in before.volumes} if before else {}
    for participant_id, volume_milliwh in added.items():
        totals[participant_id] = min(totals.get(participant_id, 0) + volume_milliwh, INT64_MAX)
    return WeekBucket(week, bucket, tuple(ParticipantVolume(*item) for item in totals.items()))
