"""A rate that each client may exceed for a moment, but not for long."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

CLIENTS_MAX: Final = 10_000
BURST_MS: Final = 10_000

_MINUTE_MS: Final = 60_000


class Pace:
    """Remembers for each client up to when its allowance is used.

    Source: the generic cell rate algorithm, ITU-T I.371, annex A, as a virtual schedule.

    Args:
        per_minute: How much one client may do for good; what falls to ten seconds, and one in any case, may
            be done at once.
    """

    def __init__(self, per_minute: int) -> None:
        self._interval_ms = -(-_MINUTE_MS // per_minute)
        self._burst_ms = max(BURST_MS, self._interval_ms)
        self._used_until_ms: OrderedDict[str, int] = OrderedDict()

    def take(self, client: str, now_ms: int) -> int:
        """Return 0 and count one, or return in how many milliseconds the client may try again.

        Args:
            client: Whose allowance.
            now_ms: A clock that never goes back, milliseconds.
        """
        used_until_ms = max(now_ms, self._used_until_ms.get(client, now_ms)) + self._interval_ms
        if (excess_ms := used_until_ms - now_ms - self._burst_ms) > 0:
            return excess_ms
        self._used_until_ms[client] = used_until_ms
        self._used_until_ms.move_to_end(client)
        if len(self._used_until_ms) > CLIENTS_MAX:
            self._used_until_ms.popitem(last=False)
        return 0
