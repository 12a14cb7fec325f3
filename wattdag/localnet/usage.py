"""What a group of processes uses, from ``/proc``."""

import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")

# Fields of /proc/PID/stat after the command's name in parentheses; proc(5) counts them from 3.
_GROUP: Final = 5 - 3
_TIMES: Final = slice(14 - 3, 17 - 3 + 1)  # user and system, own and of children waited for
_RESIDENT: Final = 24 - 3


@dataclass(frozen=True, slots=True)
class Usage:
    """What processes use.

    Attributes:
        cpu_s: Processor time since they started, children that have ended included.
        resident_bytes: Memory held now; pages that several share count for each.
    """

    cpu_s: float = 0.0
    resident_bytes: int = 0


def measure_groups(groups: Collection[int]) -> dict[int, Usage]:
    """Return what the processes of each group use, in one pass; nothing for a group without any."""
    ticks, pages = Counter[int](), Counter[int]()
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        fields = stat.rpartition(")")[2].split()
        group = int(fields[_GROUP])
        if group in groups:
            ticks[group] += sum(map(int, fields[_TIMES]))
            pages[group] += int(fields[_RESIDENT])
    return {group: Usage(ticks[group] / _TICKS_PER_S, pages[group] * _PAGE_BYTES) for group in groups}
