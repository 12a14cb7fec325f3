"""What can go wrong with a network on one machine."""

from pathlib import Path


class LocalnetError(Exception):
    """The network on this machine cannot be run or measured; the text says what to do."""


class ProcessEndedError(LocalnetError):
    """A process ended that nobody had stopped."""

    def __init__(self, name: str, how: str, log_file: Path, last_lines: str) -> None:
        super().__init__(f"{name} {how}; its log {log_file} ends:\n{last_lines}")
        self.name = name
        self.log_file = log_file


class NotInTimeError(LocalnetError):
    """Something awaited has not come."""

    def __init__(self, what: str, waited_s: float, seen: str) -> None:
        super().__init__(f"{what} has not come within {waited_s:g} s; seen: {seen}")
        self.what = what
        self.waited_s = waited_s


class RootsDifferError(LocalnetError):
    """Nodes have different states after the same block."""

    def __init__(self, height: int, roots: dict[str, str]) -> None:
        listed = ", ".join(f"{name} {root[:16]}" for name, root in roots.items())
        super().__init__(f"the nodes' states differ after block {height}: {listed}; keep the directory")
        self.height = height
        self.roots = roots


class WorkloadError(LocalnetError):
    """The ledger does not allow the load that was asked for."""


def first_of(group: ExceptionGroup[Exception], *kinds: type[Exception]) -> Exception:
    """Return the first error of a group if all of them are of known kinds, else the group as it is.

    Raising it in ``except*`` would wrap it in a group again on Python before 3.11.4.
    """
    _, others = group.split(kinds)
    found: Exception = group
    while others is None and isinstance(found, ExceptionGroup):
        found = found.exceptions[0]
    return found
