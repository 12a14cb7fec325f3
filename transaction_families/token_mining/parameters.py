"""The domains of the mining parameters, and when a new version may take effect."""

from typing import Final

from transaction_families.errors import ParameterDomainError
from transaction_families.parameters import check_domain, schedule_version
from transaction_families.token_mining.state import (
    MiningClock,
    MiningParameters,
    MiningParameterSchedule,
    MiningParameterVersion,
    Week,
)
from transaction_families.token_mining.weeks import WEEK_S, find_week
from transaction_families.units import INT64_MAX

ROLL_STEPS_MAX: Final = 10_000
"""The most participants that one roll transaction may be set to reward."""

FIRST_WEEK_DELAY_S_MAX: Final = 366 * 24 * 3600
"""How far ahead of its founding transaction the first week may begin."""


def check_mining_parameters(parameters: MiningParameters) -> None:
    """Check each parameter against its domain.

    Raises:
        ParameterDomainError: One is outside it.
    """
    check_domain("initial_difficulty_milliwh", parameters.initial_difficulty_milliwh, 1, INT64_MAX)
    check_domain("difficulty_milliwh_min", parameters.difficulty_milliwh_min, 0, INT64_MAX)
    check_domain("threshold_reward_utoken", parameters.threshold_reward_utoken, 1, INT64_MAX)
    check_domain("threshold_utoken_min", parameters.threshold_utoken_min, 0, INT64_MAX)
    check_domain("refresh_difficulty_milliwh", parameters.refresh_difficulty_milliwh, 0, INT64_MAX)
    check_domain("roll_steps_max", parameters.roll_steps_max, 1, ROLL_STEPS_MAX)


def found_schedule(version: MiningParameterVersion, first_week_start_s: int, now_s: int) -> MiningClock:
    """Return the clock that the first parameters start.

    Raises:
        ParameterDomainError: They are not for week 1, or that week would have ended already or lie more
            than ``FIRST_WEEK_DELAY_S_MAX`` ahead.
    """
    check_domain("effective_from_week", version.effective_from_week, 1, 1)
    check_domain(
        "first_week_start_s", first_week_start_s, max(now_s - WEEK_S + 1, 0), now_s + FIRST_WEEK_DELAY_S_MAX
    )
    return MiningClock(first_week_start_s, Week(1), minted_utoken=0, allotted_utoken=0)


def change_schedule(
    schedule: MiningParameterSchedule,
    clock: MiningClock,
    version: MiningParameterVersion,
    now_s: int,
) -> MiningParameterSchedule:
    """Return the schedule with a later version, in force from the next week at the earliest.

    The founding figures, from which week 1 started, can no longer change.

    Raises:
        ParameterDomainError: The version begins with a week that has begun, changes a founding figure,
            or the schedule is full.
    """
    founding = schedule.versions[-1].parameters
    for field in ("initial_difficulty_milliwh", "threshold_reward_utoken"):
        new, stands = getattr(version.parameters, field), getattr(founding, field)
        if new != stands:
            raise ParameterDomainError(field, new, f"it decided week 1 and stays {stands}")
    versions = schedule_version(
        schedule.versions,
        version,
        not_before=(find_week(clock, now_s) or 0) + 1,
        needed_from=clock.next_week,
    )
    return MiningParameterSchedule(versions)
