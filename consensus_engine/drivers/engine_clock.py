"""The engine's clock: real milliseconds that never go back."""

from collections.abc import Callable


class EngineClock:
    """Follows a clock, and goes on by the monotonic one where it is set back."""

    __slots__ = ("_last_ms", "_last_s", "_monotonic_s", "_wall_ms")

    def __init__(self, wall_ms: Callable[[], int], monotonic_s: Callable[[], float]) -> None:
        """Begin now.

        Args:
            wall_ms: Unix milliseconds.
            monotonic_s: Seconds since any moment, which nobody can set.
        """
        self._wall_ms = wall_ms
        self._monotonic_s = monotonic_s
        self._last_ms = wall_ms()
        self._last_s = monotonic_s()

    def now_ms(self) -> int:
        """Return Unix milliseconds, never below what was returned before."""
        now_s = self._monotonic_s()
        wall_ms = self._wall_ms()
        if wall_ms >= self._last_ms:
            self._last_ms, self._last_s = wall_ms, now_s
            return wall_ms
        passed_ms = int((now_s - self._last_s) * 1000)
        if passed_ms > 0:
            self._last_ms += passed_ms
            self._last_s += passed_ms / 1000
        return self._last_ms
