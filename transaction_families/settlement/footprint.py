"""Which addresses each transaction of the settlement family reads and writes.

Readings declare exact addresses: those of different participants in different buckets never meet. A run
learns its parties only from state, so it declares the period's own prefixes and, for the final run, the
tables of accounts: it is carried out alone.
"""

from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.state import (
    CONTRACT_ACCOUNTS_PREFIX,
    EXTERNALLY_OWNED_ACCOUNTS_PREFIX,
    PARTICIPANTS_PREFIX,
    contract_account_address,
    externally_owned_account_address,
    metering_point_address,
    participant_address,
)
from transaction_families.energy_orders.state import MARKET_PARAMETERS_ADDRESS, market_period_prefix
from transaction_families.handler import Footprint, PublicKey
from transaction_families.ledger_time import BLOCK_INFO_NAMESPACE
from transaction_families.settlement.payload import (
    PayReceivable,
    PostGridPrices,
    RaiseDispute,
    RunSettlement,
    SetSettlementParameters,
    SubmitReading,
)
from transaction_families.settlement.readings import neighbouring_periods
from transaction_families.settlement.state import (
    GRID_PRICES_PREFIX,
    GRID_TARIFF_ADDRESS,
    SETTLEMENT_PARAMETERS_ADDRESS,
    RunKind,
    period_settlement_address,
    reading_address,
    reading_bucket_address_of,
    receivable_address,
    settlement_period_prefix,
    statement_address,
)
from transaction_families.token_mining.volumes import VOLUME_INPUTS, VOLUME_OUTPUTS


def _footprint(*, reads: tuple[str, ...], writes: tuple[str, ...]) -> Footprint:
    return Footprint(inputs=(*reads, *writes), outputs=writes)


def of_submit_reading(tx: SubmitReading, _: PublicKey) -> Footprint:
    """Return what ``process_submit_reading`` touches."""
    point_id, period = tx.measurement.metering_point_id, tx.measurement.period
    return _footprint(
        reads=(
            BLOCK_INFO_NAMESPACE,
            MARKET_PARAMETERS_ADDRESS,
            metering_point_address(point_id),
            period_settlement_address(period),
            *(reading_address(neighbour, point_id) for neighbour in neighbouring_periods(period)),
        ),
        writes=(
            reading_address(period, point_id),
            reading_bucket_address_of(period, tx.participant_id),
        ),
    )


def of_run_settlement(tx: RunSettlement, _: PublicKey) -> Footprint:
    """Return what either run touches."""
    clock_and_rules = (BLOCK_INFO_NAMESPACE, SETTLEMENT_PARAMETERS_ADDRESS)
    market, own = market_period_prefix(tx.period), settlement_period_prefix(tx.period)
    match tx.run:
        case RunKind.PRELIMINARY:
            return _footprint(
                reads=(*clock_and_rules, GRID_TARIFF_ADDRESS, GRID_PRICES_PREFIX, market), writes=(own,)
            )
        case RunKind.FINAL:
            return _footprint(
                reads=(*clock_and_rules, PARTICIPANTS_PREFIX, *VOLUME_INPUTS),
                writes=(
                    own,
                    market,
                    CONTRACT_ACCOUNTS_PREFIX,
                    EXTERNALLY_OWNED_ACCOUNTS_PREFIX,
                    *VOLUME_OUTPUTS,
                ),
            )


def of_raise_dispute(tx: RaiseDispute, _: PublicKey) -> Footprint:
    """Return what ``process_raise_dispute`` touches."""
    return _footprint(
        reads=(
            BLOCK_INFO_NAMESPACE,
            SETTLEMENT_PARAMETERS_ADDRESS,
            participant_address(tx.participant_id),
            statement_address(tx.period, tx.participant_id),
        ),
        writes=(period_settlement_address(tx.period),),
    )


def of_post_grid_prices(tx: PostGridPrices, _: PublicKey) -> Footprint:
    """Return what ``process_post_grid_prices`` touches."""
    return _footprint(
        reads=(BLOCK_INFO_NAMESPACE, participant_address(tx.grid_company_id)),
        writes=(GRID_TARIFF_ADDRESS, GRID_PRICES_PREFIX),
    )


def of_pay_receivable(tx: PayReceivable, signer: PublicKey) -> Footprint:
    """Return what ``process_pay_receivable`` touches; the creditor's account follows from state."""
    return _footprint(
        reads=(participant_address(tx.debtor_id), participant_address(tx.creditor_id)),
        writes=(
            receivable_address(tx.period, tx.debtor_id, tx.creditor_id),
            contract_account_address(tx.debtor_id, SETTLEMENT),
            externally_owned_account_address(signer),
            EXTERNALLY_OWNED_ACCOUNTS_PREFIX,
        ),
    )


def of_set_settlement_parameters(tx: SetSettlementParameters, _: PublicKey) -> Footprint:
    """Return what ``process_set_settlement_parameters`` touches."""
    return _footprint(
        reads=(BLOCK_INFO_NAMESPACE, participant_address(tx.regulator_id)),
        writes=(SETTLEMENT_PARAMETERS_ADDRESS,),
    )
