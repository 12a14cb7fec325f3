"""The growth rate I of equation (1): what a participant mined lately against what it ever mined."""

from typing import NamedTuple

from transaction_families.token_mining.state import TokenAccount, Week


class GrowthRate(NamedTuple):
    """A fraction of token amounts; both parts are integers, so that elections divide once, in decimals."""

    numerator: int
    denominator: int  # over 0


def growth_rate(
    account: TokenAccount | None, last_closed_week: int, threshold_reward_utoken: int
) -> GrowthRate:
    """Return a participant's token growth rate as of the last closed week.

    Args:
        account: Its tokens; ``None`` if it never had any.
        last_closed_week: ``MiningClock.next_week - 1``; 0 while no week is closed. A week that is just
            being rolled does not count yet, so that all participants are compared over the same weeks.
        threshold_reward_utoken: The founding's P_threshold, which keeps a newcomer's rate defined.

    Returns:
        The tokens mined in that week over all mined until its end plus the threshold. Transfers and
        allotted tokens do not move it.

    Source: paper, section 2.1, as settled for I.
    """
    assert threshold_reward_utoken > 0
    if account is None:
        return GrowthRate(0, threshold_reward_utoken)
    of_week = {reward.week: reward.reward_utoken for reward in account.recent_rewards}
    later_utoken = sum(amount for week, amount in of_week.items() if week > last_closed_week)
    return GrowthRate(
        of_week.get(Week(last_closed_week), 0),
        account.mined_utoken - later_utoken + threshold_reward_utoken,
    )
