"""The reference workload made ready for a running network: traders enrolled, orders signed."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from secrets import token_hex
from typing import Final

from bench.workloads.network_orders import (
    count_orders_max,
    make_enrolments,
    make_order_batches,
    plan_periods,
)
from bench.workloads.orders import Actor, make_traders
from signing.types import SignedBatch
from transaction_families.energy_orders.state import MARKET_PARAMETERS_ADDRESS, MarketParameterSchedule
from transaction_families.periods import DeliveryPeriod
from wattdag.localnet.connections import NodeConnection
from wattdag.localnet.errors import WorkloadError
from wattdag.localnet.load import PreparedBatch

TRADERS: Final = 1_000
TRADERS_MAX: Final = 20_000
_MARGIN_S: Final = 300  # for starting, enrolling and signing


@dataclass(frozen=True, slots=True)
class Operators:
    """Who enrols traders.

    Attributes:
        market_operator: Registers participants and issues currency.
        meter_operator: Registers metering points.
    """

    market_operator: Actor
    meter_operator: Actor


class Workload:
    """Orders of traders that no earlier load of the ledger had.

    Args:
        operators: Who enrols them.
        periods: For which they order.
        traders: How many they are.
        batch_size: Orders in each batch.

    Attributes:
        sign_cpu_s: Processor time of making and signing orders so far.
        signed_transactions: How many were made.
    """

    def __init__(
        self, operators: Operators, periods: Sequence[DeliveryPeriod], traders: int, batch_size: int
    ) -> None:
        label = f"load-{token_hex(4)}"
        self._operators = operators
        self._traders = make_traders(traders, label)
        self._orders = make_order_batches(self._traders, periods, batch_size)
        self._batch_size = batch_size
        self.sign_cpu_s = 0.0
        self.signed_transactions = 0

    def enrolments(self) -> list[PreparedBatch]:
        """Return the batches that must be committed before any order is placed."""
        operators = self._operators
        batches = make_enrolments(
            self._traders,
            market_operator=operators.market_operator,
            meter_operator=operators.meter_operator,
        )
        return list(_prepare(batches))

    def sign(self, transactions: int) -> list[PreparedBatch]:
        """Return batches of at least so many further orders, fewer where no more can be placed."""
        start_s = time.thread_time()
        batches = list(_prepare(islice(self._orders, -(-transactions // self._batch_size))))
        gc.collect()
        gc.freeze()  # nothing of it is garbage before the end; collecting it again and again would cost
        self.sign_cpu_s += time.thread_time() - start_s
        self.signed_transactions += len(batches) * self._batch_size
        return batches


async def plan_workload(
    node: NodeConnection,
    operators: Operators,
    *,
    transactions: int,
    batch_size: int,
    lasting_s: float,
    traders_min: int = TRADERS,
) -> Workload:
    """Return a workload that the ledger's market has room for.

    Args:
        node: Where to read the market's rules and the ledger's time.
        operators: Who enrols the traders.
        transactions: How many orders may be sent in all.
        batch_size: Orders in each batch.
        lasting_s: For how long orders may come, in seconds of real time.
        traders_min: How many traders place them at least.

    Raises:
        WorkloadError: The market has no rules, or too few open periods.
        ConnectionError: The node cannot be reached.
    """
    found = await node.get_state(MARKET_PARAMETERS_ADDRESS)
    if found is None:
        raise WorkloadError("the ledger has no market parameters; `wattdag network init` sets them")
    parameters = MarketParameterSchedule.CODEC.decode(found).versions[-1].parameters
    head = await node.get_node()
    header = (await node.get_header(head.head_number)).header
    scale = max(1, header.time_scale)
    periods = plan_periods(parameters, header.time_ms // 1000, int(lasting_s + _MARGIN_S) * scale)
    each = count_orders_max(parameters, 1, len(periods))
    if not each:
        raise WorkloadError(
            f"no delivery period stays open for orders for {lasting_s:g} s; the market's horizon is "
            f"{parameters.horizon_s} s and {scale} s of ledger time pass in a second: use a smaller scale"
        )
    traders = max(traders_min, -(-transactions // each))
    if traders > TRADERS_MAX:
        raise WorkloadError(
            f"{transactions} orders over {len(periods)} open delivery periods take {traders} traders, more "
            f"than {TRADERS_MAX}; ask for a lower rate, less time, or a longer market horizon"
        )
    return Workload(operators, periods, traders, batch_size)


def _prepare(batches: Iterator[SignedBatch]) -> Iterator[PreparedBatch]:
    return (PreparedBatch(batch.batch_id, batch.encoded) for batch in batches)
