"""Which addresses each transaction of the trade records family reads and writes."""

from transaction_families.accounts.state import participant_address
from transaction_families.energy_orders.state import market_period_prefix
from transaction_families.handler import Footprint, PublicKey
from transaction_families.ledger_time import BLOCK_INFO_NAMESPACE
from transaction_families.trade_records.payload import (
    AnchorPrivateChain,
    PublishPeriod,
    SetRecordsParameters,
)
from transaction_families.trade_records.state import (
    PUBLIC_CHAIN_PREFIX,
    RECORDS_HEAD_ADDRESS,
    RECORDS_PARAMETERS_ADDRESS,
    TRANSACTION_CHAIN_PREFIX,
    anchor_address,
    period_record_address,
)


def of_publish_period(tx: PublishPeriod, _: PublicKey) -> Footprint:
    """Return what ``process_publish_period`` touches.

    The block's number is not known when it is signed; as all publications write the head, declaring both
    chains holds back nothing that could go in parallel.
    """
    writes = (period_record_address(tx.period), RECORDS_HEAD_ADDRESS)
    return Footprint(
        inputs=(
            BLOCK_INFO_NAMESPACE,
            RECORDS_PARAMETERS_ADDRESS,
            market_period_prefix(tx.period),
            *writes,
        ),
        outputs=(*writes, TRANSACTION_CHAIN_PREFIX, PUBLIC_CHAIN_PREFIX),
    )


def of_anchor_private_chain(tx: AnchorPrivateChain, _: PublicKey) -> Footprint:
    """Return what ``process_anchor_private_chain`` touches."""
    address = anchor_address(tx.participant_id)
    return Footprint(
        inputs=(BLOCK_INFO_NAMESPACE, participant_address(tx.participant_id), address), outputs=(address,)
    )


def of_set_records_parameters(tx: SetRecordsParameters, _: PublicKey) -> Footprint:
    """Return what ``process_set_records_parameters`` touches."""
    return Footprint(
        inputs=(BLOCK_INFO_NAMESPACE, participant_address(tx.regulator_id), RECORDS_PARAMETERS_ADDRESS),
        outputs=(RECORDS_PARAMETERS_ADDRESS,),
    )
