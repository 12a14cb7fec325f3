"""What the report shows, summed from a run's results: over time, between parties, and by participant."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transaction_families.accounts.state import Participant, ParticipantId, ParticipantKind
from transaction_families.settlement.state import Statement
from transaction_families.token_mining.state import TokenAccount
from wattdag.demo.results import PeriodResult, Results

SLICES_MAX: Final = 2_000
"""Points in time that a plot has at most; a browser draws them without delay."""

Flows = Mapping[tuple[ParticipantId, ParticipantId], int]
"""Energy in mWh by (seller, buyer), ascending."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of time: a delivery period or, in a long run, several after each other."""

    start_s: int
    end_s: int
    price_uyuan_per_kwh: int | None  # mean of the clearing prices, weighted by energy; None without trades
    feed_in_uyuan_per_kwh: int | None  # None where nothing is settled yet
    retail_uyuan_per_kwh: int | None
    traded_milliwh: int
    delivered_milliwh: Mapping[ParticipantKind, int]  # by kind of seller
    grid_sold_milliwh: int
    imported_milliwh: int
    shortfall_milliwh: int
    surplus_milliwh: int


@dataclass(frozen=True, slots=True)
class Account:
    """A participant's sums over all periods. Energy in mWh; money in µyuan, over 0 where it receives."""

    participant: Participant
    statements: int
    sold_milliwh: int
    bought_milliwh: int
    shortfall_milliwh: int
    surplus_milliwh: int
    grid_export_milliwh: int
    grid_import_milliwh: int
    receipts_uyuan: int
    payments_uyuan: int  # 0 or less
    wheeling_uyuan: int
    imbalance_uyuan: int
    grid_uyuan: int
    net_uyuan: int
    tokens: TokenAccount


def slice_time(results: Results) -> tuple[Slice, ...]:
    """Return the run's course in equal slices, at most `SLICES_MAX`, ascending."""
    kinds = _kinds(results)
    length = -(-len(results.periods) // SLICES_MAX) or 1
    starts = range(0, len(results.periods), length)
    return tuple(_slice(results.periods[start : start + length], kinds) for start in starts)


def traded_flows(results: Results) -> Flows:
    """Return who sold how much to whom, as matched."""
    return _flows(
        results, lambda period: [(t.seller_id, t.buyer_id, t.energy_milliwh) for t in period.trades]
    )


def delivered_flows(results: Results) -> Flows:
    """Return who fed in how much for whom, as metered; the grid company's part included.

    The grid company buys what producers fed in beyond their trades and sells what consumers took beyond
    theirs. It is a party of both kinds.
    """
    return _flows(results, _deliveries)


def sum_accounts(results: Results) -> tuple[Account, ...]:
    """Return every participant's account, ordered by kind, then by name."""
    statements: dict[str, list[Statement]] = {}
    for period in results.periods:
        for statement in period.statements:
            statements.setdefault(statement.participant_id, []).append(statement)
    tokens = {account.participant_id: account for account in results.token_accounts}
    ordered = sorted(results.participants, key=lambda one: (one.kind, one.participant_id))
    return tuple(
        _account(one, statements.get(one.participant_id, []), tokens.get(one.participant_id))
        for one in ordered
    )


def _kinds(results: Results) -> Mapping[ParticipantId, ParticipantKind]:
    return {one.participant_id: one.kind for one in results.participants}


def _slice(periods: Sequence[PeriodResult], kinds: Mapping[ParticipantId, ParticipantKind]) -> Slice:
    priced = [period.clearing for period in periods if period.clearing and period.clearing.has_price]
    volume_milliwh = sum(clearing.volume_milliwh for clearing in priced)
    value = sum(clearing.volume_milliwh * clearing.price_uyuan_per_kwh for clearing in priced)
    settlements = [period.settlement for period in periods if period.settlement]
    prices = settlements[-1].prices if settlements else None
    delivered_milliwh: Counter[ParticipantKind] = Counter()
    for period in periods:
        for trade in period.trades:
            delivered_milliwh[kinds[trade.seller_id]] += trade.delivered_milliwh
    return Slice(
        start_s=periods[0].period.start_s,
        end_s=periods[-1].period.end_s,
        price_uyuan_per_kwh=value // volume_milliwh if volume_milliwh else None,
        feed_in_uyuan_per_kwh=prices.feed_in_uyuan_per_kwh if prices else None,
        retail_uyuan_per_kwh=prices.retail_uyuan_per_kwh if prices else None,
        traded_milliwh=sum(period.traded_milliwh for period in periods),
        delivered_milliwh=delivered_milliwh,
        grid_sold_milliwh=sum(settlement.grid_sold_milliwh for settlement in settlements),
        imported_milliwh=sum(period.imported_milliwh for period in periods),
        shortfall_milliwh=sum(settlement.shortfall_milliwh for settlement in settlements),
        surplus_milliwh=sum(settlement.surplus_milliwh for settlement in settlements),
    )


def _flows(
    results: Results,
    of_period: Callable[[PeriodResult], list[tuple[ParticipantId, ParticipantId, int]]],
) -> Flows:
    flows: Counter[tuple[ParticipantId, ParticipantId]] = Counter()
    for period in results.periods:
        for seller_id, buyer_id, energy_milliwh in of_period(period):
            flows[seller_id, buyer_id] += energy_milliwh
    return {pair: flows[pair] for pair in sorted(flows) if flows[pair]}


def _deliveries(period: PeriodResult) -> list[tuple[ParticipantId, ParticipantId, int]]:
    flows = [(trade.seller_id, trade.buyer_id, trade.delivered_milliwh) for trade in period.trades]
    if period.settlement is None:
        return flows
    grid_id = period.settlement.grid_company_id
    for statement in period.statements:
        party_id = statement.participant_id
        if party_id != grid_id:
            flows.append((party_id, grid_id, statement.grid_export_milliwh))
            flows.append((grid_id, party_id, statement.grid_import_milliwh))
    return flows


def _account(one: Participant, statements: Sequence[Statement], tokens: TokenAccount | None) -> Account:
    return Account(
        participant=one,
        statements=len(statements),
        sold_milliwh=sum(statement.sold_milliwh for statement in statements),
        bought_milliwh=sum(statement.bought_milliwh for statement in statements),
        shortfall_milliwh=sum(statement.shortfall_milliwh for statement in statements),
        surplus_milliwh=sum(statement.surplus_milliwh for statement in statements),
        grid_export_milliwh=sum(statement.grid_export_milliwh for statement in statements),
        grid_import_milliwh=sum(statement.grid_import_milliwh for statement in statements),
        receipts_uyuan=sum(statement.trade_receipts_uyuan for statement in statements),
        payments_uyuan=-sum(statement.trade_payments_uyuan for statement in statements),
        wheeling_uyuan=sum(statement.wheeling_uyuan for statement in statements),
        imbalance_uyuan=sum(statement.imbalance_uyuan for statement in statements),
        grid_uyuan=sum(statement.grid_uyuan for statement in statements),
        net_uyuan=sum(statement.net_uyuan for statement in statements),
        tokens=tokens or TokenAccount(one.participant_id),
    )
