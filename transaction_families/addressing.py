"""Where entries live: 70 hex digits that keep unrelated trades apart and what belongs together side by side.

    namespace (6) | table (2) | rest (62)                    entries of a family at large
    namespace (6) | 'ff' | period (14) | table (2) | rest (46)   entries of one delivery period

A namespace is the start of SHA-512 of the family's name, as Sawtooth's own families have it. ``rest``
is hashed, so that no key can be chosen to lie beside another. The period stands before the table: one
prefix of 22 digits declares everything a family keeps of a period.

Families cannot ask a Sawtooth context for a range. What a due step must read completely is therefore
listed in *index buckets*: a fixed number of entries per period or week, each listing what belongs to the
participants of one hash bucket. The step declares and reads all of them, so that no sender can leave
anybody out, and participants of different buckets never write the same entry.
"""

from functools import lru_cache
from hashlib import sha256, sha512
from typing import Final

from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Address

ADDRESS_DIGITS: Final = 70
BUCKET_COUNT: Final = 64
"""Index buckets per period or week; part of the ledger's format."""

_PERIOD_TABLE: Final = "ff"


def namespace_of(family_name: str) -> str:
    """Return the 6 hex digits under which a family keeps its entries."""
    return sha512(family_name.encode()).hexdigest()[:6]


@lru_cache(maxsize=65536)
def entry_address(namespace: str, table: int, *key: str) -> Address:
    """Return the address of an entry that belongs to no period.

    Args:
        namespace: 6 hex digits.
        table: Which of the family's tables, 0 to 254.
        key: What identifies the entry in its table.
    """
    return f"{namespace}{table:02x}{_hashed(key, 62)}"


def table_prefix(namespace: str, table: int) -> str:
    """Return the prefix, 8 digits, of a table: for transactions that cannot know its keys beforehand."""
    return f"{namespace}{table:02x}"


def all_periods_prefix(namespace: str) -> str:
    """Return the prefix, 8 digits, of all that a family keeps of any period, ascending by start."""
    return f"{namespace}{_PERIOD_TABLE}"


def table_of(address: Address) -> tuple[int, bool]:
    """Return which table of its family an address belongs to, and whether it is one of a delivery period."""
    in_period = address[6:8] == _PERIOD_TABLE
    return int(address[22:24] if in_period else address[6:8], 16), in_period


def period_start_s(address: Address) -> int:
    """Return when the period starts that an address under `all_periods_prefix` belongs to, in UTC seconds."""
    return int(address[8:20], 16)


def period_prefix(namespace: str, period: DeliveryPeriod) -> str:
    """Return the prefix, 22 digits, of all that a family keeps of one period."""
    return _period_prefix(namespace, period.start_s, period.minutes)


def period_address(namespace: str, period: DeliveryPeriod, table: int, *key: str) -> Address:
    """Return the address of an entry that belongs to one delivery period."""
    return _period_address(namespace, period.start_s, period.minutes, table, *key)


@lru_cache(maxsize=65536)
def bucket_of(participant_id: str) -> int:
    """Return which index bucket lists what belongs to a participant, 0 to ``BUCKET_COUNT`` - 1."""
    return int.from_bytes(sha256(participant_id.encode()).digest()[:8]) % BUCKET_COUNT


def _period_prefix(namespace: str, start_s: int, minutes: int) -> str:
    return f"{all_periods_prefix(namespace)}{start_s:012x}{minutes:02x}"


@lru_cache(maxsize=65536)
def _period_address(namespace: str, start_s: int, minutes: int, table: int, *key: str) -> Address:
    # remembered by the period's numbers: a dataclass takes longer to hash and to compare
    return f"{_period_prefix(namespace, start_s, minutes)}{table:02x}{_hashed(key, 46)}"


def _hashed(key: tuple[str, ...], digits: int) -> str:
    hasher = sha256()
    for part in key:  # each part is length-prefixed: no two keys run into the same bytes
        data = part.encode()
        hasher.update(len(data).to_bytes(4))
        hasher.update(data)
    return hasher.hexdigest()[:digits]
