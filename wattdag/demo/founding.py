"""The genesis of a demonstration's ledger: rules, participants, meters, money and posted prices.

The payloads are ordinary ones, each signed by whoever may send it; the first founds the ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from signing.types import SignedBatch
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.payload import (
    DepositEscrow,
    FoundLedger,
    IssueCurrency,
    OpenContractAccount,
    RegisterMeteringPoint,
    RegisterParticipant,
)
from transaction_families.energy_orders.payload import SetMarketParameters
from transaction_families.energy_orders.state import MarketDesign, MarketParameters, WheelingFee
from transaction_families.settlement.payload import PostGridPrices, SetSettlementParameters
from transaction_families.settlement.state import GridPrices, SettlementParameters
from transaction_families.token_mining.payload import SetMiningParameters
from transaction_families.token_mining.state import MiningParameters, RewardCurve, Week
from transaction_families.trade_records.payload import SetRecordsParameters
from transaction_families.trade_records.state import RecordsParameters
from wattdag.demo.cast import Cast

YUAN: Final = 1_000_000
"""Micro-yuan in a yuan."""

KWH: Final = 1_000_000
"""Milliwatt-hours in a kilowatt-hour."""

TOKEN: Final = 1_000_000
"""Base units in a token."""

_ZONES: Final = ("feeder-1", "feeder-2", "feeder-3")
_TRADER_MONEY_UYUAN: Final = 200_000 * YUAN
_TRADER_ESCROW_UYUAN: Final = 100_000 * YUAN
_GRID_MONEY_UYUAN: Final = 5_000_000 * YUAN


@dataclass(frozen=True, slots=True)
class Rules:
    """What a demonstration's regulator sets and its grid company posts."""

    market: MarketParameters
    settlement: SettlementParameters
    mining: MiningParameters
    records: RecordsParameters
    prices: GridPrices


def make_rules(
    *,
    period_minutes: int = 15,
    initial_difficulty_milliwh: int = 20_000 * KWH,
    refresh_difficulty_milliwh: int = 0,
    curve: RewardCurve = RewardCurve.PAPER,
    wheeling_fee_uyuan_per_kwh: int = 8_000,
    spare_producers_min: int = 2,
) -> Rules:
    """Return the demonstrations' rules.

    Args:
        period_minutes: Length of a delivery period.
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
            horizon_s=3 * 3600,
            orders_per_participant_max=16,
            order_energy_milliwh_max=10_000 * KWH,
            price_uyuan_per_kwh_min=-1 * YUAN,
            price_uyuan_per_kwh_max=5 * YUAN,
            imbalance_escrow_uyuan_per_kwh=300_000,
            wheeling_fees=tuple(WheelingFee(zone, zone, 0) for zone in _ZONES),
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


def found(cast: Cast, chain_id: str, rules: Rules, start_s: int) -> Iterator[SignedBatch]:
    """Return the batches of the genesis block, in order.

    Args:
        cast: Everybody; the regulator founds the ledger.
        chain_id: The ledger's name.
        rules: What is set and posted.
        start_s: Start of the first delivery period and of the first mining week.
    """
    regulator, operator = cast.regulator, cast.market_operator
    yield regulator.wallet.batch(
        FoundLedger(chain_id, regulator.participant),
        *(
            RegisterParticipant(regulator.id, player.participant)
            for player in cast.everybody
            if player is not regulator
        ),
        SetMarketParameters(regulator.id, 0, rules.market),
        SetSettlementParameters(regulator.id, 0, rules.settlement),
        SetMiningParameters(regulator.id, Week(1), start_s, rules.mining),
        SetRecordsParameters(regulator.id, 0, rules.records),
    )
    yield cast.meter_operator.wallet.batch(
        *(RegisterMeteringPoint(cast.meter_operator.id, player.metering_point) for player in cast.traders)
    )
    yield operator.wallet.batch(
        IssueCurrency(operator.id, cast.grid_company.wallet.public_key, _GRID_MONEY_UYUAN),
        *(
            IssueCurrency(operator.id, player.wallet.public_key, _TRADER_MONEY_UYUAN)
            for player in cast.traders
        ),
    )
    for player in (cast.grid_company, *cast.traders):
        deposit = [DepositEscrow(player.id, SETTLEMENT, _TRADER_ESCROW_UYUAN)] if player.trades else []
        yield player.wallet.batch(OpenContractAccount(player.id, SETTLEMENT), *deposit)
    yield cast.grid_company.wallet.batch(PostGridPrices(cast.grid_company.id, start_s, rules.prices))
