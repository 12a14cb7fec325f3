"""Transitions by which owners place, replace and cancel their orders."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.identifiers import check_name
from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import (
    ContractAccount,
    EnergySource,
    MeteringPoint,
    MeteringPointStatus,
    Participant,
    ParticipantId,
    Role,
    contract_account_address,
    metering_point_address,
)
from transaction_families.energy_orders.buckets import (
    get_bucket,
    open_order,
    orders_of,
    with_order,
    without_orders,
)
from transaction_families.energy_orders.continuous import trade_at_entry
from transaction_families.energy_orders.errors import (
    EnergySourceError,
    EnergyTooLargeError,
    ForeignMeteringPointError,
    ForeignOrderError,
    InsufficientEscrowError,
    MarketDesignError,
    MeteringPointInactiveError,
    OrderClosedError,
    OwesReceivableError,
    PriceOutOfBoundsError,
    SelfTradeError,
    TooManyOrdersError,
    ValidityPassedError,
)
from transaction_families.energy_orders.escrow import closed, locked, released, worst_case_uyuan
from transaction_families.energy_orders.events import order_canceled, order_placed
from transaction_families.energy_orders.payload import CancelOrder, ReplaceOrder, SubmitOrder
from transaction_families.energy_orders.rules import MarketRules, get_open_market
from transaction_families.energy_orders.state import (
    MarketDesign,
    Order,
    OrderBucket,
    OrderId,
    OrderStatus,
    Side,
    order_address,
)
from transaction_families.errors import DuplicateEntryError, MalformedPayloadError
from transaction_families.handler import PublicKey
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Changes, StateView
from transaction_families.units import check_positive

PREFERRED_PARTNERS_MAX: Final = 8
_ORDER_ID = re.compile(r"[0-9a-f]{32}")
_SOURCES: Final = frozenset(map(int, EnergySource)) - {EnergySource.ANY}
_ROLE: Final = {Side.BID: Role.CONSUMER, Side.ASK: Role.PRODUCER}


@dataclass(frozen=True, slots=True)
class _Standing:
    """What an owner's orders of a period stand on: its money and the index that lists them."""

    account: ContractAccount
    bucket: OrderBucket


def process_submit_order(state: StateView, tx: SubmitOrder, signer: PublicKey) -> Changes:
    """Place an order and lock its worst case; under continuous matching, trade at once what crosses.

    Rules are checked in the order of the errors below. Writes three entries under a call auction: the
    order, the owner's contract account, the owner's index bucket.

    Raises:
        MalformedPayloadError: A field is outside its domain, or the period is not aligned.
        PeriodLengthError: Periods have another length then.
        GateClosedError: The period's gate has closed.
        BeyondHorizonError: The period's market has not opened.
        MarketDesignError: The market is of another design than the order states.
        ValidityPassedError: The order's time limit has passed.
        UnknownEntryError: There is no such participant, contract account, metering point or market.
        NotPermittedError: The signer's key is not the participant's, or it lacks the role.
        ParticipantSuspendedError: The participant is suspended.
        OwesReceivableError: The participant has not paid an earlier settlement.
        ForeignMeteringPointError: The metering point is not the participant's.
        MeteringPointInactiveError: It is not active.
        EnergyTooLargeError: The energy is over the market's maximum.
        PriceOutOfBoundsError: The price is outside the market's bounds.
        EnergySourceError: An ask's source does not fit the producer.
        DuplicateEntryError: The period has an order of that id.
        TooManyOrdersError: The participant has too many open orders in the period.
        SelfTradeError: The order crosses an open one of the same owner.
        InsufficientEscrowError: The contract account does not cover the worst case.
        BucketFullError: The period's index has no room.
        TooManyMatchesError: More resting orders would be filled than one transaction may.

    Source: paper sections 3 (a contract account holds the money that backs orders) and 5, phase 1.
    """
    rules, now_s = _get_open_market(state, tx)
    owner = get_signing_participant(state, tx.participant_id, signer, "place orders")
    standing = _get_standing(state, tx.period, tx.participant_id)
    return _place(state, tx, owner, standing, rules, now_s)


