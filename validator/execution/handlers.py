"""The transaction handlers that this node runs in its own process, by family name and version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from signing.types import SignedTransaction
from validator.execution.context import TransactionContext
from validator.execution.errors import UnknownFamilyError


class TransactionHandler(Protocol):
    """Sawtooth's interface of a transaction family."""

    @property
    def family_name(self) -> str:
        """The family's name in transaction headers."""
        ...

    @property
    def family_versions(self) -> Sequence[str]:
        """The versions that it carries out."""
        ...

    def apply(self, transaction: SignedTransaction, context: TransactionContext) -> None:
        """Carry out one transaction.

        Raises:
            InvalidTransaction: It is refused.
        """
        ...


class Handlers:
    """Finds the handler of a transaction."""

    def __init__(self, handlers: Iterable[TransactionHandler]) -> None:
        self._by_family = {
            (handler.family_name, version): handler
            for handler in handlers
            for version in handler.family_versions
        }

    def get(self, family_name: str, family_version: str) -> TransactionHandler:
        """Return the handler of a family in a version.

        Raises:
            UnknownFamilyError: There is none.
        """
        handler = self._by_family.get((family_name, family_version))
        if handler is None:
            raise UnknownFamilyError(family_name, family_version, self._by_family)
        return handler
