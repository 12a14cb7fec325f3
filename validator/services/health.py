"""Health by the standard protocol, so that balancers and supervisors need to know nothing else.

Source: grpc/doc/health-checking.md of the gRPC project.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from grpc_health.v1 import health
from grpc_health.v1.health_pb2 import HealthCheckResponse

from validator.services.backend import NodeBackend

SERVICE_NAME: Final = health.SERVICE_NAME
POLL_S: Final = 0.5


class Health:
    """Keeps the health of a node's services current.

    Args:
        node: The node.
        services: Full names of what is served; the node as a whole has the empty one.
    """

    def __init__(self, node: NodeBackend, services: Iterable[str]) -> None:
        self.servicer: Final = health.aio.HealthServicer()
        self._node = node
        self._services = (health.OVERALL_HEALTH, *services)
        self._told: bool | None = None

    async def run(self) -> None:
        """Follow the node, for as long as it serves."""
        while True:
            await self.update()
            await asyncio.sleep(POLL_S)

    async def update(self) -> None:
        """Tell how the node stands now."""
        is_serving = self._node.status.is_serving
        if is_serving is self._told:
            return
        self._told = is_serving
        status = HealthCheckResponse.SERVING if is_serving else HealthCheckResponse.NOT_SERVING
        for service in self._services:
            await self.servicer.set(service, status)

    async def close(self) -> None:
        """Tell that nothing is served any more."""
        await self.servicer.enter_graceful_shutdown()
