"""Streams that follow the chain."""

from __future__ import annotations

import asyncio

import pytest

from validator.host.change_signal import ChangeSignal
from validator.services.watching import follow_chain


class _Chain:
    """A head and a certified block that a test moves."""

    def __init__(self) -> None:
        self.head_number = 1
        self.certified_number = 0
        self.changed = ChangeSignal()

    @property
    def head(self) -> _Chain:
        return self

    @property
    def number(self) -> int:
        return self.head_number

    async def wait_for_change(self) -> None:
        await self.changed.wait()


def test_what_moves_while_a_watcher_is_told_is_not_missed() -> None:
    """The stream waits only if nothing has moved since it looked."""

    async def follow() -> list[int | None]:
        chain = _Chain()
        stream = follow_chain(chain, 1, certified_only=False)  # type: ignore[arg-type]
        told = [await anext(stream), await anext(stream)]
        chain.certified_number = 1  # nobody waits yet: the signal finds nobody
        chain.changed.fire()
        told.append(await asyncio.wait_for(anext(stream), 5))
        return told

    assert asyncio.run(follow()) == [1, None, None]


@pytest.mark.parametrize("certified_only", [False, True])
def test_a_block_far_ahead_is_waited_for(*, certified_only: bool) -> None:
    """So a client resumes on a node that lags behind."""

    async def follow() -> int | None:
        chain = _Chain()
        stream = follow_chain(chain, 3, certified_only=certified_only)  # type: ignore[arg-type]
        assert await anext(stream) is None
        chain.head_number = chain.certified_number = 5
        return await asyncio.wait_for(anext(stream), 5)

    assert asyncio.run(follow()) == 3
