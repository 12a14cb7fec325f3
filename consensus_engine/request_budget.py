"""How much one peer may ask of this node.

Source: consensus protocol, section 2.11.
"""

from typing import Final

from consensus_engine.types import PeerId

REFS_PER_SECOND_MAX: Final = 4000  # vertices one peer is served
PEERS_MAX: Final = 1024  # whose requests are counted at a time
_WINDOW_MS: Final = 1000


class RequestBudget:
    """Counts what each peer was served in the current second."""

    __slots__ = ("_served", "_window")

    def __init__(self) -> None:
        self._window = 0
        self._served: dict[PeerId, int] = {}

    def allows(self, peer: PeerId, count: int, now_ms: int) -> bool:
        """Charge a request to a peer; return whether it is within the peer's budget."""
        window = now_ms // _WINDOW_MS
        if window != self._window:
            self._window = window
            self._served.clear()
        served = self._served.get(peer, 0) + count
        if served > REFS_PER_SECOND_MAX or (peer not in self._served and len(self._served) >= PEERS_MAX):
            return False
        self._served[peer] = served
        return True
