"""What a volume earns in a week: equations (3) and (6) of the paper, each one floor of one fraction."""

from typing import assert_never

from transaction_families.token_mining.state import MiningWeek, RewardCase, RewardCurve


def reward_utoken(week: MiningWeek, volume_milliwh: int, curve: RewardCurve) -> int:
    """Return the tokens that ``volume_milliwh`` earns in ``week``.

    With A the average of the week before, D the difficulty, P the threshold reward and W the volume:

        case 1, A <= D/2:   P/2 * W/A                      W <= A            (situation 1)
                            P/2 * (1 + (W - A)/(D - A))    A < W <= bound    (situation 2)
                            P                              otherwise         (situation 3)
        case 2, A > D/2:    P * W/A                        W <= bound        (situation 4)
                            P                              otherwise         (situation 5)

    On the paper's curve the bound is D/2 in both cases; on the continuous one it is where the branch
    reaches P: D in situation 2, A in situation 4. Nothing earns nothing.

    Args:
        week: The opened week.
        volume_milliwh: W in mWh, 0 or more.
        curve: Which bound.

    Returns:
        The reward in token base units, rounded down, at most P.

    Source: paper, section 2.3, equations (3) and (6).
    """
    average, difficulty = week.average_previous_milliwh, week.difficulty_milliwh
    threshold = week.threshold_reward_utoken
    if volume_milliwh == 0:
        return 0
    match week.reward_case:
        case RewardCase.AVERAGE_LOW:
            if volume_milliwh <= average:
                return threshold * volume_milliwh // (2 * average)
            if _is_rising(volume_milliwh, difficulty, difficulty, curve):
                return threshold * (difficulty - 2 * average + volume_milliwh) // (2 * (difficulty - average))
        case RewardCase.AVERAGE_HIGH:
            if _is_rising(volume_milliwh, difficulty, average, curve):
                return threshold * volume_milliwh // average
        case _:
            assert_never(week.reward_case)
    return threshold


def _is_rising(
    volume_milliwh: int, difficulty_milliwh: int, reaches_milliwh: int, curve: RewardCurve
) -> bool:
    """Whether a volume lies on the rising branch, which reaches the threshold at ``reaches_milliwh``."""
    if curve is RewardCurve.CONTINUOUS:
        return volume_milliwh <= reaches_milliwh
    return 2 * volume_milliwh <= difficulty_milliwh
