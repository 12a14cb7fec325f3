"""Mining weeks on the ledger's time: seven days each, back to back from the founding's first week."""

from typing import Final

from transaction_families.periods import Seconds
from transaction_families.token_mining.state import MiningClock, Week

WEEK_S: Final = 7 * 24 * 3600


def find_week(clock: MiningClock, now_s: int) -> Week | None:
    """Return the week that contains ``now_s``, or ``None`` before the first one."""
    elapsed_s = now_s - clock.first_week_start_s
    return Week(elapsed_s // WEEK_S + 1) if elapsed_s >= 0 else None


def week_end_s(clock: MiningClock, week: Week) -> Seconds:
    """Return the first second after ``week``: from then on its volumes stand and it can be rolled."""
    return Seconds(clock.first_week_start_s + week * WEEK_S)
