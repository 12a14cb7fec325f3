"""What a transaction asks for, as far as this ledger's families can read it."""

from typing import Final

from signing.types import SignedTransaction
from transaction_families.errors import InvalidTransaction
from transaction_families.registry import FAMILIES

_FAMILY_BY_NAME: Final = {family.name: family for family in FAMILIES}


def find_payload(transaction: SignedTransaction) -> object | None:
    """Return a transaction's payload; ``None`` where its family is not known, or cannot read it."""
    family = _FAMILY_BY_NAME.get(transaction.header.family_name)
    try:
        return family and family.decode(transaction.payload)
    except InvalidTransaction:
        return None