def process_replace_order(state: StateView, tx: ReplaceOrder, signer: PublicKey) -> Changes:
    """Cancel an open order and place another one with what it frees; both or neither.

    The new order has a new id and, under continuous matching, goes to the end of the queue.

    Raises:
        UnknownEntryError: There is no such order.
        ForeignOrderError: It is not the participant's.
        OrderClosedError: It is no longer open.
        InvalidTransaction: As ``process_submit_order``.
    """
    new = tx.replacement
    rules, now_s = _get_open_market(state, new)
    owner = get_signing_participant(state, new.participant_id, signer, "replace orders")
    standing = _get_standing(state, new.period, new.participant_id)
    order = _get_own_open_order(state, new.period, owner, tx.replaced_order_id)
    changes = _place(state, new, owner, _without_order(standing, order), rules, now_s)
    return Changes(
        writes=(closed(order, OrderStatus.CANCELED), *changes.writes),
        events=(order_canceled(order), *changes.events),
    )


def process_cancel_order(state: StateView, tx: CancelOrder, signer: PublicKey) -> Changes:
    """Take an open order out of the market and release what it still locks.

    Raises:
        GateClosedError: The period's gate has closed.
        UnknownEntryError: There is no such participant or order.
        NotPermittedError: The signer's key is not the participant's.
        ForeignOrderError: The order is not the participant's.
        OrderClosedError: It is no longer open.
    """
    get_open_market(state, tx.period)
    owner = get_signing_participant(state, tx.participant_id, signer, "cancel orders")
    order = _get_own_open_order(state, tx.period, owner, tx.order_id)
    standing = _without_order(_get_standing(state, tx.period, tx.participant_id), order)
    return Changes(
        writes=(closed(order, OrderStatus.CANCELED), standing.account, standing.bucket),
        events=(order_canceled(order),),
    )


def _place(
    state: StateView,
    tx: SubmitOrder,
    owner: Participant,
    standing: _Standing,
    rules: MarketRules,
    now_s: int,
) -> Changes:
    check_role(owner, _ROLE[tx.side], "sell energy" if tx.side is Side.ASK else "buy energy")
    if standing.account.owed_uyuan:
        raise OwesReceivableError(tx.participant_id, standing.account.owed_uyuan)
    zone = _get_own_metering_point(state, tx).zone
    _check_size(tx, rules)
    source = _source_of(tx, owner)
    _check_preferences(tx.preferred_partners)
    _check_id_free(state, tx)
    _check_own_orders(tx, standing.bucket, rules, now_s)
    needed_uyuan = worst_case_uyuan(tx.side, tx.energy_milliwh, tx.price_uyuan_per_kwh, zone, rules)
    account = standing.account
    if needed_uyuan > account.available_uyuan:
        raise InsufficientEscrowError(tx.participant_id, needed_uyuan, account.available_uyuan)

    order = Order(
        order_id=tx.order_id,
        period=tx.period,
        participant_id=tx.participant_id,
        side=tx.side,
        energy_milliwh=tx.energy_milliwh,
        price_uyuan_per_kwh=tx.price_uyuan_per_kwh,
        metering_point_id=tx.metering_point_id,
        zone=zone,
        energy_source=source,
        preferred_partners=tx.preferred_partners,
        valid_until_s=tx.valid_until_s,
        status=OrderStatus.ACTIVE,
        filled_milliwh=0,
        escrow_uyuan=needed_uyuan,
        placed_s=now_s,
        sequence=0,
    )
    if rules.parameters.design is MarketDesign.CONTINUOUS:
        return trade_at_entry(state, order, account, standing.bucket, rules, now_s)
    return Changes(
        writes=(
            order,
            locked(account, needed_uyuan),
            with_order(standing.bucket, open_order(order)),
        ),
        events=(order_placed(order),),
    )


def _get_open_market(state: StateView, tx: SubmitOrder) -> tuple[MarketRules, int]:
    """Return the rules and the time, once the order's own terms fit both."""
    rules, now_s = get_open_market(state, tx.period)
    design = rules.parameters.design
    if tx.design is not design:
        raise MarketDesignError(tx.design.name, design.name)
    if tx.valid_until_s < 0:
        raise MalformedPayloadError("valid_until_s", tx.valid_until_s, "UTC seconds, or 0 for gate closure")
    if 0 < tx.valid_until_s <= now_s:
        raise ValidityPassedError(tx.valid_until_s, now_s)
    return rules, now_s


