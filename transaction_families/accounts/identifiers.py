"""Identifiers that participants choose or bring along, and the check digits that guard against slips."""

import re
from typing import Final

from transaction_families.accounts.state import CodeType
from transaction_families.errors import MalformedPayloadError

ENCRYPTION_KEY_BYTES: Final = 32
PUBLIC_KEYS_MAX: Final = 8
ZONE_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PUBLIC_KEY = re.compile(r"0[23][0-9a-f]{64}")
_MRID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EIC = re.compile(r"[0-9]{2}Z[0-9A-Z-]{12}[0-9A-Z]")
_EIC_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
_X25519_PRIME: Final = 2**255 - 19
_LOW_ORDER_POINTS: Final = frozenset(
    {
        0,
        1,
        _X25519_PRIME - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    }
)
"""u-coordinates of all points whose order divides the cofactor 8, on the curve and on its twist."""

_MPAN_PRIMES: Final = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)


def check_name(field: str, value: str) -> None:
    """Check a participant's, owner's or ledger's name.

    Raises:
        MalformedPayloadError: It is not 1 to 64 of ``a-z 0-9 -``, starting with a letter or digit.
    """
    if not _NAME.fullmatch(value):
        raise MalformedPayloadError(
            field, value, "1 to 64 characters of a-z, 0-9 and -, starting with a letter or digit"
        )


def check_zone(value: str) -> None:
    """Check a network zone's name.

    Raises:
        MalformedPayloadError: It is not 1 to 32 of ``a-z 0-9 -``, starting with a letter or digit.
    """
    if not ZONE_PATTERN.fullmatch(value):
        raise MalformedPayloadError("zone", value, "1 to 32 characters of a-z, 0-9 and -")


def check_public_key(field: str, value: str) -> None:
    """Check that a key looks like a compressed secp256k1 key.

    Raises:
        MalformedPayloadError: It is not 66 lowercase hex digits starting with 02 or 03.
    """
    if not _PUBLIC_KEY.fullmatch(value):
        raise MalformedPayloadError(
            field, value, "a compressed secp256k1 key: 66 lowercase hex digits starting with 02 or 03"
        )


def check_encryption_key(key: bytes) -> None:
    """Check that private-chain entries can be sealed to an X25519 key.

    Raises:
        MalformedPayloadError: It has another length, or is a point of low order (RFC 7748, section 6.1),
            with which everybody shares the same secret.
    """
    if len(key) != ENCRYPTION_KEY_BYTES or _masked(key) in _LOW_ORDER_POINTS:
        rule = f"an X25519 key of {ENCRYPTION_KEY_BYTES} bytes, no point of low order"
        raise MalformedPayloadError("encryption_key", key, rule)


def check_metering_point_code(code: str, code_type: CodeType) -> None:
    """Check a metering point's identifier against its scheme.

    Raises:
        MalformedPayloadError: Form or check digit are wrong.

    Source: mRID: IEC 61970 (UUID, RFC 9562); EIC: ENTSO-E EIC reference manual (type Z, modulo 37);
    GSRN: GS1 General Specifications (modulo 10); MPAN: MRA, 13-digit core with its modulo 11 check digit;
    CN_METER: the 22-digit bar code of Chinese utility meters (Q/GDW 1205).
    """
    good, rule = _judge_metering_point_code(code, code_type)
    if not good:
        raise MalformedPayloadError("metering_point_id", code, f"{code_type.name}: {rule}")


def _judge_metering_point_code(code: str, code_type: CodeType) -> tuple[bool, str]:
    match code_type:
        case CodeType.MRID:
            return bool(_MRID.fullmatch(code)), "a lowercase UUID with hyphens"
        case CodeType.EIC:
            return (
                bool(_EIC.fullmatch(code)) and code[-1] == eic_check_character(code[:-1]),
                "16 characters, Z in third place, the last one the modulo 37 check character",
            )
        case CodeType.GSRN:
            return (
                _is_digits(code, 18) and int(code[-1]) == gs1_check_digit(code[:-1]),
                "18 digits, the last one the GS1 check digit",
            )
        case CodeType.MPAN:
            return (
                _is_digits(code, 13) and int(code[-1]) == mpan_check_digit(code[:-1]),
                "13 digits, the last one the modulo 11 check digit",
            )
        case CodeType.CN_METER:
            return _is_digits(code, 22), "22 digits"


def eic_check_character(body: str) -> str:
    """Return the check character of an EIC's first 15 characters."""
    total = sum(
        _EIC_ALPHABET.index(char) * weight
        for char, weight in zip(body, range(len(body) + 1, 1, -1), strict=True)
    )
    return _EIC_ALPHABET[36 - (total - 1) % 37]


def gs1_check_digit(body: str) -> int:
    """Return the check digit of a GS1 key's other digits."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(body)))
    return -total % 10


def mpan_check_digit(body: str) -> int:
    """Return the check digit of an MPAN's first 12 digits."""
    return sum(int(digit) * prime for digit, prime in zip(body, _MPAN_PRIMES, strict=True)) % 11 % 10


def _masked(key: bytes) -> int:
    """Return the u-coordinate: little-endian, the top bit ignored, modulo the field's prime."""
    return (int.from_bytes(key, "little") & ((1 << 255) - 1)) % _X25519_PRIME


def _is_digits(code: str, length: int) -> bool:
    return len(code) == length and code.isascii() and code.isdigit()
