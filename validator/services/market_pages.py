"""Reading the market after a committed block, once or page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from validator.queries.pages import START, Page, Position
from validator.services.backend import LedgerBackend
from validator.services.errors import InvalidRequestError, NotCertifiedError
from validator.services.history import StateHistory
from validator.services.limits import ServiceLimits
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
        self._history = StateHistory(backend, limits)

    def read_at(self, request: Any) -> tuple[int, StateReader]:
        """Return the block that a request names, or the last committed one, and the state after it.

        Raises:
            NotCertifiedError: This node has not come so far.
            UnknownRootError: The state after it is no longer kept.
            DeepReadsError: The client has asked for too many old states.
        """
        certified = self._backend.certified_number
        number: int = request.block_number if request.HasField("block_number") else certified
        if number > certified:
            raise NotCertifiedError(number)
        return number, self._history.open_at(number)

    def read(self, request: Any, read_page: ReadPage[T]) -> ServedPage[T]:
        """Return the page that a request asks for, of the block that its first page was read at.

        Raises:
            InvalidRequestError: The size or the token is none, or the token is another request's.
            NotCertifiedError: This node has not come to the token's block yet.
            UnknownRootError: The state of the token's block is no longer kept; begin anew.
            DeepReadsError: As `read_at`.
        """
        size = check_page_size(request.page_size)
        query = _query_of(request)
        certified = self._backend.certified_number
        place = decode_token(query, request.page_token) or Place(certified)
        if place.number > certified:
            raise NotCertifiedError(place.number)
        if len(place.following) > _POSITION_CHARS_MAX or place.following.strip(_HEX_DIGITS):
            raise InvalidRequestError("page_token", "the next_page_token of the page before")
        position = Position(place.following) if place.following else START
        page = read_page(self._history.open_at(place.number), position, size)
        following = page.following
        token = "" if following is None else encode_token(query, Place(place.number, following))
        return ServedPage(page.items, token, place.number)


def _query_of(request: Any) -> str:
    """Return what a request asks for, whichever page of it."""
    asked = type(request)()
    asked.CopyFrom(request)
    asked.ClearField("page_token")
    asked.ClearField("page_size")
    return f"{request.DESCRIPTOR.full_name} {asked.SerializeToString(deterministic=True).hex()}"
