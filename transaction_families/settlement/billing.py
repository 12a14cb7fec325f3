"""From energy to money: one statement for each party, and what of it the trades' escrow covers.

Rounding: who pays for a trade pays rounded up, who receives gets rounded down, the dust between them goes
to an account of its own. With the grid company no dust arises: it gets and gives exactly what the
participant pays and gets, and that is rounded against the participant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transaction_families.accounts.state import ParticipantId
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.allocation import Allocation, TradeOutcome
from transaction_families.settlement.state import GridPrices, RunKind, Statement
from transaction_families.units import amount_rounded_down_uyuan, amount_rounded_up_uyuan


@dataclass(frozen=True, slots=True)
class TradeBill:
    """The money that one trade moves, in µyuan.

    ``buyer_pays`` and ``seller_gets`` are negative where a negative price turns the roles round.
    ``seller_short`` and ``buyer_long`` are the imbalance charges as far as escrow covers them, the latter
    negative where the buyer receives; what goes beyond is in the ``..._excess`` fields.
    """

    buyer_pays_uyuan: int
    seller_gets_uyuan: int
    wheeling_uyuan: int
    seller_short_uyuan: int
    seller_excess_uyuan: int
    buyer_long_uyuan: int
    buyer_excess_uyuan: int

    @property
    def dust_uyuan(self) -> int:
        """What rounding leaves over, 0 or more."""
        return self.buyer_pays_uyuan - self.seller_gets_uyuan


@dataclass(frozen=True, slots=True)
class PeriodBill:
    """Statements of all parties, ascending by participant; the escrow of each; the dust."""

    statements: tuple[Statement, ...]
    escrow_uyuan: Mapping[ParticipantId, int]
    dust_uyuan: int


def bill_trade(outcome: TradeOutcome, prices: GridPrices) -> TradeBill:
    """Return the money that one trade moves.

    Escrow covers, in this order: the price, the wheeling fee, the imbalance charge. A payer's rounding up
    ends where its escrow does, since many trades of one order share one escrow; what the receiver gets,
    rounded down, is always covered.
    """
    trade = outcome.trade
    price, fee = trade.price_uyuan_per_kwh, trade.wheeling_fee_uyuan_per_kwh
    delivered_milliwh = outcome.delivered_milliwh
    down_uyuan = amount_rounded_down_uyuan(delivered_milliwh, price)
    up_uyuan = amount_rounded_up_uyuan(delivered_milliwh, price)
    fee_down_uyuan = amount_rounded_down_uyuan(delivered_milliwh, fee)
    fee_up_uyuan = amount_rounded_up_uyuan(delivered_milliwh, fee)

    buyer_left_uyuan, seller_left_uyuan = trade.buyer_escrow_uyuan, trade.seller_escrow_uyuan
    buyer_pays_uyuan, seller_gets_uyuan = up_uyuan, down_uyuan
    if price > 0:
        buyer_pays_uyuan = max(min(up_uyuan, buyer_left_uyuan - fee_down_uyuan), down_uyuan)
        buyer_left_uyuan -= buyer_pays_uyuan
    elif price < 0:
        seller_gets_uyuan = -max(min(-down_uyuan, seller_left_uyuan), -up_uyuan)
        seller_left_uyuan += seller_gets_uyuan
    wheeling_uyuan = max(min(fee_up_uyuan, buyer_left_uyuan), fee_down_uyuan)
    buyer_left_uyuan -= wheeling_uyuan

    short_uyuan = amount_rounded_up_uyuan(outcome.shortfall_milliwh, prices.imbalance_short_uyuan_per_kwh)
    long_uyuan = -amount_rounded_down_uyuan(outcome.surplus_milliwh, prices.imbalance_long_uyuan_per_kwh)
    seller_short_uyuan = min(short_uyuan, max(seller_left_uyuan, 0))
    buyer_long_uyuan = min(long_uyuan, max(buyer_left_uyuan, 0))
    return TradeBill(
        buyer_pays_uyuan=buyer_pays_uyuan,
        seller_gets_uyuan=seller_gets_uyuan,
        wheeling_uyuan=wheeling_uyuan,
        seller_short_uyuan=seller_short_uyuan,
        seller_excess_uyuan=short_uyuan - seller_short_uyuan,
        buyer_long_uyuan=buyer_long_uyuan,
        buyer_excess_uyuan=long_uyuan - buyer_long_uyuan,
    )


def bill_period(
    period: DeliveryPeriod, allocation: Allocation, prices: GridPrices, grid_company_id: ParticipantId
) -> PeriodBill:
    """Return what every party gets and owes for one period.

    The grid company is a party too: it stands behind fees, imbalance and what no trade explains. With
    itself it settles nothing.

    Args:
        period: Whose energy it is.
        allocation: The energy.
        prices: The grid company's, for this period.
        grid_company_id: Who that is.

    Returns:
        Preliminary statements, whose net amounts and dust sum to zero; arrears hold the imbalance charge
        beyond the escrow.
    """
    tallies: dict[ParticipantId, _Tally] = {grid_company_id: _Tally()}
    dust_uyuan = 0
    for outcome in allocation.trades:
        trade, bill = outcome.trade, bill_trade(outcome, prices)
        seller = tallies.setdefault(trade.seller_id, _Tally())
        buyer = tallies.setdefault(trade.buyer_id, _Tally())
        seller.add_sale(outcome, bill)
        buyer.add_purchase(outcome, bill)
        dust_uyuan += bill.dust_uyuan
    for point in allocation.points:
        tally = tallies.setdefault(point.participant_id, _Tally())
        tally.metered_export_milliwh += point.export_milliwh
        tally.metered_import_milliwh += point.import_milliwh
        tally.grid_export_milliwh += point.grid_export_milliwh
        tally.grid_import_milliwh += point.grid_import_milliwh
        tally.grid_uyuan += amount_rounded_down_uyuan(point.grid_export_milliwh, prices.feed_in_uyuan_per_kwh)
        tally.grid_uyuan -= amount_rounded_up_uyuan(point.grid_import_milliwh, prices.retail_uyuan_per_kwh)
    tallies[grid_company_id].set_against(
        tally for participant_id, tally in tallies.items() if participant_id != grid_company_id
    )
    ordered = sorted(tallies.items())
    return PeriodBill(
        tuple(tally.statement(period, participant_id) for participant_id, tally in ordered),
        {participant_id: tally.escrow_uyuan for participant_id, tally in ordered},
        dust_uyuan,
    )


@dataclass(slots=True)
class _Tally:
    """A statement in the making: the sums over one party's trades and metering points."""

    sold_milliwh: int = 0
    bought_milliwh: int = 0
    delivered_sold_milliwh: int = 0
    delivered_bought_milliwh: int = 0
    metered_export_milliwh: int = 0
    metered_import_milliwh: int = 0
    shortfall_milliwh: int = 0
    surplus_milliwh: int = 0
    grid_export_milliwh: int = 0
    grid_import_milliwh: int = 0
    receipts_uyuan: int = 0
    payments_uyuan: int = 0
    wheeling_uyuan: int = 0
    imbalance_uyuan: int = 0
    grid_uyuan: int = 0
    excess_uyuan: int = 0
    escrow_uyuan: int = 0

    def add_sale(self, outcome: TradeOutcome, bill: TradeBill) -> None:
        self.sold_milliwh += outcome.trade.energy_milliwh
        self.delivered_sold_milliwh += outcome.delivered_milliwh
        self.shortfall_milliwh += outcome.shortfall_milliwh
        self._add_price(bill.seller_gets_uyuan)
        self.imbalance_uyuan -= bill.seller_short_uyuan
        self.excess_uyuan += bill.seller_excess_uyuan
        self.escrow_uyuan += outcome.trade.seller_escrow_uyuan

    def add_purchase(self, outcome: TradeOutcome, bill: TradeBill) -> None:
        self.bought_milliwh += outcome.trade.energy_milliwh
        self.delivered_bought_milliwh += outcome.delivered_milliwh
        self.surplus_milliwh += outcome.surplus_milliwh
        self._add_price(-bill.buyer_pays_uyuan)
        self.wheeling_uyuan -= bill.wheeling_uyuan
        self.imbalance_uyuan -= bill.buyer_long_uyuan
        self.excess_uyuan += bill.buyer_excess_uyuan
        self.escrow_uyuan += outcome.trade.buyer_escrow_uyuan

    def _add_price(self, amount_uyuan: int) -> None:
        if amount_uyuan > 0:
            self.receipts_uyuan += amount_uyuan
        else:
            self.payments_uyuan -= amount_uyuan

    def set_against(self, others: Iterable["_Tally"]) -> None:
        """Make this the grid company's: it gets what the others pay it, and settles nothing with itself."""
        self.wheeling_uyuan = self.imbalance_uyuan = self.grid_uyuan = self.excess_uyuan = 0
        for other in others:
            self.wheeling_uyuan -= other.wheeling_uyuan
            self.imbalance_uyuan -= other.imbalance_uyuan
            self.grid_uyuan -= other.grid_uyuan

    def statement(self, period: DeliveryPeriod, participant_id: ParticipantId) -> Statement:
        market_uyuan = self.receipts_uyuan - self.payments_uyuan
        return Statement(
            period=period,
            participant_id=participant_id,
            run=RunKind.PRELIMINARY,
            sold_milliwh=self.sold_milliwh,
            bought_milliwh=self.bought_milliwh,
            delivered_sold_milliwh=self.delivered_sold_milliwh,
            delivered_bought_milliwh=self.delivered_bought_milliwh,
            metered_export_milliwh=self.metered_export_milliwh,
            metered_import_milliwh=self.metered_import_milliwh,
            shortfall_milliwh=self.shortfall_milliwh,
            surplus_milliwh=self.surplus_milliwh,
            grid_export_milliwh=self.grid_export_milliwh,
            grid_import_milliwh=self.grid_import_milliwh,
            trade_receipts_uyuan=self.receipts_uyuan,
            trade_payments_uyuan=self.payments_uyuan,
            wheeling_uyuan=self.wheeling_uyuan,
            imbalance_uyuan=self.imbalance_uyuan,
            grid_uyuan=self.grid_uyuan,
            net_uyuan=market_uyuan + self.wheeling_uyuan + self.imbalance_uyuan + self.grid_uyuan,
            arrears_uyuan=self.excess_uyuan,
            claim_uyuan=0,
        )
