"""The reference load through real client services over loopback, with one ledger behind all doors."""

import asyncio

import pytest

from bench.workloads.orders import Actor
from tests.helpers.client_services import SoloLedger
from tests.helpers.served_network import credentials_of, members, open_node, sealing, serve_network
from transaction_families.energy_orders.state import MARKET_PARAMETERS_ADDRESS
from wattdag.client.nodes import NodeAddress
from wattdag.localnet.connections import NodeConnection
from wattdag.localnet.errors import WorkloadError
from wattdag.localnet.load import NodeLoad, Pace, drive
from wattdag.localnet.workload import Operators, plan_workload


def operators() -> Operators:
    market, meters = members().market_operator, members().meter_operator
    return Operators(Actor(market.account_key, market.id), Actor(meters.account_key, meters.id))


@pytest.mark.asyncio
async def test_orders_of_enrolled_traders_are_all_committed() -> None:
    """Enrolments first, then orders, spread over three nodes; every batch is seen in a certified block."""
    node = open_node()
    ledger = SoloLedger(node)
    async with serve_network(ledger, ledger, ledger) as network, sealing(ledger):
        credentials = credentials_of(members().regulator)
        connections = [NodeConnection(served.address, credentials) for served in network.nodes]
        assert all([await connection.is_serving() for connection in connections])
        workload = await plan_workload(
            connections[0], operators(), transactions=240, batch_size=5, lasting_s=10, traders_min=20
        )
        first = 1
        for batches in (workload.enrolments(), workload.sign(240)):
            loads = [
                NodeLoad(connection, batches[index::3], Pace(5, undecided_max=50))
                for index, connection in enumerate(connections)
            ]
            await drive(loads, _until_sent(loads), first)
            assert sum(load.finality.committed for load in loads) == len(batches)
            first = max(load.last_block.number for load in loads if load.last_block) + 1

        assert workload.signed_transactions == 240
        head = await connections[0].get_node()
        header = await connections[2].get_header(head.head_number)
        assert header.header.state_root == head.state_root
        for connection in connections:
            await connection.close()
    node.close()


@pytest.mark.asyncio
async def test_orders_of_traders_nobody_enrolled_end_the_load() -> None:
    """They have no effect on the ledger, so there is nothing to measure."""
    node = open_node()
    ledger = SoloLedger(node)
    async with serve_network(ledger) as network, sealing(ledger):
        connection = NodeConnection(network.nodes[0].address, credentials_of(members().regulator))
        workload = await plan_workload(
            connection, operators(), transactions=10, batch_size=1, lasting_s=10, traders_min=20
        )
        load = NodeLoad(connection, workload.sign(10), Pace(1))
        with pytest.raises(WorkloadError, match="refuses a batch of the load"):
            await drive([load], asyncio.sleep(10))
        await connection.close()
    node.close()


@pytest.mark.asyncio
async def test_a_market_without_room_for_the_load_is_said_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both when no period stays open long enough and when there are too many orders."""
    monkeypatch.setattr("wattdag.localnet.workload.TRADERS_MAX", 50)
    node = open_node()
    ledger = SoloLedger(node)
    async with serve_network(ledger) as network:
        connection = NodeConnection(network.nodes[0].address, credentials_of(members().regulator))
        with pytest.raises(WorkloadError, match="no delivery period stays open"):
            await plan_workload(connection, operators(), transactions=1, batch_size=1, lasting_s=7 * 86_400)
        with pytest.raises(WorkloadError, match="more than 50"):
            await plan_workload(connection, operators(), transactions=10**6, batch_size=1, lasting_s=1)
        assert await connection.get_state(MARKET_PARAMETERS_ADDRESS)
        assert await connection.get_state("ff" * 35) is None
        with pytest.raises(ConnectionError, match="NOT_FOUND"):
            await connection.get_header(10**6)
        await connection.close()
    node.close()


@pytest.mark.asyncio
async def test_a_node_that_is_away_is_not_serving_and_takes_nothing() -> None:
    """Its batches may be tried again; what it is asked fails with its name."""
    address = NodeAddress("127.0.0.1:1", members().nodes[0].validator_key.public_key.hex, "node-1")
    connection = NodeConnection(address, credentials_of(members().regulator))
    assert not await connection.is_serving()
    assert all(one.may_retry and not one.is_accepted for one in await connection.submit([b"a", b"b"]))
    with pytest.raises(ConnectionError, match="node-1: UNAVAILABLE"):
        await connection.get_node()
    await connection.close()


async def _until_sent(loads: list[NodeLoad]) -> None:
    while not all(load.is_exhausted for load in loads):
        await asyncio.sleep(0.01)
