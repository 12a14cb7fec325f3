"""From statements to payments: what each party pays in, what it is paid, in an order that never runs dry.

All payments of a period go through one pot. First everybody who owes pays in; then the grid company takes
what is over or adds what is missing; then the receivers are paid. What the pot holds is never negative.

A party's amounts are netted into one. Only what the grid company owes is kept apart, as a *claim*: nothing
but the grid company stands behind it, so it must not pay for a trade. Thus a seller's money comes from
its buyers' escrow whether the grid company can pay or not. Netting and plan depend on the statements
alone; what an account really holds is asked when a step is carried out.
"""

from dataclasses import dataclass

from transaction_families.accounts.state import ParticipantId
from transaction_families.settlement.billing import PeriodBill
from transaction_families.settlement.state import Statement


@dataclass(frozen=True, slots=True)
class Collection:
    """A party's trades release their escrow, and the party pays what it owes."""

    statement: Statement
    escrow_uyuan: int
    owed_uyuan: int


@dataclass(frozen=True, slots=True)
class GridPayment:
    """The grid company takes what is over, or adds what is missing for the claims on it.

    ``secured`` and ``claims`` are the sums over all payouts.
    """

    statement: Statement
    owed_uyuan: int  # by all parties together, if everybody can pay
    excess_uyuan: int  # imbalance beyond escrow, owed to it on top
    secured_uyuan: int
    claims_uyuan: int
    dust_uyuan: int


@dataclass(frozen=True, slots=True)
class Payout:
    """A party is paid: for certain what trades secure, and its claim on the grid company as funds allow."""

    participant_id: ParticipantId
    secured_uyuan: int
    claim_uyuan: int
    secured_from_here_uyuan: int
    """The secured amounts of this payout and those after it: no claim may touch them."""


PaymentStep = Collection | GridPayment | Payout


def plan_payments(bill: PeriodBill, grid_company_id: ParticipantId) -> tuple[PaymentStep, ...]:
    """Return the steps of a final run: every party's collection, the grid company's part, the payouts.

    Collections and payouts are ascending by participant: earlier claims on a grid company that cannot
    meet all of them are served first. The grid company's own receipts stay in the pot for its part.
    """
    collections: list[Collection] = []
    due: list[tuple[ParticipantId, int, int]] = []
    grid_statement: Statement | None = None
    for statement in bill.statements:
        market_uyuan = statement.trade_receipts_uyuan - statement.trade_payments_uyuan
        grid_uyuan = statement.wheeling_uyuan + statement.imbalance_uyuan + statement.grid_uyuan
        is_grid = statement.participant_id == grid_company_id
        if is_grid:
            grid_statement, grid_uyuan = statement, 0
        secured_uyuan, claim_uyuan = market_uyuan + min(grid_uyuan, 0), max(grid_uyuan, 0)
        escrow_uyuan = bill.escrow_uyuan[statement.participant_id]
        collections.append(Collection(statement, escrow_uyuan, max(-secured_uyuan, 0)))
        if not is_grid and (secured_uyuan > 0 or claim_uyuan):
            due.append((statement.participant_id, max(secured_uyuan, 0), claim_uyuan))
    assert grid_statement is not None  # every bill has one

    payouts: list[Payout] = []
    secured_from_here_uyuan = 0
    for participant_id, secured_uyuan, claim_uyuan in reversed(due):
        secured_from_here_uyuan += secured_uyuan
        payouts.append(Payout(participant_id, secured_uyuan, claim_uyuan, secured_from_here_uyuan))
    payouts.reverse()
    grid = GridPayment(
        grid_statement,
        owed_uyuan=sum(collection.owed_uyuan for collection in collections),
        excess_uyuan=sum(statement.arrears_uyuan for statement in bill.statements),
        secured_uyuan=secured_from_here_uyuan,
        claims_uyuan=sum(payout.claim_uyuan for payout in payouts),
        dust_uyuan=bill.dust_uyuan,
    )
    return (*collections, grid, *payouts)
