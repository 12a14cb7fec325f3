"""An engine comes back to its validator, and gives up only where it must."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from consensus_engine.api import ConsensusApi
from consensus_engine.drivers.api_address import ApiAddress, open_channel
from consensus_engine.drivers.reconnecting import keep_connected
from consensus_engine.errors import FencedError
from tests.helpers.consensus_api import OverGrpc, make_registration

pytestmark = pytest.mark.asyncio


async def test_engine_comes_back_after_each_restart_of_its_validator(tmp_path: Path) -> None:
    """It begins anew each time, with a higher number; it also waits for a validator that starts later."""
    address = ApiAddress.at(tmp_path / "engine" / "socket")
    form = OverGrpc(tmp_path, address)
    registered: asyncio.Queue[int] = asyncio.Queue()
    runs = 0

    async def run_engine(api: ConsensusApi) -> None:
        nonlocal runs
        runs += 1
        await api.register(make_registration(runs))
        registered.put_nowait(runs)
        await anext(api.notifications())

    connected = asyncio.create_task(keep_connected(open_channel(address), run_engine))
    await asyncio.sleep(0.05)
    async with form, asyncio.timeout(20):
        first = await registered.get()
        await form.restart()
        assert await registered.get() > first
        connected.cancel()
        with suppress(asyncio.CancelledError):
            await connected


async def test_fenced_engine_does_not_come_back(tmp_path: Path) -> None:
    """Two engines with one key would otherwise fence one another for ever."""
    address = ApiAddress.at(tmp_path / "engine" / "socket")

    async def run_engine(api: ConsensusApi) -> None:
        await api.register(make_registration(1))
        later = await form.connect()
        await later.register(make_registration(2))
        await anext(api.notifications())

    async with OverGrpc(tmp_path, address) as form, asyncio.timeout(20):
        with pytest.raises(FencedError):
            await keep_connected(open_channel(address), run_engine)
