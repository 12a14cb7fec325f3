"""An engine in a process of its own, which outlives its validator's restarts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import grpc
import structlog

from consensus_engine.api import ConsensusApi
from consensus_engine.drivers.grpc_api import GrpcConsensusApi
from consensus_engine.errors import ApiUnavailableError

RETRY_S_MIN: Final = 0.1
RETRY_S_MAX: Final = 5.0
STEADY_S: Final = 30.0  # a run this long was no failed attempt: the next one is tried at once

log = structlog.get_logger(__name__)


async def keep_connected(
    channel: grpc.aio.Channel, run_engine: Callable[[ConsensusApi], Awaitable[None]]
) -> None:
    """Run an engine whenever its validator can be reached, until it ends otherwise than by losing it.

    Waiting for the validator costs no attempt: the engine, and with it the log and its fencing number, is
    begun once there is a connection. Attempts that fail at once are tried again ever more slowly.

    Args:
        channel: To the validator; closed in the end.
        run_engine: Opens the engine over its log, runs it and closes both.

    Raises:
        ApiError: The validator does not take this engine, or a later one has come.
        Exception: What else ``run_engine`` raises.
    """
    api = GrpcConsensusApi(channel)
    clock = asyncio.get_running_loop().time
    retry_s = RETRY_S_MIN
    try:
        while True:
            log.info("validator_awaited")
            await channel.channel_ready()
            began_s = clock()
            try:
                return await run_engine(api)
            except ApiUnavailableError as error:
                log.warning("validator_lost", reason=str(error))
            if clock() - began_s >= STEADY_S:
                retry_s = RETRY_S_MIN
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, RETRY_S_MAX)
    finally:
        await api.close()
