"""What became of a trade after delivery: readings, payment and the week's tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transaction_families.accounts.state import ParticipantId
from transaction_families.addressing import bucket_of
from transaction_families.energy_orders.state import Trade, TradeStatus, trade_prefix
from transaction_families.entry_kinds import find_entry_kind
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.allocation import TradeOutcome
from transaction_families.settlement.billing import TradeBill, bill_trade
from transaction_families.settlement.period_result import PeriodInputs, settle_energy
from transaction_families.settlement.state import (
    PeriodSettlement,
    Reading,
    Statement,
    period_settlement_address,
    reading_address,
    settlement_period_prefix,
    statement_address,
)
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MiningClock,
    MiningWeek,
    TokenAccount,
    Week,
    WeekBucket,
    mining_week_address,
    token_account_address,
    week_bucket_address,
)
from transaction_families.token_mining.weeks import find_week, week_end_s
from validator.ledger_view import LedgerView
from wattdag.cli.tracing.places import Place, iterate_writes


@dataclass(frozen=True, slots=True)
class ReadingTrace:
    """A meter's latest reading of the delivery period, and the transaction that brought it."""

    reading: Reading
    submitted: Place


@dataclass(frozen=True, slots=True)
class SettlementTrace:
    """What the trade came to, worked out anew from readings and prices, and what the ledger says.

    Attributes:
        settlement: The course of the period's settlement.
        outcome: Energy delivered and taken.
        bill: The money that the trade moves.
        statements: Of buyer and seller, each over all its trades of the period.
        fits: Whether the ledger's statements and delivered energy are what they must be.
        paid: The transaction that settled the trade; ``None`` before the final run.
    """

    settlement: PeriodSettlement
    outcome: TradeOutcome
    bill: TradeBill
    statements: tuple[Statement, ...]
    fits: bool
    paid: Place | None


@dataclass(frozen=True, slots=True)
class TokenReward:
    """A party's settled volume of a week, and what it brought once the week was rolled."""

    participant_id: ParticipantId
    volume_milliwh: int
    reward_utoken: int | None
    rolled: Place | None


@dataclass(frozen=True, slots=True)
class TokensTrace:
    """The mining week that the trade counts towards; ``mining_week`` is ``None`` before its roll."""

    week: Week
    mining_week: MiningWeek | None
    rewards: tuple[TokenReward, ...]


def trace_readings(view: LedgerView, trade: Trade) -> tuple[ReadingTrace, ...]:
    """Return the readings of the buyer's and the seller's meter, as far as they have arrived."""
    traces = []
    for point in (trade.buyer_metering_point_id, trade.seller_metering_point_id):
        address = reading_address(trade.period, point)
        if (reading := view.find(Reading, address)) is None:
            continue
        writes = iterate_writes(view.blocks, view.block, address, reading.received_s, reading.received_s)
        *_, latest = writes
        traces.append(ReadingTrace(reading, latest.place))
    return tuple(traces)


def trace_settlement(view: LedgerView, trade: Trade) -> SettlementTrace | None:
    """Return what the trade came to; ``None`` before the preliminary run."""
    settlement = view.find(PeriodSettlement, period_settlement_address(trade.period))
    if settlement is None:
        return None
    trades = sorted(view.list(Trade, trade_prefix(trade.period)), key=lambda one: one.sequence)
    inputs = PeriodInputs(tuple(trades), tuple(_list_readings(view, trade.period)))
    result = settle_energy(trade.period, inputs, settlement.prices, settlement.grid_company_id)
    outcome = result.allocation.trades[trade.sequence - 1]
    parties = (trade.buyer_id, trade.seller_id)
    statements = tuple(
        statement
        for party in parties
        if (statement := view.find(Statement, statement_address(trade.period, party))) is not None
    )
    expected = [one for party in parties for one in result.bill.statements if one.participant_id == party]
    is_settled = trade.status is TradeStatus.SETTLED
    return SettlementTrace(
        settlement,
        outcome,
        bill_trade(outcome, settlement.prices),
        statements,
        _fit(statements, expected)
        and (not is_settled or trade.delivered_milliwh == outcome.delivered_milliwh),
        _find_payment(view, trade, settlement) if is_settled else None,
    )


def trace_tokens(view: LedgerView, trade: Trade, settled_s: int) -> TokensTrace | None:
    """Return what the week of the final settlement brought to both parties; ``None`` without mining."""
    clock = view.find(MiningClock, MINING_CLOCK_ADDRESS)
    if clock is None or (week := find_week(clock, settled_s)) is None:
        return None
    mining_week = view.find(MiningWeek, mining_week_address(week))
    return TokensTrace(
        week,
        mining_week,
        tuple(
            _trace_reward(view, party, week, week_end_s(clock, week), mining_week)
            for party in (trade.buyer_id, trade.seller_id)
        ),
    )


def _list_readings(view: LedgerView, period: DeliveryPeriod) -> list[Reading]:
    readings = []
    for address, data in view.state.iterate(settlement_period_prefix(period)):
        kind = find_entry_kind(address)
        if kind is not None and kind.entry_type is Reading:
            readings.append(Reading.CODEC.decode(data))
    return readings


def _fit(statements: Sequence[Statement], expected: Sequence[Statement]) -> bool:
    """Tell whether statements are the expected ones, apart from what payment left open."""
    given = [
        replace(statement, run=due.run, arrears_uyuan=due.arrears_uyuan, claim_uyuan=due.claim_uyuan)
        for statement, due in zip(statements, expected, strict=False)
    ]
    return given == list(expected)


def _find_payment(view: LedgerView, trade: Trade, settlement: PeriodSettlement) -> Place | None:
    until_s = settlement.final_s or None  # a run in several chunks has no end before its last
    writes = iterate_writes(view.blocks, view.block, trade.address, settlement.final_due_s, until_s)
    for write in writes:
        if write.value and Trade.CODEC.decode(write.value).status is TradeStatus.SETTLED:
            return write.place
    return None


def _trace_reward(
    view: LedgerView, party: ParticipantId, week: Week, ended_s: int, mining_week: MiningWeek | None
) -> TokenReward:
    bucket = view.find(WeekBucket, week_bucket_address(week, bucket_of(party)))
    volumes = {one.participant_id: one.volume_milliwh for one in bucket.volumes} if bucket else {}
    volume_milliwh = volumes.get(party, 0)
    if mining_week is None:
        return TokenReward(party, volume_milliwh, None, None)
    until_s = mining_week.rolled_s or None
    for write in iterate_writes(view.blocks, view.block, token_account_address(party), ended_s, until_s):
        account = TokenAccount.CODEC.decode(write.value) if write.value else TokenAccount(party)
        for reward in account.recent_rewards:
            if reward.week == week:
                return TokenReward(party, volume_milliwh, reward.reward_utoken, write.place)
    return TokenReward(party, volume_milliwh, None, None)
