"""The processes of a whole network: started together, disturbed one by one, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from protos.services import node_pb2
from wattdag.client.credentials import Credentials
from wattdag.client.nodes import NodeAddress
from wattdag.localnet.connections import NodeConnection
from wattdag.localnet.errors import LocalnetError, NotInTimeError, ProcessEndedError, RootsDifferError
from wattdag.localnet.processes import Ending, SupervisedProcess
from wattdag.localnet.usage import Usage, measure_groups

START_LIMIT_S: Final = 60.0
POLL_S: Final = 0.1

_WATTDAG: Final = (sys.executable, "-c", "from wattdag.cli.main import run; run()")


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What is needed to run one node.

    Attributes:
        address: Where it serves clients; its name is that of its logs, too.
        config_file: Its configuration.
        data_dirs: What `LocalNode.wipe` deletes: all that it has learnt, its keys apart.
        has_remote_engine: Whether its engine is a process of its own.
        command_prefix: What comes before its processes' commands, such as one that changes the namespace.
    """

    address: NodeAddress
    config_file: Path
    data_dirs: tuple[Path, ...]
    has_remote_engine: bool = False
    command_prefix: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.address.label


class LocalNode:
    """One node: its validator's process, its engine's where that has one, and a connection to it.

    Attributes:
        plan: What it is made of.
        validator: The process that serves clients and peers.
        engine: The process that orders; ``None`` where the validator's does.
        connection: For calls to its services.
    """

    def __init__(self, plan: NodePlan, log_dir: Path, credentials: Credentials) -> None:
        self.plan = plan
        self.validator = _supervise(plan, plan.name, "node", log_dir)
        self.engine = (
            _supervise(plan, f"{plan.name}-engine", "engine", log_dir) if plan.has_remote_engine else None
        )
        self.connection = NodeConnection(plan.address, credentials)

    @property
    def processes(self) -> tuple[SupervisedProcess, ...]:
        """Its processes."""
        return (self.validator, self.engine) if self.engine else (self.validator,)

    @property
    def is_running(self) -> bool:
        """Whether all of its processes run."""
        return all(process.is_running for process in self.processes)

    def start(self) -> None:
        """Start those of its processes that do not run."""
        for process in self.processes:
            if not process.is_running:
                process.start()

    async def stop(self) -> list[Ending]:
        """Stop its processes, the engine's first; return how those that ran ended."""
        running = [process for process in reversed(self.processes) if process.is_running]
        return [await process.stop() for process in running]

    async def kill(self) -> None:
        """End its processes as a power cut would."""
        for process in self.processes:
            if process.is_running:
                await process.kill()

    async def restart(self) -> None:
        """Kill it and start it again."""
        await self.kill()
        self.start()

    async def wipe(self) -> None:
        """Delete all that it has learnt; it must not run."""
        assert not any(process.is_running for process in self.processes), f"{self.plan.name} runs"
        for directory in self.plan.data_dirs:
            await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)

    def pause(self) -> None:
        """Freeze its processes."""
        for process in self.processes:
            process.pause()

    def resume(self) -> None:
        """Let its processes go on."""
        for process in self.processes:
            process.resume()

    def check_running(self) -> None:
        """Check that no process has ended by itself.

        Raises:
            ProcessEndedError: One has.
        """
        for process in self.processes:
            if (ending := process.ending) is not None:
                raise ProcessEndedError(process.name, ending.how, process.log_file, process.last_lines())


