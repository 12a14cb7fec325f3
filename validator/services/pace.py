"""A rate that each client may exceed for a moment, but not for long."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

CLIENTS_MAX: Final = 10_000
BURST_S: Final = 10.0


class Pace:
    """Remembers for each client up to when its allowance is used.

    Source: the generic cell rate algorithm, ITU-T I.371, annex A, as a virtual schedule.

    Args:
        per_minute: How much one client may do for good; what falls to ten seconds, and one in any case, may
            be done at once.
    """

    def __init__(self, per_minute: int) -> None:
        self._interval_s = 60.0 / per_minute
        self._burst_s = max(BURST_S, self._interval_s)
        self._used_until_s: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str, now_s: float) -> float:
        """Return 0 and count one, or return in how many seconds the client may try again.

        Args:
            client: Whose allowance.
            now_s: A clock that never goes back, seconds.
        """
        used_until_s = max(now_s, self._used_until_s.get(client, now_s)) + self._interval_s
        if (excess_s := used_until_s - now_s - self._burst_s) > 0:
            return excess_s
        self._used_until_s[client] = used_until_s
        self._used_until_s.move_to_end(client)
        if len(self._used_until_s) > CLIENTS_MAX:
            self._used_until_s.popitem(last=False)
        return 0.0
