"""Which of the election's steps are due, for a node's keeper; transitions never use this.

Giving back bonds and stake is left to those whose they are.
"""

from transaction_families.fdpos_registry.payload import CloseRound, DrawOpening
from transaction_families.fdpos_registry.rounds import OpenRound
from transaction_families.fdpos_registry.state import (
    ELECTION_CLOCK_ADDRESS,
    REGISTRY_PARAMETERS_ADDRESS,
    ElectionClock,
    RegistryParameterSchedule,
)
from transaction_families.parameters import get_in_force
from transaction_families.state_view import RangeReader


def due_s(open_round: OpenRound) -> int:
    """Return when the round's next step is due, in UTC seconds: the draw, then the closing."""
    return open_round.end_s if open_round.clock.opening_seed else open_round.window_end_s


def find_due(reader: RangeReader, now_s: int) -> list[DrawOpening | CloseRound]:
    """Return the step of the open round that is due at ``now_s``, if any."""
    clock_data = reader.get(ELECTION_CLOCK_ADDRESS)
    schedule_data = reader.get(REGISTRY_PARAMETERS_ADDRESS)
    if clock_data is None or schedule_data is None:
        return []
    clock = ElectionClock.CODEC.decode(clock_data)
    versions = RegistryParameterSchedule.CODEC.decode(schedule_data).versions
    open_round = OpenRound(clock, get_in_force(versions, clock.round, "registry").parameters)
    if now_s < due_s(open_round):
        return []
    return [CloseRound(clock.round) if clock.opening_seed else DrawOpening(clock.round)]
