"""The head as it is read: its entries, and the branches above them."""

from __future__ import annotations

from dataclasses import dataclass

from validator.state.branch_store import BranchStore
from validator.state.entry_store import EntryStore


@dataclass(frozen=True, slots=True)
class Head:
    """Where the head's values and branches come from, whichever version is the head."""

    entries: EntryStore
    branches: BranchStore | None  # none where the root has another form than the trie's
