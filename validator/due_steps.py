"""What a ledger's keeper looks after: every family's search for steps that fall due."""

from collections.abc import Mapping

from transaction_families.energy_orders.due import MarketSteps
from transaction_families.energy_orders.family import FAMILY as ENERGY_ORDERS
from transaction_families.fdpos_registry.due import find_due as find_due_in_registry
from transaction_families.fdpos_registry.family import FAMILY as FDPOS_REGISTRY
from transaction_families.handler import Family
from transaction_families.settlement.due import SettlementSteps
from transaction_families.settlement.family import FAMILY as SETTLEMENT
from transaction_families.token_mining.due import find_due as find_due_in_mining
from transaction_families.token_mining.family import FAMILY as TOKEN_MINING
from transaction_families.trade_records.due import find_due as find_due_in_records
from transaction_families.trade_records.family import FAMILY as TRADE_RECORDS
from validator.keeper import FindDue


def due_steps() -> Mapping[Family, FindDue]:
    """Return each family with its search, in the order in which a keeper sends."""
    return {
        ENERGY_ORDERS: MarketSteps().find_due,
        TRADE_RECORDS: find_due_in_records,
        SETTLEMENT: SettlementSteps().find_due,
        TOKEN_MINING: find_due_in_mining,
        FDPOS_REGISTRY: find_due_in_registry,
    }
