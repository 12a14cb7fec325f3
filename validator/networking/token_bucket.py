"""A rate that may be exceeded for a moment, but not for long."""


class TokenBucket:
    """Fills at a steady rate up to its size; what is taken out must be in it.

    Args:
        per_s: Tokens that flow in each second.
        size: Tokens it holds at most, and at first.
        now_s: Now, on a clock that never goes back; seconds.
    """

    __slots__ = ("_filled_s", "_per_s", "_size", "_tokens")

    def __init__(self, per_s: float, size: float, now_s: float) -> None:
        self._per_s = per_s
        self._size = size
        self._tokens = size
        self._filled_s = now_s

    def take(self, tokens: float, now_s: float) -> bool:
        """Take tokens out if they are there, and return whether they were."""
        self._tokens = min(self._size, self._tokens + (now_s - self._filled_s) * self._per_s)
        self._filled_s = now_s
        if tokens > self._tokens:
            return False
        self._tokens -= tokens
        return True
