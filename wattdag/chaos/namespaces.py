"""A network namespace for each node, joined by a bridge: links that can be cut, slowed and made lossy.

A cut link is silent. Each side is told a hardware address for the other at which nobody is, so frames vanish
as behind a pulled cable, and no socket hears of it.

Needs root and iproute2; delay and loss also need the kernel's netem.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from wattdag.localnet.errors import LocalnetError

_NOBODY: Final = "02:00:00:00:00:00"
_DEVICE: Final = "eth0"
_SUBNETS: Final = 250


class Namespaces:
    """Made when constructed; `close` removes all of it.

    Args:
        count: How many nodes get one.

    Attributes:
        hosts: The nodes' addresses, in order.

    Raises:
        LocalnetError: Something of it cannot be made; nothing is left then.
    """

    def __init__(self, count: int) -> None:
        number = os.getpid()
        subnet = f"10.77.{number % _SUBNETS}"
        self._bridge = f"wd{number}"
        self._names = [f"wd{number}n{index + 1}" for index in range(count)]
        self._groups: list[frozenset[int]] = []
        self._severed: list[set[int]] = [set() for _ in range(count)]
        self.hosts: tuple[str, ...] = tuple(f"{subnet}.{index + 1}" for index in range(count))
        try:
            _ip("link", "add", self._bridge, "type", "bridge")
            _ip("address", "add", f"{subnet}.254/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
            for name, host in zip(self._names, self.hosts, strict=True):
                _ip("netns", "add", name)
                _ip("link", "add", name, "type", "veth", "peer", "name", _DEVICE, "netns", name)
                _ip("link", "set", name, "master", self._bridge, "up")
                _ip("-n", name, "address", "add", f"{host}/24", "dev", _DEVICE)
                _ip("-n", name, "link", "set", _DEVICE, "up")
                _ip("-n", name, "link", "set", "lo", "up")
        except LocalnetError:
            self.close()
            raise

    def close(self) -> None:
        """Remove the namespaces and the bridge; processes in them must have ended."""
        for arguments in [*(("netns", "del", name) for name in self._names), ("link", "del", self._bridge)]:
            try:
                _ip(*arguments)
            except LocalnetError:
                continue  # it was never made, or has gone already

    def prefix(self, node: int) -> tuple[str, ...]:
        """Return what comes before a command to run it in a node's namespace."""
        return (_find("ip"), "netns", "exec", self._names[node])

    def cut(self, nodes: Iterable[int]) -> None:
        """Cut some nodes off from all others; among themselves they stay linked."""
        self._groups.append(frozenset(nodes))
        self._rewire()

    def join(self, nodes: Iterable[int]) -> None:
        """Undo a `cut` of the same nodes."""
        self._groups.remove(frozenset(nodes))
        self._rewire()

    def slow(self, node: int, delay_ms: int, jitter_ms: int, loss_percent: float) -> None:
        """Delay what a node sends, and lose some of it."""
        _call("tc", "-n", self._names[node], "qdisc", "replace", "dev", _DEVICE, "root", "netem",
              "delay", f"{delay_ms}ms", f"{jitter_ms}ms", "loss", f"{loss_percent}%")  # fmt: skip

    def quicken(self, node: int) -> None:
        """Undo `slow`."""
        _call("tc", "-n", self._names[node], "qdisc", "del", "dev", _DEVICE, "root")

    def why_no_delay(self) -> str:
        """Return why links cannot be slowed here; empty where they can."""
        try:
            self.slow(0, 1, 1, 0)
            self.quicken(0)
        except LocalnetError as error:
            return f"the kernel's netem is needed, and {error}"
        return ""

    def _rewire(self) -> None:
        """Cut the links that some group's border crosses, and restore those that none does any more."""
        for node, name in enumerate(self._names):
            wanted = {
                other
                for other in range(len(self._names))
                if any((other in group) != (node in group) for group in self._groups)
            }
            before, self._severed[node] = self._severed[node], wanted
            lines = [
                *(f"neigh replace {self.hosts[other]} dev {_DEVICE} lladdr {_NOBODY} nud permanent"
                  for other in sorted(wanted - before)),
                *(f"neigh del {self.hosts[other]} dev {_DEVICE}" for other in sorted(before - wanted)),
            ]  # fmt: skip
            if lines:
                _ip("-n", name, "-batch", "-", text="\n".join(lines) + "\n")


def why_no_namespaces() -> str:
    """Return why nodes cannot get namespaces here; empty where they can."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if shutil.which("ip") is None:
        return "iproute2 is not installed"
    try:
        Namespaces(1).close()
    except LocalnetError as error:
        return str(error)
    return ""


def _ip(*arguments: str, text: str = "") -> None:
    _call("ip", *arguments, text=text)


def _call(program: str, *arguments: str, text: str = "") -> None:
    command: Sequence[str] = (_find(program), *arguments)
    done = subprocess.run(  # noqa: S603 - a fixed program of the system
        command, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LocalnetError(f"{program} says: {done.stderr.strip()}")


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise LocalnetError(f"there is no {program} on this machine; install iproute2")
    return str(Path(found))
