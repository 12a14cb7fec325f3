"""State addresses at the edge of the trie: 70 lowercase hex digits outside, 35 bytes in tables."""

from __future__ import annotations

from typing import Final

from validator.state.errors import InvalidAddressError, InvalidAddressPrefixError

ADDRESS_DIGITS: Final = 70
ADDRESS_BYTES: Final = 35

HEX_DIGITS: Final = "0123456789abcdef"


def pack_address(address: str) -> bytes:
    """Return the 35 bytes of an address.

    Raises:
        InvalidAddressError: It is not 70 lowercase hex digits.
    """
    try:
        packed = bytes.fromhex(address)
    except ValueError:
        raise InvalidAddressError(address) from None
    if len(address) != ADDRESS_DIGITS or packed.hex() != address:
        raise InvalidAddressError(address)
    return packed


def check_address_prefix(prefix: str) -> None:
    """Check that some address can begin with ``prefix``.

    Raises:
        InvalidAddressPrefixError: It has more than 70 digits, or others than 0-9 and a-f.
    """
    if len(prefix) > ADDRESS_DIGITS or prefix.strip(HEX_DIGITS):
        raise InvalidAddressPrefixError(prefix)


def pack_path(path: str) -> bytes:
    """Return the lowest 35-byte address that begins with these hex digits."""
    return bytes.fromhex(path.ljust(ADDRESS_DIGITS, "0"))
