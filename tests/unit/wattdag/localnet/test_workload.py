"""The reference workload on the ledger of a network: every order of it is carried out."""

import socket
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bench.workloads.network_orders import count_orders_max, make_order_batches, plan_periods
from bench.workloads.orders import make_traders
from transaction_families.energy_orders.state import MarketParameters
from transaction_families.registry import FAMILIES
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.journal.genesis import decode_genesis
from validator.node import Node
from wattdag.localnet.directory import NetworkDirectory, find_base_port
from wattdag.localnet.errors import LocalnetError
from wattdag.localnet.workload import Workload
from wattdag.network.initialise import init_network
from wattdag.network.plan import NetworkPlan
from wattdag.network.rules import make_rules

START = datetime(2026, 11, 22, 10, 7, tzinfo=UTC)
START_S = int(START.timestamp())
MARKET: MarketParameters = make_rules(horizon_s=2 * 3600).market


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> NetworkDirectory:
    path = tmp_path_factory.mktemp("network") / "net"
    plan = NetworkPlan(chain_id="localnet", validators=4, start=START, is_demo=True, seed="workload")
    init_network(plan, path)
    return NetworkDirectory.read(path)


def test_periods_stay_open_for_as_long_as_orders_come() -> None:
    """At 10:07, for ten minutes, gates closing 15 minutes before, a horizon of two hours: 10:45 to 12:00."""
    periods = plan_periods(MARKET, START_S, 600)
    starts = [datetime.fromtimestamp(period.start_s, UTC).strftime("%H:%M") for period in periods]
    assert starts == ["10:45", "11:00", "11:15", "11:30", "11:45", "12:00"]
    assert count_orders_max(MARKET, 10, len(periods)) == 10 * 6 * 4


@pytest.mark.parametrize("batch_size", [1, 7])
def test_batches_hold_orders_of_many_traders_and_no_two_have_one_id(batch_size: int) -> None:
    """Batches are of the size asked for; each is signed by another trader than the one before."""
    traders = make_traders(10, "test")
    batches = list(make_order_batches(traders, plan_periods(MARKET, START_S, 600), batch_size))
    assert {len(batch.transactions) for batch in batches} == {batch_size}
    assert len({batch.batch_id for batch in batches}) == len(batches) == 240 // batch_size
    signers = [batch.signer_public_key for batch in batches]
    assert all(signer != following for signer, following in pairwise(signers))
    if batch_size == 1:  # an owner's order in the owner's own batch
        assert all(b.signer_public_key == b.transactions[0].header.signer_public_key for b in batches)


@pytest.mark.parametrize("batch_size", [1, 20])
def test_every_order_of_the_workload_is_carried_out(network: NetworkDirectory, batch_size: int) -> None:
    """Operators enrol the traders, whose orders then write three entries each."""
    genesis = decode_genesis((network.path / "genesis.bin").read_bytes())
    periods = plan_periods(make_rules(horizon_s=36 * 3600).market, START_S, 600)[:2]
    workload = Workload(network.operators(), periods, traders=30, batch_size=batch_size)
    key = network.operators().market_operator.key
    clock = SteppedClock(START_S * 1000)
    with Node.open(NodeConfig(None), genesis=genesis, families=FAMILIES, key=key, clock=clock) as node:
        for prepared in (workload.enrolments(), workload.sign(10_000)):
            assert all(not verdict.error for verdict in node.submit([one.encoded for one in prepared]))
            block = node.produce_block()
            assert block is not None
            assert block.refused_batches == 0
            assert block.executed_batches == len(prepared)
    assert block.transactions == workload.signed_transactions == 30 * 2 * 4
    assert workload.sign_cpu_s > 0


def test_a_networks_directory_tells_how_to_run_its_nodes(network: NetworkDirectory) -> None:
    """Each node's configuration, address and data, and whom to come as."""
    plans = network.plans()
    assert [plan.name for plan in plans] == ["node-1", "node-2", "node-3", "node-4"]
    assert all(plan.config_file.is_file() for plan in plans)
    assert [path.name for path in plans[0].data_dirs] == ["data", "engine"]
    assert not plans[0].has_remote_engine
    assert network.credentials().identity().public_key_hex


def test_a_directory_without_a_network_is_refused(tmp_path: Path) -> None:
    """The error says which command makes one."""
    with pytest.raises(LocalnetError, match="wattdag network init"):
        NetworkDirectory.read(tmp_path)


def test_free_ports_are_found_beside_used_ones() -> None:
    """A port in use moves the whole run of ports."""
    first = find_base_port(10)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", first + 3))
        taken.listen()
        assert find_base_port(10) > first
