"""What a form of the state root must be able to do, and which forms there are.

Entries, versions and views are the same in every form; how the entries become one root is the
business of a `StateTree`. A ledger has one form from its first block on.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, TypeVar

from validator.state.branch import Branch
from validator.state.versions import Version
from validator.storage import WriteBatch


class StateRootMode(StrEnum):
    """How a ledger's state root follows from its entries."""

    RADIX16 = "radix16"
    """This project's own: fast, with proofs of presence and absence."""

    SAWTOOTH = "sawtooth"
    """The root that a Sawtooth validator has for the same entries; without proofs."""


class TreeChange(Protocol):
    """What a block does to the tree."""

    @property
    def root(self) -> bytes:
        """Root after the block, 32 bytes."""
        ...

    @property
    def replaced(self) -> Mapping[str, Branch | None]:
        """The branches that were changed, by path, as they were, for proofs from the version before."""
        ...

    def add_writes(self, batch: WriteBatch) -> None:
        """Add what makes the change durable to a batch."""
        ...


C = TypeVar("C", bound=TreeChange)


class StateTree(Protocol[C]):
    """The head's tree, kept in memory and on disk beside the entries."""

    @property
    def empty_root(self) -> bytes:
        """Root of the state without entries, 32 bytes."""
        ...

    def stage(self, root: bytes, values: Mapping[str, bytes | None]) -> C:
        """Return what the head's tree becomes; nothing changes yet.

        Args:
            root: The head's root.
            values: New values by address, ascending; `None` removes an entry, which exists.
        """
        ...

    def apply(self, change: C) -> None:
        """Follow the head to the other side of a change that has been written."""
        ...

    def undo(self, head_root: bytes, later: Version, values: Mapping[str, bytes | None]) -> Undone:
        """Return the tree of an older version.

        Args:
            head_root: The head's root.
            later: A version that can be read.
            values: What the older version has where ``later`` may differ, by address, ascending.
        """
        ...

    def check_all(self, root: bytes) -> None:
        """Check the whole tree and all entries against the head's root.

        Raises:
            CorruptStateError: Something is missing, left over, or other than its hash says.
        """
        ...

    def check_some(self, root: bytes, ways: int) -> None:
        """Check some ways from the head's root down to an entry; otherwise as `check_all`."""
        ...


Undone = tuple[bytes, Mapping[str, Branch | None]]
"""An older version's root, and its branches where the version it was made from may differ."""