class LocalNetwork:
    """A network's nodes; as a context manager it starts them and leaves none behind.

    Args:
        plans: The nodes.
        log_dir: Where the processes' logs go, one file each.
        credentials: Whom to come to their services as.

    Attributes:
        nodes: The nodes, in the order of their plans.
    """

    def __init__(self, plans: Sequence[NodePlan], log_dir: Path, credentials: Credentials) -> None:
        self.log_dir = log_dir
        self.credentials = credentials
        self.nodes: list[LocalNode] = [LocalNode(plan, log_dir, credentials) for plan in plans]

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def add(self, plan: NodePlan) -> LocalNode:
        """Add a node, not started; return it."""
        node = LocalNode(plan, self.log_dir, self.credentials)
        self.nodes.append(node)
        return node

    async def start(self) -> None:
        """Start every node and wait until each serves.

        Raises:
            ProcessEndedError: A process ended instead.
            NotInTimeError: A node does not serve within `START_LIMIT_S`.
        """
        for node in self.nodes:
            node.start()
        await self.wait_until_serving()

    async def stop(self) -> list[Ending]:
        """Stop every node, all at the same time; return how their processes ended."""
        endings = await asyncio.gather(*(node.stop() for node in self.nodes))
        await asyncio.gather(*(node.connection.close() for node in self.nodes))
        return [ending for of_node in endings for ending in of_node]

    async def wait_until_serving(self, limit_s: float = START_LIMIT_S) -> None:
        """Return once every node that runs answers as healthy.

        Raises:
            ProcessEndedError: A process has ended.
            NotInTimeError: It takes longer than ``limit_s`` seconds.
        """

        async def is_serving(node: LocalNode) -> bool:
            node.check_running()
            return await node.connection.is_serving()

        await self._wait_for_all("an answer from every node", is_serving, limit_s)

    async def wait_until_equal(self, height: int, limit_s: float = START_LIMIT_S) -> str:
        """Return the state root, in hex, that all running nodes have after a committed block.

        Raises:
            NotInTimeError: A node has not committed it within ``limit_s`` seconds.
            RootsDifferError: The roots are not equal.
        """

        async def has_committed(node: LocalNode) -> bool:
            return (await node.connection.get_node()).certified_number >= height

        await self._wait_for_all(f"block {height} on every node", has_committed, limit_s)
        roots = await self.get_roots(height)
        if len(set(roots.values())) != 1:
            raise RootsDifferError(height, roots)
        return next(iter(roots.values()))

    async def get_roots(self, height: int) -> dict[str, str]:
        """Return each running node's state root after a block, in hex, by the node's name.

        Raises:
            ConnectionError: A node cannot be reached, or has no such block.
        """
        running = self._running()
        blocks = await asyncio.gather(*(node.connection.get_header(height) for node in running))
        return {
            node.plan.name: block.header.state_root.hex() for node, block in zip(running, blocks, strict=True)
        }

    async def look(self) -> list[node_pb2.Node | None]:
        """Return how each node stands; ``None`` for one that does not answer."""

        async def look_at(node: LocalNode) -> node_pb2.Node | None:
            with contextlib.suppress(ConnectionError):
                return await node.connection.get_node()
            return None

        return list(await asyncio.gather(*(look_at(node) for node in self.nodes)))

    def usage(self) -> list[Usage]:
        """Return what each node's processes use together."""
        pids = [[p.pid for p in node.processes if p.pid is not None] for node in self.nodes]
        used = measure_groups({pid for of_node in pids for pid in of_node})
        return [
            Usage(
                sum(used[pid].cpu_s for pid in of_node),
                sum(used[pid].resident_bytes for pid in of_node),
            )
            for of_node in pids
        ]

    def check_running(self) -> None:
        """Check that every node that was started still runs.

        Raises:
            ProcessEndedError: A process has ended by itself, or was killed.
        """
        for node in self.nodes:
            node.check_running()

    def _running(self) -> list[LocalNode]:
        running = [node for node in self.nodes if node.is_running]
        if not running:
            raise LocalnetError("no node runs; start one first")
        return running

    async def _wait_for_all(
        self, what: str, is_done: Callable[[LocalNode], Awaitable[bool]], limit_s: float
    ) -> None:
        """Ask every running node again and again until all say yes."""
        deadline_s = time.monotonic() + limit_s
        left = self._running()
        while True:
            answers = await asyncio.gather(*(_ask(is_done, node) for node in left))
            left = [node for node, answer in zip(left, answers, strict=True) if answer is not True]
            if not left:
                return
            if time.monotonic() > deadline_s:
                names = ", ".join(node.plan.name for node in left)
                reasons = "; ".join(str(answer) for answer in answers if isinstance(answer, ConnectionError))
                raise NotInTimeError(what, limit_s, f"not from {names} {reasons}".rstrip())
            await asyncio.sleep(POLL_S)


async def _ask(is_done: Callable[[LocalNode], Awaitable[bool]], node: LocalNode) -> bool | ConnectionError:
    try:
        return await is_done(node)
    except ConnectionError as error:
        return error


def _supervise(plan: NodePlan, name: str, program: str, log_dir: Path) -> SupervisedProcess:
    command = (*plan.command_prefix, *_WATTDAG, program, "run", "--config", str(plan.config_file))
    return SupervisedProcess(name, command, log_dir / f"{name}.log")
