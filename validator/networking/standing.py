"""How a peer has behaved, and how long it stays outside for it."""

from validator.networking.limits import PeerLimits
from validator.networking.token_bucket import TokenBucket


class Standing:
    """A peer's faults, which time forgives, and the times it was cut off, each longer than the last.

    Args:
        limits: How many faults are too many, and how long a peer is cut off.
        now_s: Now, on a clock that never goes back; seconds.
    """

    __slots__ = ("_limits", "_patience", "cut_off_until_s", "cut_offs", "faults")

    def __init__(self, limits: PeerLimits, now_s: float) -> None:
        self._limits = limits
        self._patience = TokenBucket(1000 / limits.fault_forgiven_ms, limits.faults_max, now_s)
        self.faults = 0  # ever
        self.cut_offs = 0  # ever
        self.cut_off_until_s = now_s

    def add_fault(self, now_s: float) -> bool:
        """Count one fault, and return whether it is one too many."""
        self.faults += 1
        return not self._patience.take(1, now_s)

    def cut_off(self, now_s: float) -> float:
        """Begin a time outside, twice as long as the last, and return its length in seconds."""
        limits = self._limits
        duration_ms = min(limits.cut_off_ms_max, limits.cut_off_ms_min << min(self.cut_offs, 32))
        self.cut_offs += 1
        self.cut_off_until_s = now_s + duration_ms / 1000
        return duration_ms / 1000

    def is_cut_off(self, now_s: float) -> bool:
        """Return whether the peer is outside now."""
        return now_s < self.cut_off_until_s
