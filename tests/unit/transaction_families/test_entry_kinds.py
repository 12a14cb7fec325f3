"""The way back from an address to its entry's class."""

import pytest

from transaction_families import (
    accounts,
    energy_orders,
    fdpos_registry,
    settlement,
    token_mining,
    trade_records,
)
from transaction_families.accounts.state import Participant, participant_address
from transaction_families.energy_orders.state import Clearing, Trade, clearing_address, trade_address
from transaction_families.entry_kinds import find_entry_kind
from transaction_families.ledger_time import BLOCK_INFO_CONFIG_ADDRESS
from transaction_families.periods import DeliveryPeriod
from transaction_families.registry import FAMILIES
from transaction_families.settlement.state import Statement, statement_address
from transaction_families.state_view import Entry
from transaction_families.token_mining.state import Week, WeekBucket, week_bucket_address
from transaction_families.trade_records.state import PublicChainBlock, public_chain_address

PERIOD = DeliveryPeriod(1_622_548_800, 15)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (participant_address("wind"), Participant),
        (clearing_address(PERIOD), Clearing),
        (trade_address(PERIOD, 1), Trade),
        (statement_address(PERIOD, "wind"), Statement),
        (week_bucket_address(Week(1), 3), WeekBucket),
        (public_chain_address(1), PublicChainBlock),
    ],
)
def test_an_address_tells_its_entry(address: str, kind: type[Entry]) -> None:
    """Namespace and table stand in it in plain digits, before or after the period."""
    found = find_entry_kind(address)

    assert found is not None
    assert found.entry_type is kind
    assert found.family_name in {family.name for family in FAMILIES}


@pytest.mark.parametrize(
    "address",
    [BLOCK_INFO_CONFIG_ADDRESS, "0" * 70, "f" * 70, participant_address("wind")[:6] + "ee" + "0" * 62],
)
def test_an_address_of_no_table_tells_nothing(address: str) -> None:
    """Another namespace, or a table that its family does not have."""
    assert find_entry_kind(address) is None


@pytest.mark.parametrize(
    "family", [accounts, energy_orders, fdpos_registry, settlement, token_mining, trade_records]
)
def test_every_table_of_a_family_is_known(family: object) -> None:
    """A table without a class would show as bytes."""
    state = getattr(family, "state")  # noqa: B009 - the module is there once it was imported
    for tables, known in (("_Table", "TABLES"), ("_PeriodTable", "PERIOD_TABLES")):
        assert set(getattr(state, tables, ())) == set(getattr(state, known, {}))
