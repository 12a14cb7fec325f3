"""What the nodes' own logs complain of: no honest network gives cause for any of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from consensus_engine.effects import Alarm
from wattdag.chaos.violations import Violation

_EQUIVOCATION_EVENT: Final = "equivocation_proven"
_ALERT_EVENT: Final = "engine_alert"


@dataclass(frozen=True, slots=True)
class Complaints:
    """What was found in the logs.

    Attributes:
        equivocations: Proofs that nodes reported, one violation each.
        alarms: Alarms of engines that concern safety.
        peer_faults: How often a node held a peer to have broken a rule.
    """

    equivocations: tuple[Violation, ...]
    alarms: tuple[Violation, ...]
    peer_faults: int


def read_complaints(log_files: Iterable[Path]) -> Complaints:
    """Return what the logs of processes complain of; lines that are no events are passed over.

    Raises:
        OSError: A log cannot be read.
    """
    equivocations, alarms, peer_faults = [], [], 0
    for file in log_files:
        for event in _read_events(file):
            match event.get("event"):
                case "equivocation_proven":
                    text = f"{file.stem} has proof against {event.get('author')}, epoch {event.get('epoch')}"
                    equivocations.append(Violation("equivocation", text))
                case "engine_alert" if event.get("alarm") == Alarm.PEER_AT_FAULT.value:
                    peer_faults += 1
                case "engine_alert":
                    text = f"{file.stem}: {event.get('alarm')}: {event.get('text')}"
                    alarms.append(Violation("alarm", text))
    return Complaints(tuple(equivocations), tuple(alarms), peer_faults)


def _read_events(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if _EQUIVOCATION_EVENT not in line and _ALERT_EVENT not in line:
                continue
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                yield event
