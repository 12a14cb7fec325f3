"""What a local network says of its nodes, with real services and small programs in the place of nodes."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.helpers.client_services import SoloLedger
from tests.helpers.served_network import credentials_of, members, open_node, serve_network, trader
from transaction_families.accounts.payload import Transfer
from wattdag.localnet.errors import LocalnetError, NotInTimeError, ProcessEndedError, RootsDifferError
from wattdag.localnet.network import LocalNetwork, NodePlan
from wattdag.localnet.processes import SupervisedProcess

WAITING = "import time; time.sleep(60)"


@asynccontextmanager
async def local_network(tmp_path: Path, *ledgers: SoloLedger) -> AsyncIterator[LocalNetwork]:
    """Yield a network whose services are real, and whose processes only wait."""
    async with serve_network(*ledgers) as served:
        plans = [NodePlan(node.address, tmp_path / "none", (tmp_path / "data",)) for node in served.nodes]
        network = LocalNetwork(plans, tmp_path / "logs", credentials_of(members().regulator))
        for node in network.nodes:
            command = [sys.executable, "-S", "-c", WAITING]
            node.validator = SupervisedProcess(node.plan.name, command, tmp_path / "log")
        try:
            await network.start()
            yield network
        finally:
            await network.stop()


def pay(ledger: SoloLedger, amount_uyuan: int) -> None:
    """Make a block in which one trader pays another."""
    ledger.produce(trader(0).wallet.batch(Transfer(trader(1).wallet.public_key, amount_uyuan)))


@pytest.mark.asyncio
async def test_nodes_with_one_state_are_equal(tmp_path: Path) -> None:
    """The root after a block that all have committed, and what each node says of itself."""
    ledger = SoloLedger(open_node())
    async with local_network(tmp_path, ledger, ledger) as network:
        pay(ledger, 5)
        assert await network.wait_until_equal(1) == ledger.head.state_root.hex()
        stands = await network.look()
        assert [stand.head_number for stand in stands if stand] == [1, 1]
        assert all(used.resident_bytes > 0 for used in network.usage())


@pytest.mark.asyncio
async def test_nodes_whose_states_differ_are_told_apart(tmp_path: Path) -> None:
    """The error names the block and each node's root."""
    ledgers = [SoloLedger(open_node()), SoloLedger(open_node())]
    for amount_uyuan, ledger in enumerate(ledgers, start=1):
        pay(ledger, amount_uyuan)
    async with local_network(tmp_path, *ledgers) as network:
        with pytest.raises(RootsDifferError, match="after block 1") as caught:
            await network.wait_until_equal(1)
        assert set(caught.value.roots.values()) == {ledger.head.state_root.hex() for ledger in ledgers}


@pytest.mark.asyncio
async def test_a_block_that_does_not_come_is_named_with_who_lacks_it(tmp_path: Path) -> None:
    """Waiting has an end."""
    ahead, behind = SoloLedger(open_node()), SoloLedger(open_node())
    pay(ahead, 1)
    async with local_network(tmp_path, ahead, behind) as network:
        with pytest.raises(NotInTimeError, match="block 1 on every node") as caught:
            await network.wait_until_equal(1, limit_s=0.3)
        assert network.nodes[1].plan.name in str(caught.value)
        assert network.nodes[0].plan.name not in str(caught.value)


@pytest.mark.asyncio
async def test_a_process_that_ends_by_itself_is_reported_with_its_log(tmp_path: Path) -> None:
    """Nobody has to look for it."""
    ledger = SoloLedger(open_node())
    async with local_network(tmp_path, ledger) as network:
        network.check_running()
        await network.nodes[0].kill()
        with pytest.raises(LocalnetError, match="no node runs"):
            await network.wait_until_serving()
        program = "print('the disk is full'); raise SystemExit(1)"
        command = [sys.executable, "-S", "-c", program]
        network.nodes[0].validator = SupervisedProcess("node-1", command, tmp_path / "failing.log")
        network.nodes[0].start()
        await asyncio.sleep(0.01)
        await network.nodes[0].validator.wait()
        with pytest.raises(ProcessEndedError, match=r"(?s)node-1 failed with exit code 1.*the disk is full"):
            network.check_running()


@pytest.mark.asyncio
async def test_a_wiped_node_has_lost_what_it_learnt(tmp_path: Path) -> None:
    """Its data goes; what lies beside it stays."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger").write_text("blocks")
    (tmp_path / "validator.priv").write_text("key")
    ledger = SoloLedger(open_node())
    async with local_network(tmp_path, ledger) as network:
        await network.nodes[0].kill()
        await network.nodes[0].wipe()
    assert not (tmp_path / "data").exists()
    assert (tmp_path / "validator.priv").exists()
