"""The final run: pays for a period, once and for all.

Its steps, in order: each trade is marked settled; each party's escrow is released and what it owes is
collected; the grid company takes what is over or adds what is missing; the receivers are paid. The steps
follow from trades, readings and pinned prices alone, none of which can change any more; what accounts hold
is read when a step is carried out. Whatever cannot be paid becomes a receivable, so no step can fail.
"""

from collections import Counter
from dataclasses import replace

from transaction_families.accounts.state import Participant, ParticipantId, participant_address
from transaction_families.energy_orders.state import TradeStatus
from transaction_families.errors import AlreadyDoneError, TooEarlyError
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.periods import DeliveryPeriod, check_period
from transaction_families.settlement.allocation import TradeOutcome
from transaction_families.settlement.errors import SettlementRunningError
from transaction_families.settlement.parameters import get_settlement_parameters
from transaction_families.settlement.payments import (
    Collection,
    GridPayment,
    PaymentStep,
    Payout,
    plan_payments,
)
from transaction_families.settlement.period_result import (
    read_period_inputs,
    run_event,
    settle_energy,
    with_totals,
)
from transaction_families.settlement.purse import Purse
from transaction_families.settlement.state import (
    DUST_ID,
    PeriodSettlement,
    RunKind,
    SettlementStatus,
    Statement,
    period_settlement_address,
    statement_address,
)
from transaction_families.state_view import Changes, Entry, StateView
from transaction_families.token_mining.volumes import count_settled_volumes


def process_final_run(state: StateView, period: DeliveryPeriod) -> Changes:
    """Carry out the next slice of a period's payments; the last one closes the period.

    Args:
        state: Global state.
        period: Which one.

    Returns:
        Trades, statements, accounts, receivables and mining volumes that change. Over a slice, what
        accounts and the pot hold together stays the same.

    Raises:
        MalformedPayloadError: The period is none.
        UnknownEntryError: The preliminary run has not been carried out.
        SettlementRunningError: The preliminary run is not through.
        TooEarlyError: The dispute window is open.
        AlreadyDoneError: The period is settled.

    Source: paper, section 2.4 (3), settlement by the contract account.
    """
    check_period(period)
    settlement = state.get(PeriodSettlement, period_settlement_address(period), period)
    now_s = get_ledger_time_s(state)
    match settlement.status:
        case SettlementStatus.FINAL:
            raise AlreadyDoneError(f"final settlement of period {period}")
        case SettlementStatus.DRAFTING:
            raise SettlementRunningError(period)
        case SettlementStatus.PRELIMINARY | SettlementStatus.DISPUTED if now_s < settlement.final_due_s:
            raise TooEarlyError(f"final settlement of period {period}", settlement.final_due_s, now_s)
    result = settle_energy(
        period, read_period_inputs(state, period), settlement.prices, settlement.grid_company_id
    )
    steps = (*result.allocation.trades, *plan_payments(result.bill, settlement.grid_company_id))
    first = settlement.next_step
    last = min(first + get_settlement_parameters(state, period).settlement_steps_max, len(steps))
    applied = _Slice(state, settlement)
    for step in steps[first:last]:
        applied.apply(step)

    settlement = replace(with_totals(settlement, result), pot_uyuan=applied.pot_uyuan)
    if last < len(steps):
        settlement = replace(settlement, status=SettlementStatus.PAYING, next_step=last)
        return Changes(writes=(*applied.entries(now_s), settlement))
    assert settlement.pot_uyuan == 0
    settlement = replace(settlement, status=SettlementStatus.FINAL, next_step=0, final_s=now_s)
    return Changes(writes=(*applied.entries(now_s), settlement), events=(run_event("final", settlement),))