def _get_standing(state: StateView, period: DeliveryPeriod, participant_id: ParticipantId) -> _Standing:
    account = state.get(
        ContractAccount,
        contract_account_address(participant_id, SETTLEMENT),
        f"{participant_id} {SETTLEMENT}",
    )
    return _Standing(account, get_bucket(state, period, participant_id))


def _without_order(standing: _Standing, order: Order) -> _Standing:
    """Return what an owner's orders stand on without one of them."""
    return _Standing(
        released(standing.account, order.escrow_uyuan), without_orders(standing.bucket, (open_order(order),))
    )


def _get_own_open_order(
    state: StateView, period: DeliveryPeriod, owner: Participant, order_id: OrderId
) -> Order:
    order = state.get(Order, order_address(period, order_id), order_id)
    if order.participant_id != owner.participant_id:
        raise ForeignOrderError(order_id, owner.participant_id)
    if not order.status.is_open:
        raise OrderClosedError(order_id, order.status.name)
    return order


def _get_own_metering_point(state: StateView, tx: SubmitOrder) -> MeteringPoint:
    point = state.get(MeteringPoint, metering_point_address(tx.metering_point_id), tx.metering_point_id)
    if point.participant_id != tx.participant_id:
        raise ForeignMeteringPointError(tx.metering_point_id, tx.participant_id)
    if point.status is not MeteringPointStatus.ACTIVE:
        raise MeteringPointInactiveError(tx.metering_point_id)
    return point


def _check_size(tx: SubmitOrder, rules: MarketRules) -> None:
    limits = rules.parameters
    check_positive("energy_milliwh", tx.energy_milliwh)
    if tx.energy_milliwh > limits.order_energy_milliwh_max:
        raise EnergyTooLargeError(tx.energy_milliwh, limits.order_energy_milliwh_max)
    least, most = limits.price_uyuan_per_kwh_min, limits.price_uyuan_per_kwh_max
    if not least <= tx.price_uyuan_per_kwh <= most:
        raise PriceOutOfBoundsError(tx.price_uyuan_per_kwh, least, most)


def _source_of(tx: SubmitOrder, owner: Participant) -> EnergySource:
    """Return the source that the ledger keeps: a producer's own, or what a bid prefers."""
    if tx.side is Side.BID:
        return tx.energy_source
    own = EnergySource(owner.kind) if owner.kind in _SOURCES else EnergySource.ANY
    if own is EnergySource.ANY:
        if tx.energy_source is EnergySource.ANY:
            raise EnergySourceError(tx.energy_source.name, f"say what a {owner.kind.name} produces it from")
        return tx.energy_source
    if tx.energy_source not in {EnergySource.ANY, own}:
        raise EnergySourceError(tx.energy_source.name, f"{owner.participant_id} is {owner.kind.name}")
    return own


def _check_preferences(partners: Sequence[ParticipantId]) -> None:
    if len(partners) > PREFERRED_PARTNERS_MAX or len(set(partners)) != len(partners):
        raise MalformedPayloadError(
            "preferred_partners", partners, f"at most {PREFERRED_PARTNERS_MAX}, each once"
        )
    for partner in partners:
        check_name("preferred_partners", partner)


def _check_id_free(state: StateView, tx: SubmitOrder) -> None:
    if not _ORDER_ID.fullmatch(tx.order_id):
        raise MalformedPayloadError("order_id", tx.order_id, "32 lowercase hex digits")
    if state.find_bytes(order_address(tx.period, tx.order_id)) is not None:
        raise DuplicateEntryError("order", tx.order_id)


def _check_own_orders(tx: SubmitOrder, bucket: OrderBucket, rules: MarketRules, now_s: int) -> None:
    """Check a new order against its owner's open ones; those past their time limit cross nothing."""
    own = orders_of(bucket, tx.participant_id)
    if len(own) >= (orders_max := rules.parameters.orders_per_participant_max):
        raise TooManyOrdersError(tx.participant_id, orders_max)
    for order in own:
        if order.side is tx.side or not order.stands_at(now_s):
            continue
        bid, ask = (
            (tx.price_uyuan_per_kwh, order.price_uyuan_per_kwh)
            if tx.side is Side.BID
            else (order.price_uyuan_per_kwh, tx.price_uyuan_per_kwh)
        )
        if bid >= ask:
            raise SelfTradeError(tx.order_id, order.order_id)
