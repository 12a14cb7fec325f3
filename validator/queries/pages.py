"""Pages of a scan: as many items as fit, and where the next page begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic, NewType, TypeVar

PAGE_SIZE_MAX: Final = 1000
"""Items in one page."""

SCANNED_MAX: Final = 5000
"""Entries that are looked at for one page; a page may be empty and still have a next one."""

T = TypeVar("T")

Position = NewType("Position", str)
"""Where a scan stands: lowercase hex digits, ascending as text; a scan knows its own layout."""

START: Final = Position("")
"""Before the first entry."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a scan.

    Attributes:
        items: In the scan's order.
        following: Where the next page begins; ``None`` after the last.
    """

    items: tuple[T, ...]
    following: Position | None


def take_page(scan: Iterator[tuple[Position, T | None]], size: int) -> Page[T]:
    """Return the next page of a scan.

    Args:
        scan: Where each entry stands, with ``None`` for one that was looked at and does not count.
        size: Items wanted, 1 to `PAGE_SIZE_MAX`.
    """
    assert 1 <= size <= PAGE_SIZE_MAX
    items: list[T] = []
    for scanned, (position, item) in enumerate(scan):
        if len(items) == size or scanned == SCANNED_MAX:
            return Page(tuple(items), position)
        if item is not None:
            items.append(item)
    return Page(tuple(items), None)
