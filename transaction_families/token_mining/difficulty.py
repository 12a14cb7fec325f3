"""Each week's difficulty and threshold reward: equations (2), (9) and (10) of the paper, in integers."""

from transaction_families.token_mining.state import MiningParameters, MiningWeek, RewardCase, Week
from transaction_families.units import INT64_MAX


def open_week(
    parameters: MiningParameters, previous: MiningWeek | None, before_previous: MiningWeek | None
) -> MiningWeek:
    """Return the week after ``previous`` with its terms settled and nothing rewarded yet.

    Args:
        parameters: Those in force in the new week.
        previous: The rolled week N-1; ``None`` opens week 1.
        before_previous: The rolled week N-2, or ``None`` if there was none.

    Returns:
        Week N. Its difficulty, threshold reward and reward case hold for all participants alike.

    Source: paper, section 2.3: equation (2) gives the difficulty; (9) and (10) refresh it in a week in
    which (2), carried over and held to its minimum, reaches the set value. Quotients are rounded down.
    """
    if previous is None:
        return _week(
            Week(1),
            difficulty_milliwh=max(parameters.initial_difficulty_milliwh, parameters.difficulty_milliwh_min),
            average_previous_milliwh=0,
            threshold_reward_utoken=max(parameters.threshold_reward_utoken, parameters.threshold_utoken_min),
        )
    difficulty_milliwh = max(
        scale_difficulty(previous, before_previous), parameters.difficulty_milliwh_min
    )  # before the minimum, a difficulty may be as low as 0
    threshold_reward_utoken = previous.threshold_reward_utoken
    refreshed = 0 < parameters.refresh_difficulty_milliwh <= difficulty_milliwh
    if refreshed:
        difficulty_milliwh = max(previous.average_milliwh, parameters.difficulty_milliwh_min)  # (10)
        threshold_reward_utoken //= 2  # (9)
    return _week(
        Week(previous.week + 1),
        difficulty_milliwh=difficulty_milliwh,
        average_previous_milliwh=previous.average_milliwh,
        threshold_reward_utoken=max(threshold_reward_utoken, parameters.threshold_utoken_min),
        refreshed=refreshed,
    )


def scale_difficulty(previous: MiningWeek, before_previous: MiningWeek | None) -> int:
    """Return week N-1's difficulty scaled by how participation changed, in mWh, rounded down; equation (2).

    It is carried over unchanged where week N-2 had no participants or did not exist, and stops at the
    end of the ledger's 64-bit integers, since a due step cannot fail.
    """
    if before_previous is None or before_previous.participants == 0:
        return previous.difficulty_milliwh
    scaled = previous.difficulty_milliwh * previous.participants // before_previous.participants
    return min(scaled, INT64_MAX)


def _week(
    week: Week,
    *,
    difficulty_milliwh: int,
    average_previous_milliwh: int,
    threshold_reward_utoken: int,
    refreshed: bool = False,
) -> MiningWeek:
    low = 2 * average_previous_milliwh <= difficulty_milliwh
    return MiningWeek(
        week,
        difficulty_milliwh,
        average_previous_milliwh,
        threshold_reward_utoken,
        RewardCase.AVERAGE_LOW if low else RewardCase.AVERAGE_HIGH,
        refreshed,
    )
