"""How many nodes may be faulty at a time: as many as the protocol withstands, unless the plan says so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


class FaultBudget:
    """Gives leave to disturb nodes.

    Args:
        faulty_max: How many may be faulty at the same time.
    """

    def __init__(self, faulty_max: int) -> None:
        self._faulty_max = faulty_max
        self._faulty: set[int] = set()
        self._changed = asyncio.Event()

    @property
    def faulty(self) -> frozenset[int]:
        """The nodes that are disturbed, or have not come back yet."""
        return frozenset(self._faulty)

    async def take(self, nodes: Iterable[int], *, alone: bool = False) -> None:
        """Wait until some nodes may be disturbed, and count them as faulty from then on.

        Args:
            nodes: Counted from 0.
            alone: Whether no other may be faulty then; if so, these may be any number.
        """
        wanted = set(nodes)
        while not self._has_room(wanted, alone=alone):
            self._changed.clear()
            await self._changed.wait()
        self._faulty |= wanted

    def give_back(self, nodes: Iterable[int]) -> None:
        """Count nodes as sound again."""
        self._faulty -= set(nodes)
        self._changed.set()

    def _has_room(self, wanted: set[int], *, alone: bool) -> bool:
        if alone:
            return not self._faulty
        return not wanted & self._faulty and len(wanted | self._faulty) <= self._faulty_max
