"""Place an order and wait until it is committed.

    python examples/place_order.py network.toml --client consumer-1 --bid --kwh 2 --price 0.35

The network's file is that of `wattdag network init`. The order is for the next delivery period whose market
is open, unless another one is given; it is signed here, with the client's own key.
"""

import argparse
import asyncio
from pathlib import Path
from uuid import uuid4

from transaction_families.accounts.state import MeteringPointId, ParticipantId
from transaction_families.energy_orders.payload import SubmitOrder
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    MarketParameters,
    MarketParameterSchedule,
    OrderId,
    Side,
)
from transaction_families.periods import DeliveryPeriod
from wattdag.client import WattDagClient, load_network

MILLIWH_PER_KWH = 1_000_000
UYUAN_PER_YUAN = 1_000_000


async def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Place an order and wait until it is committed.")
    parser.add_argument("network", type=Path, help="the network's network.toml")
    parser.add_argument("--client", required=True, help="who places it, by name in that file")
    side = parser.add_mutually_exclusive_group(required=True)
    side.add_argument("--bid", dest="side", action="store_const", const=Side.BID, help="buy")
    side.add_argument("--ask", dest="side", action="store_const", const=Side.ASK, help="sell")
    parser.add_argument("--kwh", type=int, required=True, help="energy in whole kWh")
    parser.add_argument("--price", type=float, required=True, help="limit in yuan per kWh")
    parser.add_argument("--period-start", type=int, help="UTC seconds; the next open period's if left out")
    given = parser.parse_args(arguments)

    network = load_network(given.network)
    own = network.get_client(given.client)
    async with WattDagClient.connect(network.addresses, network.credentials_of(own.name)) as client:
        schedule = await client.ledger.find(MarketParameterSchedule, MARKET_PARAMETERS_ADDRESS)
        assert schedule is not None, "the regulator has opened no market"
        rules = schedule.versions[-1].parameters
        head = await client.ledger.head()
        period = (
            next_open_period(rules, head.time_ms // 1000)
            if given.period_start is None
            else DeliveryPeriod(given.period_start, rules.period_minutes)
        )
        order = SubmitOrder(
            order_id=OrderId(uuid4().hex),
            period=period,
            participant_id=ParticipantId(own.name),
            side=given.side,
            energy_milliwh=given.kwh * MILLIWH_PER_KWH,
            price_uyuan_per_kwh=round(given.price * UYUAN_PER_YUAN),
            metering_point_id=MeteringPointId(own.metering_point),
            design=rules.design,
        )
        submission = await client.submit(network.wallet_of(own.name), [order])
        print(f"accepted: {order.side.name} {order.order_id} for period {order.period}")
        (committed,) = await submission.committed()
        print(f"committed in block {committed.block_number}")
        book = await client.market.order_book(order.period)
        for name, levels in (("bids", book.bids), ("asks", book.asks)):
            best = ", ".join(f"{one.price_uyuan_per_kwh / UYUAN_PER_YUAN:.4f}" for one in levels[:5])
            print(f"best {name} in yuan per kWh: {best or 'none'}")


def next_open_period(rules: MarketParameters, now_s: int) -> DeliveryPeriod:
    """Return the first delivery period whose gate is at least half a period away."""
    length_s = rules.period_minutes * 60
    start_s = now_s + rules.gate_closure_s + length_s // 2
    return DeliveryPeriod(-(-start_s // length_s) * length_s, rules.period_minutes)


if __name__ == "__main__":
    asyncio.run(main())
