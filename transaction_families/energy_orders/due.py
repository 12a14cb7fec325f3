"""Which clearings and expiries are due, for a node's keeper; transitions never use this."""

from collections.abc import Iterator, Mapping

from transaction_families.addressing import all_periods_prefix, period_start_s
from transaction_families.energy_orders.due_steps import find_expiry_due_s
from transaction_families.energy_orders.payload import ClearPeriod, ExpireOrders
from transaction_families.energy_orders.rules import MarketRules, find_all_rules
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    NAMESPACE,
    Clearing,
    ClearingStatus,
    OrderBucket,
    bucket_prefix,
    clearing_address,
)
from transaction_families.parameters import find_in_force
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Address, RangeReader

_HOUR_S = 3600


def clearing_due_s(rules: MarketRules, period: DeliveryPeriod) -> int:
    """Return when the clearing of a period is due, in UTC seconds."""
    return rules.gate_s(period)


class MarketSteps:
    """Looks for due steps of the market, again and again over one ledger.

    What is past its gate and cleared, or has no orders, stays so: it remembers up to where that holds, and
    does not look there again. A new one looks at everything once. Of the books that are open it remembers
    when each bucket's first order expires, since reading hundreds of orders anew takes long.
    """

    def __init__(self) -> None:
        self._finished_s: int | None = None  # periods that start earlier are finished
        self._expiries_s: dict[Address, tuple[bytes, int | None]] = {}  # by bucket, with what it held

    def find_due(self, reader: RangeReader, now_s: int) -> list[ClearPeriod | ExpireOrders]:
        """Return what is due at ``now_s``, ascending by period.

        A step that needs several transactions is returned again until its last one is committed.
        """
        due: list[ClearPeriod | ExpireOrders] = []
        known, self._expiries_s = self._expiries_s, {}
        for rules, period in self._open_periods(reader, now_s):
            if clearing_due_s(rules, period) <= now_s:
                if _needs_clearing(reader, period):
                    due.append(ClearPeriod(period))
                elif not due:
                    self._finished_s = period.end_s
            else:
                expiry_s = self._find_expiry_s(reader, period, rules.gate_s(period), known)
                if expiry_s is not None and expiry_s <= now_s:
                    due.append(ExpireOrders(period))
        return due

    def _find_expiry_s(
        self,
        reader: RangeReader,
        period: DeliveryPeriod,
        gate_s: int,
        known: Mapping[Address, tuple[bytes, int | None]],
    ) -> int | None:
        """Return when the first order of a period expires before the gate; ``None`` if none does."""
        first_s: int | None = None
        for address, data in reader.iterate(bucket_prefix(period)):
            found = known.get(address)
            if found is None or found[0] != data:
                found = data, find_expiry_due_s((OrderBucket.CODEC.decode(data),), gate_s)
            self._expiries_s[address] = found
            expiry_s = found[1]
            if expiry_s is not None and (first_s is None or expiry_s < first_s):
                first_s = expiry_s
        return first_s

    def _open_periods(self, reader: RangeReader, now_s: int) -> Iterator[tuple[MarketRules, DeliveryPeriod]]:
        """Yield the periods that may have open orders, up to the horizon, each with its rules."""
        versions = find_all_rules(reader.get(MARKET_PARAMETERS_ADDRESS))
        start_s = _first_start_s(reader) if self._finished_s is None else self._finished_s
        if not versions or start_s is None:
            return
        while True:
            rules = find_in_force(versions, start_s) or versions[0]
            period = DeliveryPeriod(start_s, rules.parameters.period_minutes)
            if rules.opens_s(period) > now_s:
                return
            yield rules, period
            start_s = period.end_s


def _first_start_s(reader: RangeReader) -> int | None:
    """Return the hour in which the first period starts that ever had an order."""
    entries = reader.iterate(all_periods_prefix(NAMESPACE))
    first_s = next((period_start_s(address) for address, _ in entries), None)
    return None if first_s is None else first_s - first_s % _HOUR_S


def _needs_clearing(reader: RangeReader, period: DeliveryPeriod) -> bool:
    if data := reader.get(clearing_address(period)):
        return Clearing.CODEC.decode(data).status is not ClearingStatus.DONE
    return any(bucket.orders for bucket in _read_buckets(reader, period))


def _read_buckets(reader: RangeReader, period: DeliveryPeriod) -> tuple[OrderBucket, ...]:
    return tuple(OrderBucket.CODEC.decode(data) for _, data in reader.iterate(bucket_prefix(period)))
