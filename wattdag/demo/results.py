"""What a demonstration's ledger holds at the end, read from state for the summary and the report."""

from collections.abc import Sequence
from dataclasses import dataclass

from transaction_families.accounts.state import PARTICIPANTS_PREFIX, Participant
from transaction_families.energy_orders.state import Clearing, Trade, clearing_address, trade_prefix
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.state import (
    PeriodSettlement,
    Statement,
    period_settlement_address,
    statement_prefix,
)
from transaction_families.token_mining.state import (
    MiningWeek,
    TokenAccount,
    mining_week_prefix,
    token_account_prefix,
)
from transaction_families.units import amount_rounded_down_uyuan
from validator.ledger_view import LedgerView


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """One delivery period: what was traded, and what became of it."""

    period: DeliveryPeriod
    clearing: Clearing | None
    trades: tuple[Trade, ...]
    settlement: PeriodSettlement | None
    statements: tuple[Statement, ...]

    @property
    def traded_milliwh(self) -> int:
        """Energy of all trades."""
        return sum(trade.energy_milliwh for trade in self.trades)

    @property
    def delivered_milliwh(self) -> int:
        """Energy of the trades that the sellers' meters show."""
        return self.settlement.delivered_milliwh if self.settlement else 0

    @property
    def imbalance_milliwh(self) -> int:
        """Energy sold and not fed in, plus energy delivered and not taken."""
        settlement = self.settlement
        return settlement.shortfall_milliwh + settlement.surplus_milliwh if settlement else 0

    @property
    def imported_milliwh(self) -> int:
        """What all meters took from the grid."""
        return sum(statement.metered_import_milliwh for statement in self.statements)

    @property
    def paid_uyuan(self) -> int:
        """What sellers received for delivered energy."""
        return sum(
            amount_rounded_down_uyuan(trade.delivered_milliwh, trade.price_uyuan_per_kwh)
            for trade in self.trades
        )

    @property
    def moved_uyuan(self) -> int:
        """What changed hands after netting: the sum of all parties' receipts."""
        return sum(max(statement.net_uyuan, 0) for statement in self.statements)


@dataclass(frozen=True, slots=True)
class Results:
    """A finished demonstration."""

    participants: tuple[Participant, ...]
    periods: tuple[PeriodResult, ...]
    weeks: tuple[MiningWeek, ...]
    token_accounts: tuple[TokenAccount, ...]


def read_results(ledger: LedgerView, periods: Sequence[DeliveryPeriod]) -> Results:
    """Return what the ledger holds of the given periods, and of mining."""
    return Results(
        tuple(ledger.list(Participant, PARTICIPANTS_PREFIX)),
        tuple(_read_period(ledger, period) for period in periods),
        tuple(ledger.list(MiningWeek, mining_week_prefix())),
        tuple(ledger.list(TokenAccount, token_account_prefix())),
    )


def _read_period(ledger: LedgerView, period: DeliveryPeriod) -> PeriodResult:
    trades = ledger.list(Trade, trade_prefix(period))
    statements = ledger.list(Statement, statement_prefix(period))
    return PeriodResult(
        period,
        ledger.find(Clearing, clearing_address(period)),
        tuple(sorted(trades, key=lambda trade: trade.sequence)),
        ledger.find(PeriodSettlement, period_settlement_address(period)),
        tuple(sorted(statements, key=lambda statement: statement.participant_id)),
    )
