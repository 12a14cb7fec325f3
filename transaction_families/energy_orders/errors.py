"""Why a transaction of the energy_orders family is refused."""

from transaction_families.errors import InvalidTransaction
from transaction_families.periods import DeliveryPeriod


class PeriodLengthError(InvalidTransaction):
    """The period is not of the length in force."""

    def __init__(self, period: DeliveryPeriod, minutes: int) -> None:
        super().__init__(f"period.minutes: {period.minutes}, but periods are of {minutes} minutes then")
        self.period = period
        self.minutes = minutes


class MarketDesignError(InvalidTransaction):
    """The order is meant for another market design than the period's."""

    def __init__(self, stated: str, in_force: str) -> None:
        super().__init__(f"design: {stated}, but the period's market is {in_force}; sign the order for that")
        self.stated = stated
        self.in_force = in_force


class GateClosedError(InvalidTransaction):
    """The period's market has closed."""

    def __init__(self, period: DeliveryPeriod, gate_s: int, now_s: int) -> None:
        super().__init__(
            f"the gate of period {period} closed at {gate_s} (UTC seconds), the ledger's time is {now_s}"
        )
        self.period = period
        self.gate_s = gate_s
        self.now_s = now_s


class BeyondHorizonError(InvalidTransaction):
    """The period's market has not opened yet."""

    def __init__(self, period: DeliveryPeriod, opens_s: int, now_s: int) -> None:
        super().__init__(
            f"orders for period {period} may come from {opens_s} (UTC seconds), the ledger's time is {now_s}"
        )
        self.period = period
        self.opens_s = opens_s
        self.now_s = now_s


class ValidityPassedError(InvalidTransaction):
    """The order would have expired before it is placed."""

    def __init__(self, valid_until_s: int, now_s: int) -> None:
        super().__init__(
            f"valid_until_s: {valid_until_s} has passed, the ledger's time is {now_s}; 0 is until the gate"
        )
        self.valid_until_s = valid_until_s
        self.now_s = now_s


class OwesReceivableError(InvalidTransaction):
    """Who owes from an earlier settlement may not place orders."""

    def __init__(self, participant_id: str, owed_uyuan: int) -> None:
        super().__init__(f"participant {participant_id} owes {owed_uyuan} µyuan; pay them first")
        self.participant_id = participant_id
        self.owed_uyuan = owed_uyuan


class MeteringPointInactiveError(InvalidTransaction):
    """The metering point's readings do not count."""

    def __init__(self, metering_point_id: str) -> None:
        super().__init__(f"metering_point_id: {metering_point_id} is not active")
        self.metering_point_id = metering_point_id


class ForeignMeteringPointError(InvalidTransaction):
    """The metering point belongs to somebody else."""

    def __init__(self, metering_point_id: str, participant_id: str) -> None:
        super().__init__(f"metering_point_id: {metering_point_id} does not belong to {participant_id}")
        self.metering_point_id = metering_point_id
        self.participant_id = participant_id


class EnergyTooLargeError(InvalidTransaction):
    """The order is larger than the market allows."""

    def __init__(self, energy_milliwh: int, energy_milliwh_max: int) -> None:
        super().__init__(f"energy_milliwh: {energy_milliwh} is over the market's {energy_milliwh_max}")
        self.energy_milliwh = energy_milliwh
        self.energy_milliwh_max = energy_milliwh_max


class PriceOutOfBoundsError(InvalidTransaction):
    """The limit price is outside what the market allows."""

    def __init__(self, price_uyuan_per_kwh: int, least: int, most: int) -> None:
        super().__init__(f"price_uyuan_per_kwh: {price_uyuan_per_kwh} is outside {least} to {most}")
        self.price_uyuan_per_kwh = price_uyuan_per_kwh


class EnergySourceError(InvalidTransaction):
    """An ask's energy source is not what the producer is."""

    def __init__(self, stated: str, rule: str) -> None:
        super().__init__(f"energy_source: {stated} is not allowed: {rule}")
        self.stated = stated


class TooManyOrdersError(InvalidTransaction):
    """The participant has as many open orders in the period as the market allows."""

    def __init__(self, participant_id: str, orders_max: int) -> None:
        super().__init__(
            f"participant {participant_id} has {orders_max} open orders in the period, as many as allowed; "
            "cancel or replace one"
        )
        self.participant_id = participant_id
        self.orders_max = orders_max


class BucketFullError(InvalidTransaction):
    """The period's index has no room for another order of participants with this one's hash."""

    def __init__(self, bucket: int, orders_max: int) -> None:
        super().__init__(f"index bucket {bucket} holds {orders_max} open orders, the most there may be")
        self.bucket = bucket
        self.orders_max = orders_max


class SelfTradeError(InvalidTransaction):
    """The order crosses an open order of the same owner."""

    def __init__(self, order_id: str, own_order_id: str) -> None:
        super().__init__(
            f"order {order_id} crosses its owner's open order {own_order_id}: "
            "the bid's price must be below the ask's; cancel or replace that one"
        )
        self.order_id = order_id
        self.own_order_id = own_order_id


class InsufficientEscrowError(InvalidTransaction):
    """The contract account does not cover the order's worst case."""

    def __init__(self, participant_id: str, needed_uyuan: int, available_uyuan: int) -> None:
        super().__init__(
            f"participant {participant_id} needs {needed_uyuan} µyuan of free escrow "
            f"but has {available_uyuan}; deposit the difference"
        )
        self.participant_id = participant_id
        self.needed_uyuan = needed_uyuan
        self.available_uyuan = available_uyuan


class TooManyMatchesError(InvalidTransaction):
    """The order would meet more resting orders than one transaction may fill."""

    def __init__(self, order_id: str, matches: int, matches_max: int) -> None:
        super().__init__(
            f"order {order_id} meets {matches} resting orders, one transaction may fill {matches_max}; "
            "place it in smaller parts"
        )
        self.order_id = order_id
        self.matches = matches
        self.matches_max = matches_max


class ForeignOrderError(InvalidTransaction):
    """The order belongs to somebody else."""

    def __init__(self, order_id: str, participant_id: str) -> None:
        super().__init__(f"order {order_id} does not belong to {participant_id}")
        self.order_id = order_id
        self.participant_id = participant_id


class OrderClosedError(InvalidTransaction):
    """The order is no longer open."""

    def __init__(self, order_id: str, status: str) -> None:
        super().__init__(f"order {order_id} is {status} already")
        self.order_id = order_id
        self.status = status


class NothingToClearError(InvalidTransaction):
    """The period has neither orders nor trades."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"period {period} has neither open orders nor trades: nothing is to be cleared")
        self.period = period


class NothingToExpireError(InvalidTransaction):
    """No open order of the period has a time limit before the gate."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"no open order of period {period} has a time limit before the gate")
        self.period = period
