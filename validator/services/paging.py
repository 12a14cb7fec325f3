"""Page tokens: where a list goes on, opaque to clients and useless for any other list (AIP-158)."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from validator.services.errors import InvalidRequestError
from validator.services.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

TOKEN_CHARS_MAX: Final = 512
NUMBER_MAX: Final = 2**64 - 1

_QUERY_BYTES: Final = 8
_RULE: Final = "empty, or the next_page_token of the same list with the same fields"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on.

    Attributes:
        number: The block that the list is read at.
        following: The key of the next item; empty before the first.
    """

    number: int
    following: str = ""


def check_page_size(size: int, *, size_max: int = PAGE_SIZE_MAX) -> int:
    """Return the page size asked for; a larger one than allowed is cut down, none means the default.

    Raises:
        InvalidRequestError: It is negative.
    """
    if size < 0:
        raise InvalidRequestError("page_size", "0 for the default, or the number of items wanted")
    return min(size or PAGE_SIZE_DEFAULT, size_max)


def encode_token(query: str, place: Place) -> str:
    """Return the token of a place in the list that ``query`` describes."""
    text = f"{place.number}.{place.following}".encode()
    return urlsafe_b64encode(_digest_of(query) + text).decode("ascii").rstrip("=")


def decode_token(query: str, token: str) -> Place | None:
    """Return where a list goes on; `None` without a token.

    Raises:
        InvalidRequestError: The token is none of this list's.
    """
    if not token:
        return None
    try:
        if len(token) > TOKEN_CHARS_MAX:
            raise ValueError(token)
        data = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        number, _, following = data[_QUERY_BYTES:].decode("ascii").partition(".")
        place = Place(int(number), following)
    except (ValueError, binascii.Error):
        raise InvalidRequestError("page_token", _RULE) from None
    if data[:_QUERY_BYTES] != _digest_of(query) or not 0 <= place.number <= NUMBER_MAX:
        raise InvalidRequestError("page_token", _RULE)
    return place


def _digest_of(query: str) -> bytes:
    return sha256(query.encode()).digest()[:_QUERY_BYTES]
