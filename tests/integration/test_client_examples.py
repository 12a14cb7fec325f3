"""The client's examples do what they say, from the files that `wattdag network init` writes."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from signing.key_files import write_key_files
from signing.keys import PrivateKey
from tests.helpers.client_services import SoloLedger
from tests.helpers.demo_runs import play_paper_case
from tests.helpers.served_network import (
    START,
    ServedNetwork,
    demo_credentials,
    members,
    open_node,
    plan,
    sealing,
    serve_demo,
    serve_network,
    trader,
)
from transaction_families.energy_orders.payload import ClearPeriod
from transaction_families.energy_orders.state import MARKET_PARAMETERS_ADDRESS, MarketParameterSchedule
from validator.clock import SteppedClock
from wattdag.client import NodeAddress
from wattdag.demo.paper_case import FIRST_PERIOD
from wattdag.demo.scenarios import Finished
from wattdag.network.initialise import init_network

pytestmark = pytest.mark.asyncio

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name: str) -> ModuleType:
    """Return an example as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def describe(network: ServedNetwork, folder: Path) -> Path:
    """Write the planned network's files, with the addresses that its nodes really have."""
    path = init_network(plan(), folder / "network").descriptor_file
    text = path.read_text()
    for index, address in enumerate(network.addresses):
        text = text.replace(plan().addresses_of(index).clients, address.endpoint)
    path.write_text(text)
    return path


async def test_an_order_is_placed_and_committed(tmp_path, capsys) -> None:
    """It is accepted, committed, and its price is the book's best bid."""
    with open_node() as node:
        ledger = SoloLedger(node)
        async with serve_network(ledger, ledger) as network, sealing(ledger):
            file = describe(network, tmp_path)
            await load("place_order").main(
                [str(file), "--client", "consumer-1", "--bid", "--kwh", "2", "--price", "0.35"]
            )
    shown = capsys.readouterr().out
    assert "accepted: BID" in shown
    assert "committed in block 1" in shown
    assert "best bids in yuan per kWh: 0.3500" in shown


async def test_trades_are_shown_as_they_are_committed(tmp_path, capsys) -> None:
    """A bid and an ask meet when the gate closes."""
    clock = SteppedClock(int(START.timestamp()) * 1000)
    with open_node(clock) as node:
        ledger = SoloLedger(node)
        async with serve_network(ledger) as network, sealing(ledger):
            file = str(describe(network, tmp_path))
            order = load("place_order")
            await order.main([file, "--client", "consumer-1", "--bid", "--kwh", "2", "--price", "0.35"])
            period = order.next_open_period(rules_of(node), int(START.timestamp()))
            ask = [file, "--client", "producer-1", "--ask", "--kwh", "2", "--price", "0.35"]
            await order.main([*ask, "--period-start", str(period.start_s)])
            clock.advance_to(period.start_s * 1000)
            async with network.client(trader(0)) as client:
                await (await client.submit(trader(0).wallet, [ClearPeriod(period)])).committed()
            arguments = [file, "--client", "producer-1", "--from-block", "0", "--count", "1"]
            await load("stream_trades").main(arguments)
    assert "2 kWh at 0.3500 yuan per kWh" in capsys.readouterr().out


async def test_a_vote_backs_a_candidate(tmp_path, capsys) -> None:
    """Without an organisation the candidates are shown; with one, the ballot is cast."""
    with open_node() as node:
        ledger = SoloLedger(node)
        async with serve_network(ledger) as network, sealing(ledger):
            file = str(describe(network, tmp_path))
            vote = load("vote_for_candidate")
            await vote.main([file, "--client", "producer-1", "--tokens", "5"])
            organisation = members().nodes[1].operator.participant.beneficial_owner
            assert f"{organisation}: bond" in capsys.readouterr().out
            await vote.main([file, "--client", "producer-1", "--tokens", "5", "--organisation", organisation])
    assert "5 of 5 locked tokens back candidates" in capsys.readouterr().out


@pytest.fixture
def finished() -> Iterator[Finished]:
    with play_paper_case() as played:
        yield played


async def test_a_statement_is_shown_and_proven(finished, tmp_path, capsys) -> None:
    """The final statement of the paper's case, under a quorum's signatures."""
    async with serve_demo(finished.session.node) as address:
        file = describe_demo(tmp_path, address, "residential")
        await load("read_statement").main([str(file), "--client", "residential"])
    shown = capsys.readouterr().out
    assert f"period {FIRST_PERIOD}, final run: delivered" in shown
    assert "signed by 3 super nodes" in shown


def rules_of(node):
    """Return the market's rules."""
    data = node.state.get(MARKET_PARAMETERS_ADDRESS)
    return MarketParameterSchedule.CODEC.decode(data).versions[-1].parameters


def describe_demo(folder: Path, address: NodeAddress, name: str) -> Path:
    """Write the files of a demonstration's participant."""
    credentials = demo_credentials(name)
    (folder / "authority.crt").write_bytes(credentials.authority_pem)
    (folder / "tls.crt").write_bytes(credentials.certificate_pem)
    (folder / "tls.key").write_bytes(credentials.key_pem)
    write_key_files(folder, "account", PrivateKey.for_demo(name))
    lines = ['chain_id = "paper"', 'authority_file = "authority.crt"']
    for node in members().nodes:
        lines += ["[[nodes]]", f"name = {json.dumps(node.name)}"]
        lines += [f'validator_key = "{address.validator_key}"', f'clients = "{address.endpoint}"']
        lines += [f'consensus_key = "{node.consensus_key.public_key.hex}"']
    lines += ["[[clients]]", f'name = "{name}"', 'role = "consumer"', 'account_key_file = "account.priv"']
    lines += ['certificate_file = "tls.crt"', 'key_file = "tls.key"']
    path = folder / "network.toml"
    path.write_text("\n".join(lines))
    return path
