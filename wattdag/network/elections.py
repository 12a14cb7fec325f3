"""The election rules of a new network, fitted to the length of its epochs."""

from typing import Final

from consensus_engine.election.parameters import SEATS_ON_CHAIN_MIN
from transaction_families.fdpos_registry.parameters import (
    ChallengeParameters,
    EpochParameters,
    RegistryParameters,
    ScoringParameters,
    StakeParameters,
    WeightMode,
)
from wattdag.network.rules import TOKEN

BOND_UTOKEN_MIN: Final = 10_000 * TOKEN
_SHORT_EPOCH_S: Final = 60


def make_registry_parameters(validators: int, *, epoch_s: int, time_scale: int) -> RegistryParameters:
    """Return the election rules of a network that ``validators`` super nodes found.

    A round lasts as long as an epoch, so that a committee is at most one round older than its epoch. Epochs
    are counted in the consensus' time, which is real; rounds in ledger time.

    Args:
        validators: How many found it. As many seats are filled later, one less where that is even, since a
            committee has an odd number of seats, and at least `SEATS_ON_CHAIN_MIN`: until as many stand, the
            committee of four that founded a network stays.
        epoch_s: Length of an epoch in real seconds.
        time_scale: Ledger seconds in a real one.
    """
    round_s = epoch_s * time_scale
    return RegistryParameters(
        seats=max(validators if validators % 2 else validators - 1, SEATS_ON_CHAIN_MIN),
        round_s=round_s,
        scoring=ScoringParameters(
            computing_power_weight_millionths=400_000,
            growth_rate_weight_millionths=300_000,
            votes_weight_millionths=300_000,
            weight_mode=WeightMode.ADAPTIVE,
            rho_millionths=750_000,
            eta_millionths=1_000_000,
            gamma_millionths=1_000_000,
            epsilon_millionths=100_000,
            computing_power_segments_min=0,  # who proves nothing stands, with C = 0
        ),
        stakes=StakeParameters(
            bond_utoken_min=BOND_UTOKEN_MIN,
            stake_utoken_min=TOKEN,
            choices_max=8,
            bond_multiple_max=10,
            mutual_discount_permille=1_000,
            unlock_rounds=2,
            bar_rounds=3,
        ),
        challenge=ChallengeParameters(
            window_s=round_s // 2,
            segment_iterations=1_000,
            segments_max=2**16,
            segments_opened=16,
            service_rounds=2,
        ),
        epochs=EpochParameters(
            epoch_ms=epoch_s * 1_000,
            epoch_commits_max=200_000,
            close_lag=5 if epoch_s < _SHORT_EPOCH_S else 20,
            gc_depth=60,
            schedule_period=300,
            leaders_per_round=1,
        ),
    )
