"""The preliminary run: every party's statement, computed from the readings so far. No money moves."""

from dataclasses import replace

from transaction_families.errors import AlreadyDoneError, TooEarlyError
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.periods import DeliveryPeriod, Seconds, check_period
from transaction_families.settlement.errors import NothingToSettleError
from transaction_families.settlement.parameters import get_settlement_parameters
from transaction_families.settlement.period_result import (
    read_period_inputs,
    run_event,
    settle_energy,
    with_totals,
)
from transaction_families.settlement.state import (
    PeriodSettlement,
    SettlementParameters,
    SettlementStatus,
    period_settlement_address,
)
from transaction_families.settlement.tariff import get_grid_prices, get_tariff
from transaction_families.state_view import Changes, StateView


def preliminary_due_s(period: DeliveryPeriod, parameters: SettlementParameters) -> Seconds:
    """Return from when the preliminary run is due."""
    return Seconds(period.end_s + parameters.preliminary_delay_s)


def process_preliminary_run(state: StateView, period: DeliveryPeriod) -> Changes:
    """Write the next slice of a period's preliminary statements; the last one opens the dispute window.

    The first slice pins the grid company's prices. Between slices no reading is taken, so that all
    statements of a run belong together.

    Args:
        state: Global state.
        period: Which one.

    Returns:
        Statements in the order of participants, and the course of the settlement.

    Raises:
        MalformedPayloadError: The period is none.
        UnknownEntryError: No parameters or grid prices have been set.
        TooEarlyError: It is not due.
        AlreadyDoneError: It has been carried out.
        ClearingPendingError: The period's orders have not been cleared.
        NothingToSettleError: The period has neither trades nor readings.
    """
    check_period(period)
    settlement = state.find(PeriodSettlement, period_settlement_address(period))
    if settlement is not None and settlement.status is not SettlementStatus.DRAFTING:
        raise AlreadyDoneError(f"preliminary settlement of period {period}")
    parameters = get_settlement_parameters(state, period)
    now_s = get_ledger_time_s(state)
    if now_s < (due_s := preliminary_due_s(period, parameters)):
        raise TooEarlyError(f"preliminary settlement of period {period}", due_s, now_s)
    inputs = read_period_inputs(state, period)
    if not (inputs.trades or inputs.readings):
        raise NothingToSettleError(period)
    if settlement is None:
        tariff = get_tariff(state)
        settlement = PeriodSettlement(
            period,
            SettlementStatus.DRAFTING,
            tariff.grid_company_id,
            get_grid_prices(state, tariff, period),
        )

    result = settle_energy(period, inputs, settlement.prices, settlement.grid_company_id)
    statements = result.bill.statements
    first = settlement.next_step
    last = min(first + parameters.settlement_steps_max, len(statements))
    if last < len(statements):
        return Changes(writes=(*statements[first:last], replace(settlement, next_step=last)))
    settlement = replace(
        with_totals(settlement, result),
        status=SettlementStatus.PRELIMINARY,
        next_step=0,
        preliminary_s=now_s,
        final_due_s=now_s + parameters.dispute_window_s,
    )
    return Changes(
        writes=(*statements[first:], settlement),
        events=(run_event("preliminary", settlement),),
    )
