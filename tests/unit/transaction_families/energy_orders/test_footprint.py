"""What transactions declare; that they keep to it, the ledger of the other tests enforces."""

from dataclasses import replace

from tests.helpers.market import KWH, PERIOD, YUAN, Market
from tests.helpers.parties import public_key
from transaction_families.addressing import bucket_of
from transaction_families.energy_orders.family import FAMILY
from transaction_families.energy_orders.payload import SubmitOrder
from transaction_families.energy_orders.state import MarketDesign, Side, market_period_prefix

KEY = public_key("any")


def order_of(owner: str, **options: object) -> SubmitOrder:
    payload = Market().payload(f"order of {owner}", owner, Side.BID, KWH, YUAN)
    return replace(payload, **options)  # type: ignore[arg-type]


def test_orders_of_owners_in_different_buckets_share_no_output() -> None:
    """They can run side by side."""
    assert bucket_of("p0") != bucket_of("p1")
    first, second = (FAMILY.footprint(order_of(name), KEY) for name in ("p0", "p1"))
    assert not set(first.outputs) & set(second.outputs)
    assert not set(first.outputs) & set(second.inputs)


def test_orders_for_different_periods_share_only_the_owners_account() -> None:
    """Index buckets are kept by period."""
    first, second = (FAMILY.footprint(order_of("p0", period=period), KEY) for period in (PERIOD, PERIOD.next))
    assert len(set(first.outputs) & set(second.outputs)) == 1


def test_call_auction_orders_declare_exact_addresses() -> None:
    """Three outputs of full length."""
    outputs = FAMILY.footprint(order_of("p0"), KEY).outputs
    assert [len(address) for address in outputs] == [70, 70, 70]


def test_continuous_orders_declare_their_period() -> None:
    """They may meet any order of it, and move no other account."""
    footprint = FAMILY.footprint(order_of("p0", design=MarketDesign.CONTINUOUS), KEY)
    assert market_period_prefix(PERIOD) in footprint.outputs
    assert [len(address) for address in footprint.outputs] == [22, 70]
