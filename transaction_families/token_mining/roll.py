"""The weekly roll: rewards a closed week's participants, slice by slice, in the order of their buckets.

A week's volumes cannot change once it has ended, so each transaction takes up where the last one stopped:
every participant is read and rewarded once. Within a bucket the order is that of arrival.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from transaction_families.addressing import BUCKET_COUNT
from transaction_families.errors import AlreadyDoneError, TooEarlyError
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import get_in_force
from transaction_families.state_view import Changes, Event, StateView
from transaction_families.token_mining.difficulty import open_week
from transaction_families.token_mining.errors import WeekOrderError
from transaction_families.token_mining.payload import RollWeek
from transaction_families.token_mining.rewards import reward_utoken
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MINING_PARAMETERS_ADDRESS,
    RECENT_REWARDS_MAX,
    MiningClock,
    MiningParameterSchedule,
    MiningWeek,
    ParticipantVolume,
    RewardCurve,
    TokenAccount,
    Week,
    WeekBucket,
    WeekReward,
    mining_week_address,
    token_account_address,
    week_bucket_address,
)
from transaction_families.token_mining.weeks import week_end_s
from transaction_families.units import INT64_MAX

TOKEN_SUPPLY_UTOKEN_MAX: Final = INT64_MAX
"""Where minting ends for good, so that no balance ever passes the ledger's integers."""


def process_roll_week(state: StateView, tx: RollWeek, _: PublicKey) -> Changes:
    """Reward the next ``roll_steps_max`` participants of the week; after the last one, close it.

    Raises:
        UnknownEntryError: Mining has no parameters yet.
        AlreadyDoneError: The week is closed.
        WeekOrderError: An earlier week is not.
        TooEarlyError: The week has not ended.

    Source: paper, section 2.3.
    """
    clock = state.get(MiningClock, MINING_CLOCK_ADDRESS, "(set mining parameters first)")
    now_s = get_ledger_time_s(state)
    _check_due(clock, tx.week, now_s)
    schedule = state.get(MiningParameterSchedule, MINING_PARAMETERS_ADDRESS, "(set mining parameters first)")
    parameters = get_in_force(schedule.versions, tx.week, "mining").parameters

    week = _find_week(state, tx.week) or open_week(
        parameters, _find_week(state, tx.week - 1), _find_week(state, tx.week - 2)
    )
    volumes, next_bucket, next_in_bucket = read_slice(state, week, parameters.roll_steps_max)
    left_utoken = TOKEN_SUPPLY_UTOKEN_MAX - clock.supply_utoken
    accounts = _reward(state, week, volumes, parameters.curve, left_utoken)
    minted_utoken = sum(account.recent_rewards[-1].reward_utoken for account in accounts)

    done = next_bucket == BUCKET_COUNT
    rolled = replace(
        week,
        participants=week.participants + len(volumes),
        volume_milliwh=min(week.volume_milliwh + sum(one.volume_milliwh for one in volumes), INT64_MAX),
        minted_utoken=week.minted_utoken + minted_utoken,
        next_bucket=next_bucket,
        next_in_bucket=next_in_bucket,
        done=done,
        rolled_s=now_s if done else 0,
    )
    advanced = replace(
        clock,
        minted_utoken=clock.minted_utoken + minted_utoken,
        next_week=Week(tx.week + 1) if done else tx.week,
    )
    return Changes(writes=(*accounts, rolled, advanced), events=(_rolled_event(rolled),) if done else ())


def _check_due(clock: MiningClock, week: Week, now_s: int) -> None:
    if week < clock.next_week:
        raise AlreadyDoneError(f"the roll of week {week}")
    if week > clock.next_week:
        raise WeekOrderError(week, clock.next_week)
    if now_s < (due_s := week_end_s(clock, week)):
        raise TooEarlyError(f"the roll of week {week}", due_s, now_s)


def _find_week(state: StateView, week: int) -> MiningWeek | None:
    return state.find(MiningWeek, mining_week_address(week)) if week > 0 else None


def read_slice(
    state: StateView, week: MiningWeek, steps_max: int
) -> tuple[list[ParticipantVolume], int, int]:
    """Return the next volumes to reward, at most ``steps_max``, and where the slice after them begins.

    Returns:
        The volumes; the bucket and the place in it that come next, ``BUCKET_COUNT`` and 0 after the last.
    """
    volumes: list[ParticipantVolume] = []
    start = week.next_in_bucket
    for bucket in range(week.next_bucket, BUCKET_COUNT):
        entry = state.find(WeekBucket, week_bucket_address(week.week, bucket))
        listed = entry.volumes if entry else ()
        end = start + steps_max - len(volumes)
        volumes += listed[start:end]
        if end < len(listed):
            return volumes, bucket, end
        start = 0
    return volumes, BUCKET_COUNT, 0


def _reward(
    state: StateView,
    week: MiningWeek,
    volumes: Sequence[ParticipantVolume],
    curve: RewardCurve,
    left_utoken: int,
) -> list[TokenAccount]:
    """Return the accounts with their rewards; together these stay within ``left_utoken``."""
    addresses = [token_account_address(one.participant_id) for one in volumes]
    before = state.find_all(TokenAccount, addresses)
    accounts = []
    for one, address in zip(volumes, addresses, strict=True):
        reward = min(reward_utoken(week, one.volume_milliwh, curve), left_utoken)
        left_utoken -= reward
        account = before.get(address) or TokenAccount(one.participant_id)
        recent = (*account.recent_rewards, WeekReward(week.week, reward))
        accounts.append(
            replace(
                account,
                balance_utoken=account.balance_utoken + reward,
                mined_utoken=account.mined_utoken + reward,
                recent_rewards=recent[-RECENT_REWARDS_MAX:],
            )
        )
    return accounts


def _rolled_event(week: MiningWeek) -> Event:
    return Event(
        "wattdag/mining-week-rolled",
        (
            ("week", str(week.week)),
            ("difficulty_milliwh", str(week.difficulty_milliwh)),
            ("threshold_reward_utoken", str(week.threshold_reward_utoken)),
            ("refreshed", str(week.refreshed).lower()),
            ("participants", str(week.participants)),
            ("minted_utoken", str(week.minted_utoken)),
        ),
    )
