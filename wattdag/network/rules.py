"""What a ledger's regulator sets and its grid company posts: shared by networks and demonstrations."""

from dataclasses import dataclass
from typing import Final

from transaction_families.energy_orders.state import MarketDesign, MarketParameters, WheelingFee
from transaction_families.settlement.state import GridPrices, SettlementParameters
from transaction_families.token_mining.state import MiningParameters, RewardCurve
from transaction_families.trade_records.state import RecordsParameters

YUAN: Final = 1_000_000
"""Micro-yuan in a yuan."""

KWH: Final = 1_000_000
"""Milliwatt-hours in a kilowatt-hour."""

TOKEN: Final = 1_000_000
"""Base units in a token."""

ZONES: Final = ("feeder-1", "feeder-2", "feeder-3")
"""Network zones that traders are in."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the regulator sets and the grid company posts."""

    market: MarketParameters
    settlement: SettlementParameters
    mining: MiningParameters
    records: RecordsParameters
    prices: GridPrices


def make_rules(
    *,
    period_minutes: int = 15,
    horizon_s: int = 3 * 3600,
    initial_difficulty_milliwh: int = 20_000 * KWH,
    refresh_difficulty_milliwh: int = 0,
    curve: RewardCurve = RewardCurve.PAPER,
    wheeling_fee_uyuan_per_kwh: int = 8_000,
    spare_producers_min: int = 2,
) -> Rules:
    """Return the usual rules.

    Args:
        period_minutes: Length of a delivery period.
        horizon_s: How long before a delivery period orders for it may come.
        initial_difficulty_milliwh: Volume cap of the first mining week.
        refresh_difficulty_milliwh: Difficulty at which the reward halves; 0 for never.
        curve: Which reward curve mining follows.
        wheeling_fee_uyuan_per_kwh: Between any two different zones; inside a zone nothing.
        spare_producers_min: Producers of a kind that must stand behind a published figure.
    """
    return Rules(
        MarketParameters(
            design=MarketDesign.CALL_AUCTION,
            period_minutes=period_minutes,
            gate_closure_s=period_minutes * 60,
            horizon_s=horizon_s,
            orders_per_participant_max=16,
            order_energy_milliwh_max=10_000 * KWH,
            price_uyuan_per_kwh_min=-1 * YUAN,
            price_uyuan_per_kwh_max=5 * YUAN,
            imbalance_escrow_uyuan_per_kwh=300_000,
            wheeling_fees=tuple(WheelingFee(zone, zone, 0) for zone in ZONES),
            wheeling_fee_default_uyuan_per_kwh=wheeling_fee_uyuan_per_kwh,
            clearing_steps_max=500,
        ),
        SettlementParameters(
            preliminary_delay_s=60,
            dispute_window_s=2 * 3600,
            dispute_extension_s=3600,
            settlement_steps_max=500,
        ),
        MiningParameters(
            initial_difficulty_milliwh=initial_difficulty_milliwh,
            difficulty_milliwh_min=1 * KWH,
            threshold_reward_utoken=100 * TOKEN,
            threshold_utoken_min=1,
            refresh_difficulty_milliwh=refresh_difficulty_milliwh,
            curve=curve,
            roll_steps_max=500,
        ),
        RecordsParameters(spare_producers_min=spare_producers_min, publish_steps_max=2_000),
        GridPrices(
            feed_in_uyuan_per_kwh=400_000,
            retail_uyuan_per_kwh=650_000,
            imbalance_short_uyuan_per_kwh=180_000,
            imbalance_long_uyuan_per_kwh=320_000,
        ),
    )
