"""Which events a watcher asks for."""

from __future__ import annotations

import pytest

from protos.services import ledger_pb2 as pb
from validator.execution.context import ReceiptEvent
from validator.services.errors import (
    InvalidRequestError,
)
from validator.services.events import EventFilter, decode_filters
from validator.services.limits import FILTERS_MAX


def event(event_type: str, **attributes: str) -> ReceiptEvent:
    """Return an event."""
    return ReceiptEvent(event_type, tuple(attributes.items()), b"")


@pytest.mark.parametrize(
    ("event_type", "attributes", "fits"),
    [
        ("", {}, True),
        ("a", {}, True),
        ("b", {}, False),
        ("a", {"k": "1"}, True),
        ("", {"k": "1", "m": "2"}, True),
        ("a", {"k": "2"}, False),
        ("a", {"k": "1", "n": "1"}, False),
    ],
)
def test_a_filter_fits_the_type_with_all_its_attributes(
    event_type: str, attributes: dict[str, str], *, fits: bool
) -> None:
    """Both where they are given."""
    one = EventFilter(event_type, frozenset(attributes.items()))
    assert one.fits(event("a", k="1", m="2")) is fits


def test_filters_are_few_and_short() -> None:
    """The error says which is not."""
    with pytest.raises(InvalidRequestError, match="filters must"):
        decode_filters([pb.EventFilter()] * (FILTERS_MAX + 1))
    with pytest.raises(InvalidRequestError, match=r"filters\[1\]"):
        decode_filters([pb.EventFilter(), pb.EventFilter(event_type="x" * 1000)])
    with pytest.raises(InvalidRequestError, match=r"filters\[0\].attributes"):
        decode_filters([pb.EventFilter(attributes=[pb.AttributeFilter()] * 99)])
