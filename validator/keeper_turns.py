"""Whose turn it is to send a due step: a pure function, so that keepers need not talk about it.

Each step ranks the keepers by the SHA-256 of step and key. The first sends at once, each further one only
when the step has been due for another fallback delay: so a step is usually sent once, no keeper gets all
the steps, and none can hold one up for longer than the delay.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def rank_of(step: bytes, keepers: Iterable[str], keeper: str) -> int:
    """Return how many keepers come before one for a step; 0 for the first.

    Args:
        step: What identifies the step.
        keepers: Public keys of all keepers, 66 hex digits each, in any order.
        keeper: One of them.
    """
    own = _draw(step, keeper)
    return sum(_draw(step, other) < own for other in keepers)


def is_turn(step: bytes, keepers: Iterable[str], keeper: str, *, due_for_s: int, fallback_s: int) -> bool:
    """Return whether a keeper may send a step that has been due for ``due_for_s`` seconds."""
    return rank_of(step, keepers, keeper) * fallback_s <= due_for_s


def _draw(step: bytes, keeper: str) -> bytes:
    return sha256(len(step).to_bytes(4, "big") + step + keeper.encode()).digest()
