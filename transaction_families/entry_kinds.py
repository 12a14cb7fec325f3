"""Which entry stands at an address: the way back from an address to a family and a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from transaction_families.accounts import state as accounts
from transaction_families.addressing import table_of
from transaction_families.energy_orders import state as energy_orders
from transaction_families.fdpos_registry import state as fdpos_registry
from transaction_families.settlement import state as settlement
from transaction_families.state_view import Address, Entry
from transaction_families.token_mining import state as token_mining
from transaction_families.trade_records import state as trade_records


@dataclass(frozen=True, slots=True)
class EntryKind:
    """What a table of a family holds."""

    family_name: str
    entry_type: type[Entry]


_Tables = Mapping[int, type[Entry]]

_FAMILIES: Final[tuple[tuple[str, str, _Tables, _Tables], ...]] = (
    (accounts.FAMILY_NAME, accounts.NAMESPACE, accounts.TABLES, {}),
    (
        energy_orders.FAMILY_NAME,
        energy_orders.NAMESPACE,
        energy_orders.TABLES,
        energy_orders.PERIOD_TABLES,
    ),
    (settlement.FAMILY_NAME, settlement.NAMESPACE, settlement.TABLES, settlement.PERIOD_TABLES),
    (token_mining.FAMILY_NAME, token_mining.NAMESPACE, token_mining.TABLES, {}),
    (
        trade_records.FAMILY_NAME,
        trade_records.NAMESPACE,
        trade_records.TABLES,
        trade_records.PERIOD_TABLES,
    ),
    (fdpos_registry.FAMILY_NAME, fdpos_registry.NAMESPACE, fdpos_registry.TABLES, {}),
)

_KINDS: Final = {
    (namespace, table, in_period): EntryKind(family_name, entry_type)
    for family_name, namespace, tables, period_tables in _FAMILIES
    for in_period, entries in ((False, tables), (True, period_tables))
    for table, entry_type in entries.items()
}


def find_entry_kind(address: Address) -> EntryKind | None:
    """Return what is kept at an address, 70 hex digits; ``None`` where no family of this ledger keeps it."""
    return _KINDS.get((address[:6], *table_of(address)))
