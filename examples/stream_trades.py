"""Show trades as they are committed, from a block on or from now; goes on by itself when a node fails.

python examples/stream_trades.py network.toml --client producer-1 --from-block 0
"""

import argparse
import asyncio
from pathlib import Path

from wattdag.client import EventFilter, WattDagClient, load_network

MILLIWH_PER_KWH = 1_000_000
UYUAN_PER_YUAN = 1_000_000


async def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Show trades as they are committed.")
    parser.add_argument("network", type=Path, help="the network's network.toml")
    parser.add_argument("--client", required=True, help="who watches, by name in that file")
    parser.add_argument("--from-block", type=int, help="the first block; the next one if left out")
    parser.add_argument("--count", type=int, help="end after so many trades; never if left out")
    given = parser.parse_args(arguments)

    network = load_network(given.network)
    async with WattDagClient.connect(network.addresses, network.credentials_of(given.client)) as client:
        trades = client.watch.events([EventFilter("wattdag/trade-matched")], from_number=given.from_block)
        shown = 0
        async for event in trades:
            energy_kwh = int(event.find("energy_milliwh") or 0) / MILLIWH_PER_KWH
            price = int(event.find("price_uyuan_per_kwh") or 0) / UYUAN_PER_YUAN
            print(
                f"block {event.block_number}: trade {event.find('trade_id')} "
                f"in period {event.find('period')}: {energy_kwh:g} kWh at {price:.4f} yuan per kWh"
            )
            shown += 1
            if shown == given.count:
                break


if __name__ == "__main__":
    asyncio.run(main())
