"""A record is a frozen, slotted dataclass in all but the time it takes to make."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, fields, replace
from inspect import signature

import pytest

from transaction_families.energy_orders.payload import SubmitOrder
from transaction_families.energy_orders.state import MarketDesign
from transaction_families.records import record


@record
class Quick:
    """Two fields and a default."""

    name: str
    count: int
    unit: str = "kWh"

    @property
    def doubled(self) -> int:
        """Twice the count."""
        return 2 * self.count


@dataclass(frozen=True, slots=True)
class Usual:
    """The same as the standard library makes it."""

    name: str
    count: int
    unit: str = "kWh"


def test_a_record_is_what_the_dataclass_is() -> None:
    """Fields, defaults, equality, hash, text, copies and signature; made by place or by name."""
    quick, usual = Quick("a", count=3), Usual("a", count=3)
    assert type(quick) is Quick
    assert quick.doubled == 6
    assert asdict(quick) == asdict(usual)
    assert [field.name for field in fields(Quick)] == [field.name for field in fields(Usual)]
    assert (quick == Quick("a", 3, "kWh"), quick == Quick("b", 3)) == (True, False)
    assert hash(quick) == hash(usual)
    assert repr(quick) == repr(usual).replace("Usual", "Quick")
    assert replace(quick, unit="mWh") == Quick("a", 3, "mWh")
    assert copy.deepcopy(quick) == quick == pickle.loads(pickle.dumps(quick))
    assert signature(Quick) == signature(Usual)
    assert signature(SubmitOrder).parameters["design"].default is MarketDesign.CALL_AUCTION


def test_a_record_cannot_be_changed() -> None:
    """Neither a field, nor its class, nor by a field that it has not."""
    quick = Quick("a", 3)
    for name in ("count", "__class__", "other"):
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            setattr(quick, name, 4)
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            delattr(quick, name)
    assert quick == Quick("a", 3)


def test_a_record_that_lacks_an_argument_is_not_made() -> None:
    """The error names the argument, as a dataclass's does."""
    with pytest.raises(TypeError, match=r"Quick\.__init__\(\) missing .* 'count'"):
        Quick("a")  # type: ignore[call-arg]
