"""One run of a network: started, shown, loaded if asked, and stopped cleanly whatever happens."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass

from rich.console import Console

from wattdag.localnet.directory import NetworkDirectory
from wattdag.localnet.figures import Outcome
from wattdag.localnet.measuring import LoadPlan, Measuring
from wattdag.localnet.monitor import Monitor
from wattdag.localnet.network import LocalNetwork
from wattdag.localnet.processes import Ending


@dataclass(frozen=True, slots=True)
class LoadWanted:
    """A load, and what it is compared with.

    Attributes:
        plan: The load.
        verify_per_second: Signatures that all cores verify, measured while no node ran.
    """

    plan: LoadPlan
    verify_per_second: float


@dataclass(frozen=True, slots=True)
class Session:
    """How a run went.

    Attributes:
        outcome: What the load showed; ``None`` without one, or if the run was interrupted.
        endings: How the processes ended.
    """

    outcome: Outcome | None
    endings: tuple[Ending, ...]


async def run_session(directory: NetworkDirectory, load: LoadWanted | None, console: Console) -> Session:
    """Run a network until its load is done, or, without one, until SIGINT or SIGTERM.

    Args:
        directory: The network; none of its nodes runs.
        load: What to put on it.
        console: Where to show it.

    Raises:
        LocalnetError: A node did not start or failed, or the nodes do not agree. All are stopped then, too.
        ConnectionError: A node could not be reached.
        NetworkFileError, KeyFileError: A file of the network cannot be read.
    """
    network = directory.open()
    work = asyncio.create_task(_work(directory, network, load, console))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, work.cancel)
    outcome = None
    endings: list[Ending] = []
    try:
        outcome = await work
    except asyncio.CancelledError:
        console.print("interrupted")
    finally:
        console.print("stopping the nodes")
        endings = await network.stop()
        for ending in endings:
            console.print(f"  {ending}", highlight=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    return Session(outcome, tuple(endings))


async def _work(
    directory: NetworkDirectory, network: LocalNetwork, load: LoadWanted | None, console: Console
) -> Outcome | None:
    def say(line: str) -> None:
        console.print(line, soft_wrap=True, highlight=False)

    say(f"starting {len(network.nodes)} nodes; their logs are in {network.log_dir}")
    await network.start()
    if load is None:
        _say_where(directory, network, console)
        await _watch(network, Monitor(network, 1, list), console)
        return None
    measuring = Measuring(network, directory.operators(), load.plan, load.verify_per_second, say)
    monitor = Monitor(network, load.plan.batch_size, lambda: measuring.loads)
    showing = asyncio.create_task(monitor.show(console))
    try:
        return await measuring.run()
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _watch(network: LocalNetwork, monitor: Monitor, console: Console) -> None:
    """Show the network until cancelled, or until a process of it ends by itself."""
    showing = asyncio.create_task(monitor.show(console))
    try:
        while True:
            network.check_running()
            await asyncio.sleep(0.5)
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


def _say_where(directory: NetworkDirectory, network: LocalNetwork, console: Console) -> None:
    """Print where the nodes serve clients, and which files clients use."""
    for node in network.nodes:
        console.print(f"  {node.plan.name} serves clients at {node.plan.address.endpoint}", highlight=False)
    console.print(f"clients of this network, in {directory.path}:")
    for client in directory.clients:
        console.print(
            f"  {client['role']:18} {client['name']}: {client['certificate_file']}", highlight=False
        )
    console.print("Ctrl-C stops all of it")
