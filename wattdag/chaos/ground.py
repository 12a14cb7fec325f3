"""The network that a plan is carried out on, with the disks and links that can be disturbed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from consensus_engine.types import PeerId
from wattdag.chaos.disks import FullableDisk, ShortFiles, SmallDisk, why_no_disk
from wattdag.chaos.namespaces import Namespaces, why_no_namespaces
from wattdag.chaos.plan import NETWORK_KINDS, ChaosPlan, FaultKind
from wattdag.localnet.directory import LOG_DIRECTORY, NetworkDirectory, find_base_port
from wattdag.localnet.network import LocalNetwork
from wattdag.network.documents import ENGINE_DIRECTORY
from wattdag.network.initialise import init_network
from wattdag.network.plan import PORTS_PER_NODE, NetworkPlan

LOOPBACK: Final = "127.0.0.1"
KEPT_DIRECTORY: Final = "kept-logs"
"""Where, in the network's directory, the engines' logs stay until the run is over."""

_IN_PROCESS: Final = 'mode = "in-process"'
_REMOTE: Final = 'mode = "remote"'


@dataclass(frozen=True, slots=True)
class Ground:
    """A network that is ready to be started.

    Attributes:
        directory: Its files.
        network: Its processes, none started.
        homes: Each node's directory.
        keys: Each node's consensus key.
        disks: What the engines of some nodes write to.
        namespaces: The nodes'; ``None`` where they share this machine's network.
        skipped: Kinds of faults that cannot be carried out here, with the reason.
    """

    directory: NetworkDirectory
    network: LocalNetwork
    homes: tuple[Path, ...]
    keys: tuple[PeerId, ...]
    disks: Mapping[int, FullableDisk]
    namespaces: Namespaces | None
    skipped: Mapping[FaultKind, str]


@dataclass(frozen=True, slots=True)
class GroundPlan:
    """The network that is wanted.

    Attributes:
        path: Its directory, absent or empty.
        epoch_s: Length of an epoch, in seconds.
        base_port: The first node's first port; ``None`` for any that is free.
    """

    path: Path
    epoch_s: int
    base_port: int | None = None


@contextlib.contextmanager
def prepare_ground(wanted: GroundPlan, plan: ChaosPlan, say: Callable[[str], None]) -> Iterator[Ground]:
    """Make a plan's network; take disks and namespaces away at the end. An event loop must be running.

    Args:
        wanted: The network.
        plan: What will be done to it.
        say: Told what cannot be done here.

    Raises:
        NetworkError: The network cannot be made.
        LocalnetError: Its files, disks or namespaces cannot.
    """
    path = wanted.path
    with ExitStack() as resources:
        namespaces, skipped = _make_namespaces(plan, resources)
        for kind, reason in skipped.items():
            say(f"skipped: {kind}, as {reason}")
        hosts = (LOOPBACK,) if namespaces is None else namespaces.hosts
        port = wanted.base_port or find_base_port(plan.validators * PORTS_PER_NODE)
        init_network(
            NetworkPlan(
                chain_id="chaos",
                validators=plan.validators,
                start=datetime.now(UTC),
                base_port=port,
                epoch_s=wanted.epoch_s,
                hosts=hosts,
            ),
            path,
        )
        directory = NetworkDirectory.read(path)
        homes = tuple(path / Path(node["config_file"]).parent for node in directory.nodes)
        for index in plan.remote_engines:
            _set_remote(path / directory.nodes[index]["config_file"])
        plans = directory.plans()
        if namespaces is not None:
            plans = [
                replace(each, command_prefix=namespaces.prefix(index)) for index, each in enumerate(plans)
            ]
        network = LocalNetwork(plans, path / LOG_DIRECTORY, directory.credentials())
        yield Ground(
            directory,
            network,
            homes,
            tuple(PeerId(bytes.fromhex(node["consensus_key"])) for node in directory.nodes),
            _make_disks(plan, network, homes, resources, say),
            namespaces,
            skipped,
        )


def _make_namespaces(plan: ChaosPlan, resources: ExitStack) -> tuple[Namespaces | None, dict[FaultKind, str]]:
    wanted = {fault.kind for fault in plan.faults} & NETWORK_KINDS
    if not wanted:
        return None, {}
    if reason := why_no_namespaces():
        return None, dict.fromkeys(sorted(wanted), reason)
    namespaces = Namespaces(plan.validators)
    resources.callback(namespaces.close)
    if FaultKind.SLOW_LINK in wanted and (reason := namespaces.why_no_delay()):
        return namespaces, {FaultKind.SLOW_LINK: reason}
    return namespaces, {}


def _make_disks(
    plan: ChaosPlan,
    network: LocalNetwork,
    homes: tuple[Path, ...],
    resources: ExitStack,
    say: Callable[[str], None],
) -> dict[int, FullableDisk]:
    wanted = plan.nodes_with(FaultKind.FULL_DISK)
    reason = why_no_disk() if wanted else ""
    if reason:
        say(f"full disks are limits on the length of files here, as {reason}")
    disks: dict[int, FullableDisk] = {}
    for index in wanted:
        node = network.nodes[index]
        if reason:
            disks[index] = ShortFiles(node.engine or node.validator)
            continue
        disk = SmallDisk(homes[index] / ENGINE_DIRECTORY)
        resources.callback(disk.unmount)
        disks[index] = disk
    return disks


def _set_remote(config_file: Path) -> None:
    text = config_file.read_text(encoding="utf-8")
    assert _IN_PROCESS in text  # it has just been written
    config_file.write_text(text.replace(_IN_PROCESS, _REMOTE), encoding="utf-8")
