"""Which weeks are due to be rolled, for a node's keeper; transitions never use this."""

from transaction_families.state_view import RangeReader
from transaction_families.token_mining.payload import RollWeek
from transaction_families.token_mining.state import MINING_CLOCK_ADDRESS, MiningClock
from transaction_families.token_mining.weeks import week_end_s


def due_s(clock: MiningClock) -> int:
    """Return when the next roll is due, in UTC seconds."""
    return week_end_s(clock, clock.next_week)


def find_due(reader: RangeReader, now_s: int) -> list[RollWeek]:
    """Return the roll that is due at ``now_s``, if any; a later week waits for the earlier one."""
    data = reader.get(MINING_CLOCK_ADDRESS)
    if data is None:
        return []
    clock = MiningClock.CODEC.decode(data)
    return [RollWeek(clock.next_week)] if due_s(clock) <= now_s else []
