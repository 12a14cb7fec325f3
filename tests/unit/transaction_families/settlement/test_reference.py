"""The reference page names what the code has."""

import dataclasses
import inspect
from pathlib import Path

from transaction_families.errors import InvalidTransaction
from transaction_families.settlement import errors, payload
from transaction_families.settlement.state import GridPrices, Measurement, SettlementParameters

PAGE = (Path(__file__).parents[4] / "docs/reference/settlement.md").read_text(encoding="utf-8")


def test_every_error_of_the_family_is_on_the_page() -> None:
    """A client can look each one up."""
    names = [
        name
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, InvalidTransaction) and cls.__module__ == errors.__name__
    ]
    assert names
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_every_payload_and_its_fields_are_on_the_page() -> None:
    """So are what a meter signs, the parameters and the prices."""
    classes = [
        cls for _, cls in inspect.getmembers(payload, inspect.isclass) if cls.__module__ == payload.__name__
    ]
    fields = {
        field.name
        for cls in (*classes, Measurement, SettlementParameters, GridPrices)
        for field in dataclasses.fields(cls)
    }
    names = {cls.__name__ for cls in classes}
    assert sorted(name for name in fields | names if f"`{name}`" not in PAGE) == []
