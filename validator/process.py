"""What a process that runs a node sets for itself."""

from __future__ import annotations

import gc
from typing import Final

_YOUNG_OBJECTS: Final = 100_000
_COLLECTIONS: Final = 50


def tune_garbage_collection() -> None:
    """Make the search for reference cycles rare.

    A node makes millions of objects and hardly a cycle; all but those few are freed by their reference
    counts. With Python's own thresholds the search takes 5 % of execution's time, again and again through
    the caches.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _COLLECTIONS, _COLLECTIONS)
