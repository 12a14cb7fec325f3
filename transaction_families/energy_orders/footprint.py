"""Which addresses each transaction of the energy_orders family reads and writes.

Under a call auction, an order declares exact addresses: orders of owners in different index buckets never
conflict, nor do those of different periods. Under continuous matching, an order declares its whole period,
whose orders it may meet, and its owner's account: orders of one period are carried out one after the other.
Clearing and expiry change accounts of owners that no sender knows beforehand; they declare the table of
contract accounts, and nothing that touches escrow runs beside them.
"""

from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.state import (
    CONTRACT_ACCOUNTS_PREFIX,
    contract_account_address,
    metering_point_address,
    participant_address,
)
from transaction_families.energy_orders.payload import (
    CancelOrder,
    ClearPeriod,
    ExpireOrders,
    ReplaceOrder,
    SetMarketParameters,
    SubmitOrder,
)
from transaction_families.energy_orders.state import (
    MARKET_PARAMETERS_ADDRESS,
    MarketDesign,
    bucket_address_of,
    market_period_prefix,
    order_address,
)
from transaction_families.handler import Footprint, PublicKey
from transaction_families.ledger_time import BLOCK_INFO_NAMESPACE
from transaction_families.state_view import Address

_RULES_AND_TIME = (BLOCK_INFO_NAMESPACE, MARKET_PARAMETERS_ADDRESS)


def of_submit_order(tx: SubmitOrder, _: PublicKey) -> Footprint:
    """Return what ``process_submit_order`` touches."""
    return _of_placing(tx, order_address(tx.period, tx.order_id))


def of_replace_order(tx: ReplaceOrder, _: PublicKey) -> Footprint:
    """Return what ``process_replace_order`` touches."""
    period = tx.replacement.period
    return _of_placing(
        tx.replacement,
        order_address(period, tx.replacement.order_id),
        order_address(period, tx.replaced_order_id),
    )


def of_cancel_order(tx: CancelOrder, _: PublicKey) -> Footprint:
    """Return what ``process_cancel_order`` touches."""
    writes = (
        order_address(tx.period, tx.order_id),
        contract_account_address(tx.participant_id, SETTLEMENT),
        bucket_address_of(tx.period, tx.participant_id),
    )
    return _footprint((participant_address(tx.participant_id),), writes)


def of_due_step(tx: ClearPeriod | ExpireOrders, _: PublicKey) -> Footprint:
    """Return what ``process_clear_period`` and ``process_expire_orders`` touch."""
    return _footprint((), (market_period_prefix(tx.period), CONTRACT_ACCOUNTS_PREFIX))


def of_set_market_parameters(tx: SetMarketParameters, _: PublicKey) -> Footprint:
    """Return what ``process_set_market_parameters`` touches."""
    return Footprint(
        inputs=(*_RULES_AND_TIME, participant_address(tx.regulator_id)),
        outputs=(MARKET_PARAMETERS_ADDRESS,),
    )


def _of_placing(tx: SubmitOrder, *orders: Address) -> Footprint:
    if tx.design is MarketDesign.CONTINUOUS:
        in_period: tuple[str, ...] = (market_period_prefix(tx.period),)
    else:
        in_period = (*orders, bucket_address_of(tx.period, tx.participant_id))
    return _footprint(
        (participant_address(tx.participant_id), metering_point_address(tx.metering_point_id)),
        (*in_period, contract_account_address(tx.participant_id, SETTLEMENT)),
    )


def _footprint(reads: tuple[str, ...], writes: tuple[str, ...]) -> Footprint:
    return Footprint(inputs=(*_RULES_AND_TIME, *reads, *writes), outputs=writes)
