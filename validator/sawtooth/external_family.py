"""A family whose processor runs in another process, as the executor sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from signing.types import SignedTransaction
from validator.execution.context import TransactionContext
from validator.sawtooth.processing import ProcessorRequests


class ExternalFamily:
    """A transaction handler that waits for a processor elsewhere.

    Args:
        family_name: The family's name in transaction headers.
        family_versions: The versions that processors are expected to register.
        processors: Where they are.
        loop: The endpoint's event loop; it must run in another thread than the executor.
    """

    def __init__(
        self,
        family_name: str,
        family_versions: Sequence[str],
        processors: ProcessorRequests,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.family_name = family_name
        self.family_versions = tuple(family_versions)
        self._processors = processors
        self._loop = loop

    def apply(self, transaction: SignedTransaction, context: TransactionContext) -> None:
        """Have one transaction carried out, however long that takes.

        The context is used by the endpoint's thread while this one waits, never by both.

        Raises:
            InvalidTransaction: It is refused.
            ProcessorFailedError: No verdict was reached.
            NotReadyError: The endpoint has stopped.
        """
        work = self._processors.carry_out(transaction, context)
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            future.result()
        except BaseException:
            future.cancel()  # nobody waits any more: the context is given back
            raise
