"""Show a participant's settlement statements, and prove the last one against a quorum's checkpoint.

python examples/read_statement.py network.toml --client consumer-1
"""

import argparse
import asyncio
from pathlib import Path

from transaction_families.settlement.state import Statement, statement_address
from wattdag.client import WattDagClient, load_network

MILLIWH_PER_KWH = 1_000_000
UYUAN_PER_YUAN = 1_000_000


async def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Show a participant's settlement statements.")
    parser.add_argument("network", type=Path, help="the network's network.toml")
    parser.add_argument("--client", required=True, help="whose statements, by name in that file")
    given = parser.parse_args(arguments)

    network = load_network(given.network)
    async with WattDagClient.connect(network.addresses, network.credentials_of(given.client)) as client:
        last = None
        async for statement in client.market.statements(participant_id=given.client):
            show(statement)
            last = statement
        if last is None:
            print("no period has been settled yet")
            return
        address = statement_address(last.period, given.client)
        proven = await client.ledger.prove(address, network.trust)
        assert proven.value == Statement.CODEC.encode(last)
        print(f"proven after block {proven.block_number}, signed by {len(proven.signers)} super nodes")


def show(statement: Statement) -> None:
    """Print one statement's main figures."""
    delivered_milliwh = statement.delivered_bought_milliwh + statement.delivered_sold_milliwh
    trades_uyuan = statement.trade_receipts_uyuan - statement.trade_payments_uyuan
    print(
        f"period {statement.period}, {statement.run.name.lower()} run: "
        f"delivered {delivered_milliwh / MILLIWH_PER_KWH:g} kWh, "
        f"net {statement.net_uyuan / UYUAN_PER_YUAN:+.6f} yuan (trades {trades_uyuan / UYUAN_PER_YUAN:+.6f}, "
        f"wheeling {statement.wheeling_uyuan / UYUAN_PER_YUAN:+.6f}, "
        f"imbalance {statement.imbalance_uyuan / UYUAN_PER_YUAN:+.6f}, "
        f"grid {statement.grid_uyuan / UYUAN_PER_YUAN:+.6f})"
    )


if __name__ == "__main__":
    asyncio.run(main())
