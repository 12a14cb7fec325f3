"""The families of this ledger, and which one a payload belongs to."""

from typing import Final

from transaction_families.accounts.family import FAMILY as ACCOUNTS
from transaction_families.energy_orders.family import FAMILY as ENERGY_ORDERS
from transaction_families.fdpos_registry.family import FAMILY as FDPOS_REGISTRY
from transaction_families.handler import BaseFamily
from transaction_families.sawtooth_identity.family import FAMILY as SAWTOOTH_IDENTITY
from transaction_families.sawtooth_settings.family import FAMILY as SAWTOOTH_SETTINGS
from transaction_families.settlement.family import FAMILY as SETTLEMENT
from transaction_families.token_mining.family import FAMILY as TOKEN_MINING
from transaction_families.trade_records.family import FAMILY as TRADE_RECORDS

FAMILIES: Final[tuple[BaseFamily, ...]] = (
    ACCOUNTS,
    ENERGY_ORDERS,
    SETTLEMENT,
    TOKEN_MINING,
    TRADE_RECORDS,
    FDPOS_REGISTRY,
    SAWTOOTH_SETTINGS,
    SAWTOOTH_IDENTITY,
)


def family_of(payload: object) -> BaseFamily:
    """Return the family that a payload dataclass belongs to.

    Raises:
        TypeError: It is no payload of any family.
    """
    for family in FAMILIES:
        if family.handles(payload):
            return family
    raise TypeError(f"{type(payload).__name__} is no payload of a family")