class _Slice:
    """The steps that one transaction carries out, and what they change."""

    def __init__(self, state: StateView, settlement: PeriodSettlement) -> None:
        self.pot_uyuan = settlement.pot_uyuan
        self._state = state
        self._period = settlement.period
        self._grid_company_id = settlement.grid_company_id
        self._purse = Purse(state, settlement.period)
        self._settled: list[Entry] = []
        self._statements: dict[ParticipantId, Statement] = {}
        self._volumes: Counter[ParticipantId] = Counter()
        self._owners: dict[ParticipantId, str] = {}

    def apply(self, step: TradeOutcome | PaymentStep) -> None:
        match step:
            case TradeOutcome():
                self._settle(step)
            case Collection():
                self._collect(step)
            case GridPayment():
                self._balance(step)
            case Payout():
                self._pay_out(step)

    def entries(self, now_s: int) -> tuple[Entry, ...]:
        """Return all that has changed but the course of the settlement."""
        volumes = count_settled_volumes(self._state, now_s, self._volumes) if self._volumes else ()
        return (*self._settled, *self._statements.values(), *self._purse.entries, *volumes)

    def _settle(self, outcome: TradeOutcome) -> None:
        trade = outcome.trade
        delivered_milliwh = outcome.delivered_milliwh
        self._settled.append(replace(trade, status=TradeStatus.SETTLED, delivered_milliwh=delivered_milliwh))
        parties = (trade.buyer_id, trade.seller_id)
        if self._grid_company_id not in parties and self._owner(parties[0]) != self._owner(parties[1]):
            for participant_id in parties:
                self._volumes[participant_id] += outcome.taken_milliwh

    def _collect(self, step: Collection) -> None:
        debtor_id = step.statement.participant_id
        self._purse.release(debtor_id, step.escrow_uyuan)
        paid_uyuan = self._purse.collect(debtor_id, step.owed_uyuan)
        self.pot_uyuan += paid_uyuan
        arrears_uyuan = step.statement.arrears_uyuan + step.owed_uyuan - paid_uyuan
        self._purse.owe(debtor_id, self._grid_company_id, arrears_uyuan)
        self._statements[debtor_id] = replace(step.statement, run=RunKind.FINAL, arrears_uyuan=arrears_uyuan)

    def _balance(self, step: GridPayment) -> None:
        """Leave in the pot what trades secure, and the claims as far as the grid company can pay them."""
        grid_id = self._grid_company_id
        unpaid_uyuan = step.owed_uyuan - self.pot_uyuan
        self._purse.deposit(DUST_ID, step.dust_uyuan)
        self.pot_uyuan -= step.dust_uyuan
        over_uyuan = self.pot_uyuan - step.secured_uyuan - step.claims_uyuan
        if over_uyuan >= 0:
            self._purse.pay_out(grid_id, over_uyuan)
            self.pot_uyuan -= over_uyuan
            missing_uyuan = 0
        else:
            added_uyuan = self._purse.collect_from_payout_account(grid_id, -over_uyuan)
            self.pot_uyuan += added_uyuan
            missing_uyuan = -over_uyuan - added_uyuan
        self._statements[grid_id] = replace(
            step.statement,
            run=RunKind.FINAL,
            arrears_uyuan=missing_uyuan,
            claim_uyuan=step.excess_uyuan + unpaid_uyuan,
        )

    def _pay_out(self, step: Payout) -> None:
        receiver_id = step.participant_id
        funds_uyuan = max(self.pot_uyuan - step.secured_from_here_uyuan, 0)
        due_uyuan = step.secured_uyuan + step.claim_uyuan
        paid_uyuan = min(step.secured_uyuan + min(step.claim_uyuan, funds_uyuan), self.pot_uyuan)
        self._purse.pay_out(receiver_id, paid_uyuan)
        self.pot_uyuan -= paid_uyuan
        if unpaid_uyuan := due_uyuan - paid_uyuan:
            self._purse.owe(self._grid_company_id, receiver_id, unpaid_uyuan)
            statement = self._statement(receiver_id)
            self._statements[receiver_id] = replace(statement, claim_uyuan=unpaid_uyuan)

    def _statement(self, participant_id: ParticipantId) -> Statement:
        if (statement := self._statements.get(participant_id)) is not None:
            return statement
        return self._state.get(Statement, statement_address(self._period, participant_id), participant_id)

    def _owner(self, participant_id: ParticipantId) -> str:
        if (owner := self._owners.get(participant_id)) is None:
            address = participant_address(participant_id)
            owner = self._state.get(Participant, address, participant_id).beneficial_owner
            self._owners[participant_id] = owner
        return owner
