"""Quantities for people: exact, in whole units, and harmless on a terminal."""

import pytest

from transaction_families.accounts.state import EnergySource, ParticipantId
from transaction_families.energy_orders.state import (
    OpenOrder,
    OrderBucket,
    OrderId,
    Side,
)
from transaction_families.periods import DeliveryPeriod
from wattdag.cli.documents import entry_document, to_document, to_lines
from wattdag.cli.quantities import name_quantity, printable, show_quantity, show_time


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("energy_milliwh", 1_482_188, "1.482188 kWh"),
        ("price_uyuan_per_kwh", -400_000, "-0.4 yuan/kWh"),
        ("price_uyuan_per_kwh_max", 5_000_000, "5 yuan/kWh"),
        ("balance_uyuan", 2**63 - 1, "9223372036854.775807 yuan"),
        ("load_milliw", 923_147_800, "923.1478 kW"),
        ("reward_utoken", 1, "0.000001 tokens"),
        ("gate_closure_s", 900, "900 s"),
        ("placed_s", 1_622_547_030, "2021-06-01 11:30:30 UTC"),
        ("time_ms", 1_622_547_030_001, "2021-06-01 11:30:30.001 UTC"),
        ("sequence", 12_000, "12000"),
    ],
)
def test_a_quantity_shows_its_unit_exactly(name: str, value: int, shown: str) -> None:
    """The unit ends the field's name."""
    assert show_quantity(name, value) == shown


def test_a_name_loses_its_unit_but_not_its_bound() -> None:
    """As people read it."""
    assert name_quantity("price_uyuan_per_kwh_max") == "price max"
    assert name_quantity("energy_milliwh") == "energy"


@pytest.mark.parametrize("time_ms", [2**63 - 1, -(2**63)])
def test_a_moment_past_the_calendar_is_given_in_milliseconds(time_ms: int) -> None:
    """No number on the ledger stops a command."""
    assert show_time(time_ms) == f"{time_ms} ms"


def test_what_a_terminal_would_obey_is_spelt_out() -> None:
    """Texts on the ledger come from anybody."""
    assert printable("Müller \x1b[2J\n") == "Müller \\u001b[2J\\u000a"


def test_the_orders_in_a_bucket_are_shown_as_orders() -> None:
    """The entry holds them as bytes."""
    order = OpenOrder(
        ParticipantId("wind"), OrderId("ab" * 16), Side.ASK, 5_000_000, 400_000, 0, 0, EnergySource.WIND, ()
    )
    bucket = OrderBucket(DeliveryPeriod(1_622_548_800, 15), 3, (OpenOrder.CODEC.encode(order),))

    document = to_document(bucket)
    assert isinstance(document, dict)
    assert document["orders"] == [to_document(order)]
    assert ("orders[0].open", "5 kWh") in to_lines(bucket)
    assert ("period", "2021-06-01 12:00:00 UTC, 15 min") in to_lines(bucket)


def test_bytes_that_are_no_entry_are_shown_as_they_are() -> None:
    """At an address of a family, and at one of nobody."""
    address = OrderBucket(DeliveryPeriod(1_622_548_800, 15), 3, ()).address

    for at in (address, "0" * 70):
        assert entry_document(at, b"\xff\xff") == {
            "address": at,
            "family": None,
            "entry": None,
            "fields": None,
            "value": "ffff",
        }
