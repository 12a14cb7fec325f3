"""The component endpoint in a thread of its own, beside an executor that waits for processors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

from validator.sawtooth.endpoint import ComponentEndpoint
from validator.sawtooth.external_family import ExternalFamily
from validator.sawtooth.limits import EndpointLimits
from validator.sawtooth.processing import ProcessorRequests
from validator.sawtooth.processor_table import FamilyVersion


class SawtoothComponents:
    """Serves transaction processors from `start` to `stop`.

    The executor is synchronous: it waits in `ExternalFamily.apply` while this thread serves the processor.

    Args:
        listen: ZMQ address such as ``tcp://127.0.0.1:4004``; port 0 takes a free one.
        limits: What is borne.
    """

    def __init__(self, listen: str, limits: EndpointLimits) -> None:
        self._listen = listen
        self._limits = limits
        self._loop = asyncio.new_event_loop()
        self._processors = ProcessorRequests(limits)
        self._endpoint: ComponentEndpoint | None = None
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="sawtooth-components", daemon=True
        )

    def start(self) -> str:
        """Begin to serve; return the address.

        Raises:
            ConfigError: The address cannot be listened at.
        """
        self._thread.start()
        try:
            return asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        except BaseException:
            self._end_thread()
            raise

    def stop(self) -> None:
        """Serve no more; transactions that wait for a processor fail with `NotReadyError`."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._end_thread()

    def family(self, name: str, versions: Sequence[str]) -> ExternalFamily:
        """Return the handler of a family whose processors connect here."""
        return ExternalFamily(name, versions, self._processors, self._loop)

    def missing(self) -> list[FamilyVersion]:
        """Return the families that transactions wait for while no processor is registered, for health."""
        return self._processors.missing()

    async def _start(self) -> str:
        self._endpoint = ComponentEndpoint(
            self._listen, self._processors.handlers(), self._limits, self._processors.lost
        )
        return await self._endpoint.start()

    async def _stop(self) -> None:
        await self._processors.stop()
        if self._endpoint is not None:
            await self._endpoint.stop()

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
