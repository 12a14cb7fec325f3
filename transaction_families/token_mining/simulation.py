"""Mining worked out over given weeks, with the rules that the ledger rolls by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transaction_families.token_mining.difficulty import open_week
from transaction_families.token_mining.rewards import reward_utoken
from transaction_families.token_mining.state import MiningParameters, MiningWeek


@dataclass(frozen=True, slots=True)
class SimulatedWeek:
    """A week's terms and totals, and what each participant gets in token base units."""

    week: MiningWeek
    rewards_utoken: Mapping[str, int]


def simulate_weeks(
    parameters: MiningParameters, weeks: Sequence[Mapping[str, int]]
) -> tuple[SimulatedWeek, ...]:
    """Return what each week gives under constant parameters.

    Args:
        parameters: Checked against their domain.
        weeks: Volumes in mWh by participant, 0 or more; those with 0 earn nothing and do not count as
            participants.
    """
    results: list[SimulatedWeek] = []
    previous: MiningWeek | None = None
    before_previous: MiningWeek | None = None
    for volumes in weeks:
        opened = open_week(parameters, previous, before_previous)
        rewards = {name: reward_utoken(opened, volume, parameters.curve) for name, volume in volumes.items()}
        closed = replace(
            opened,
            participants=sum(volume > 0 for volume in volumes.values()),
            volume_milliwh=sum(volumes.values()),
            minted_utoken=sum(rewards.values()),
            done=True,
        )
        results.append(SimulatedWeek(closed, rewards))
        previous, before_previous = closed, previous
    return tuple(results)
