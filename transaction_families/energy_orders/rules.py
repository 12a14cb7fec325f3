"""The market's rules in force for a delivery period, and the moments they set."""

from functools import lru_cache
from typing import Final

from transaction_families.energy_orders.errors import (
    BeyondHorizonError,
    GateClosedError,
    PeriodLengthError,
)
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    MarketParameterSchedule,
    MarketParameterVersion,
)
from transaction_families.errors import UnknownEntryError
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import get_in_force
from transaction_families.periods import DeliveryPeriod, check_period
from transaction_families.state_view import StateView


class MarketRules:
    """One version of the parameters, with its wheeling fees by zone and the moments of a period."""

    __slots__ = ("_fee_max_to", "_fees", "effective_from", "parameters")

    def __init__(self, version: MarketParameterVersion) -> None:
        self.effective_from: Final = version.effective_from_s
        self.parameters: Final = version.parameters
        default = version.parameters.wheeling_fee_default_uyuan_per_kwh
        self._fees = {
            (fee.from_zone, fee.to_zone): fee.fee_uyuan_per_kwh for fee in version.parameters.wheeling_fees
        }
        self._fee_max_to: dict[str, int] = {}
        for (_, to_zone), fee_uyuan_per_kwh in self._fees.items():
            self._fee_max_to[to_zone] = max(fee_uyuan_per_kwh, self._fee_max_to.get(to_zone, default))

    def wheeling_fee_uyuan_per_kwh(self, from_zone: str, to_zone: str) -> int:
        """Return what energy costs to carry from the seller's zone to the buyer's."""
        return self._fees.get((from_zone, to_zone), self.parameters.wheeling_fee_default_uyuan_per_kwh)

    def wheeling_fee_max_uyuan_per_kwh(self, to_zone: str) -> int:
        """Return the largest fee that a buyer in ``to_zone`` can meet."""
        return self._fee_max_to.get(to_zone, self.parameters.wheeling_fee_default_uyuan_per_kwh)

    def opens_s(self, period: DeliveryPeriod) -> int:
        """Return from when orders for the period may come."""
        return period.start_s - self.parameters.horizon_s

    def gate_s(self, period: DeliveryPeriod) -> int:
        """Return when the gate closes: from that second on, no order may come and clearing is due."""
        return period.start_s - self.parameters.gate_closure_s


def find_all_rules(data: bytes | None) -> tuple[MarketRules, ...]:
    """Return the rules that a schedule's bytes hold, ascending; none where nothing is kept."""
    return _rules(data) if data else ()


def get_rules(state: StateView, period: DeliveryPeriod) -> MarketRules:
    """Return the rules in force for a period.

    Raises:
        MalformedPayloadError: The period is not aligned, or of no known length.
        UnknownEntryError: No parameters hold for it.
        PeriodLengthError: Periods have another length then.
    """
    check_period(period)
    data = state.find_bytes(MARKET_PARAMETERS_ADDRESS)
    if data is None:
        raise UnknownEntryError("market parameter schedule", MARKET_PARAMETERS_ADDRESS)
    rules = get_in_force(_rules(data), period.start_s, "market")
    if period.minutes != rules.parameters.period_minutes:
        raise PeriodLengthError(period, rules.parameters.period_minutes)
    return rules


def get_open_market(state: StateView, period: DeliveryPeriod) -> tuple[MarketRules, int]:
    """Return the rules of a period whose market is open, and the ledger's time in UTC seconds.

    Raises:
        GateClosedError: The gate has closed.
        BeyondHorizonError: The market has not opened yet.
        InvalidTransaction: As ``get_rules``.
    """
    rules = get_rules(state, period)
    now_s = get_ledger_time_s(state)
    if now_s >= (gate_s := rules.gate_s(period)):
        raise GateClosedError(period, gate_s, now_s)
    if now_s < (opens_s := rules.opens_s(period)):
        raise BeyondHorizonError(period, opens_s, now_s)
    return rules, now_s


@lru_cache(maxsize=8)
def _rules(data: bytes) -> tuple[MarketRules, ...]:
    return tuple(map(MarketRules, MarketParameterSchedule.CODEC.decode(data).versions))
