"""Reading the market after a committed block, once or page by page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from validator.permissioning.access import get_caller
from validator.queries.pages import START, Page, Position
from validator.services.backend import LedgerBackend
from validator.services.errors import DeepReadsError, InvalidRequestError, NotFoundError
from validator.services.limits import ServiceLimits
from validator.services.pace import Pace
from validator.services.paging import Place, check_page_size, decode_token, encode_token
from validator.state.reader import StateReader

_POSITION_CHARS_MAX: Final = 96
_HEX_DIGITS: Final = "0123456789abcdef"

T = TypeVar("T")
ReadPage = Callable[[StateReader, Position, int], Page[T]]


@dataclass(frozen=True, slots=True)
class ServedPage(Generic[T]):
    """A page as responses carry it; the token is empty after the last."""

    items: tuple[T, ...]
    next_token: str
    block_number: int


class PageReader:
    """Finds the state that a request asks for."""

    def __init__(self, backend: LedgerBackend, limits: ServiceLimits) -> None:
        self._backend = backend
        self._limits = limits
        self._deep_reads = Pace(limits.deep_reads_per_minute)

    def read_at(self, request: Any) -> tuple[int, StateReader]:
        """Return the block that a request names, or the last committed one, and the state after it.

        Raises:
            NotFoundError: No such block is committed yet.
            UnknownRootError: The state after it is no longer kept.
            DeepReadsError: The client has asked for too many old states.
        """
        certified = self._backend.certified_number
        number: int = request.block_number if request.HasField("block_number") else certified
        if number > certified:
            raise NotFoundError(f"block {number} is not committed yet; the last one is {certified}")
        return number, self._state_at(number)

    def read(self, request: Any, read_page: ReadPage[T]) -> ServedPage[T]:
        """Return the page that a request asks for, of the block that its first page was read at.

        Raises:
            InvalidRequestError: The size or the token is none, or the token is another request's.
            NotFoundError: This node has not come to the token's block yet.
            UnknownRootError: The state of the token's block is no longer kept; begin anew.
            DeepReadsError: As `read_at`.
        """
        size = check_page_size(request.page_size)
        query = _query_of(request)
        certified = self._backend.certified_number
        place = decode_token(query, request.page_token) or Place(certified)
        if place.number > certified:
            raise NotFoundError(f"this node has not come to block {place.number}, which the page is of")
        if len(place.following) > _POSITION_CHARS_MAX or place.following.strip(_HEX_DIGITS):
            raise InvalidRequestError("page_token", "the next_page_token of the page before")
        position = Position(place.following) if place.following else START
        page = read_page(self._state_at(place.number), position, size)
        following = page.following
        token = "" if following is None else encode_token(query, Place(place.number, following))
        return ServedPage(page.items, token, place.number)

    def _state_at(self, number: int) -> StateReader:
        depth_max = self._limits.deep_history_blocks
        if self._backend.head.number - number > depth_max:
            wait_s = self._deep_reads.take(get_caller().public_key, time.monotonic())
            if wait_s:
                raise DeepReadsError(
                    f"states more than {depth_max} blocks back may be read"
                    f" {self._limits.deep_reads_per_minute} times a minute; read newer ones, or wait",
                    int(wait_s * 1000) + 1,
                )
        return self._backend.state_at(number)


def _query_of(request: Any) -> str:
    """Return what a request asks for, whichever page of it."""
    asked = type(request)()
    asked.CopyFrom(request)
    asked.ClearField("page_token")
    asked.ClearField("page_size")
    return f"{request.DESCRIPTOR.full_name} {asked.SerializeToString(deterministic=True).hex()}"
