"""The reference workload on a running network: traders enrolled by its operators, orders for open periods.

The orders are those of `bench.workloads.orders`: one transaction writes the order, its owner's contract
account and its owner's index bucket. Each trader has at most `ORDERS_PER_PERIOD_MAX` open orders in a period,
so that buckets stay as small as they are in a market; more orders take more periods. Traders sign batches of
their own, or for a group in turn, so that no sender has more than its fair share to ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from bench.workloads.orders import ORDERS_PER_PERIOD_MAX, Actor, Trader, enrol, make_order, sign_payload
from signing.batches import sign_batch
from signing.types import SignedBatch
from transaction_families.energy_orders.state import MarketParameters
from transaction_families.periods import DeliveryPeriod

ENROLLED_PER_BATCH: Final = 20
"""Traders in one batch; each takes five transactions."""


def plan_periods(parameters: MarketParameters, now_s: int, lasting_s: int) -> tuple[DeliveryPeriod, ...]:
    """Return the delivery periods whose gates are open now and for ``lasting_s`` seconds more, ascending.

    Args:
        parameters: The market's rules.
        now_s: The ledger's time, Unix seconds.
        lasting_s: For how long orders will come, by the ledger's time.
    """
    length_s = parameters.period_minutes * 60
    first = -(-(now_s + lasting_s + parameters.gate_closure_s + 1) // length_s)
    last = (now_s + parameters.horizon_s) // length_s
    return tuple(
        DeliveryPeriod(number * length_s, parameters.period_minutes) for number in range(first, last + 1)
    )


def count_orders_max(parameters: MarketParameters, traders: int, periods: int) -> int:
    """Return how many orders so many traders place for so many periods at most."""
    return traders * periods * min(ORDERS_PER_PERIOD_MAX, parameters.orders_per_participant_max)


def make_enrolments(
    traders: Sequence[Trader], *, market_operator: Actor, meter_operator: Actor
) -> Iterator[SignedBatch]:
    """Yield the batches that register, meter and fund the traders; they may be carried out in any order."""
    for start in range(0, len(traders), ENROLLED_PER_BATCH):
        founding = [
            asked
            for trader in traders[start : start + ENROLLED_PER_BATCH]
            for asked in enrol(trader, market_operator=market_operator, meter_operator=meter_operator)
        ]
        yield sign_batch(
            market_operator.key,
            [
                sign_payload(key, payload, market_operator.key, nonce=f"{start}/{index}")
                for index, (key, payload) in enumerate(founding)
            ],
        )


def make_order_batches(
    traders: Sequence[Trader], periods: Sequence[DeliveryPeriod], batch_size: int
) -> Iterator[SignedBatch]:
    """Yield batches of orders until every trader has placed its most for every period.

    Args:
        traders: Who places them, in turn.
        periods: For which they are, in turn.
        batch_size: Orders in each batch; it is signed by one trader after the other.
    """
    orders = _name_orders(traders, periods)
    for number in range(len(traders) * len(periods) * ORDERS_PER_PERIOD_MAX // batch_size):
        batcher = traders[number % len(traders)].key
        yield sign_batch(
            batcher,
            [
                sign_payload(trader.key, make_order(trader, period, name), batcher, nonce=name.decode())
                for trader, period, name in islice(orders, batch_size)
            ],
        )


def _name_orders(
    traders: Sequence[Trader], periods: Sequence[DeliveryPeriod]
) -> Iterator[tuple[Trader, DeliveryPeriod, bytes]]:
    """Yield who places an order for when, and a name that no other order of these traders has."""
    for turn in range(ORDERS_PER_PERIOD_MAX):
        for period in periods:
            for trader in traders:
                name = f"{trader.participant.participant_id}/{period.start_s}/{turn}"
                yield trader, period, name.encode()
