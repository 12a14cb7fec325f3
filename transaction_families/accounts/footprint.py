"""Which addresses each transaction of the accounts family reads and writes."""

from transaction_families.accounts.payload import (
    DepositEscrow,
    FoundLedger,
    IssueCurrency,
    OpenContractAccount,
    RedeemCurrency,
    RegisterMeteringPoint,
    RegisterParticipant,
    Transfer,
    UpdateMeteringPoint,
    UpdateParticipant,
    WithdrawEscrow,
)
from transaction_families.accounts.state import (
    CURRENCY_SUPPLY_ADDRESS,
    LEDGER_FOUNDING_ADDRESS,
    contract_account_address,
    currency_issuer_address,
    externally_owned_account_address,
    participant_address,
)
from transaction_families.handler import Footprint, PublicKey
from transaction_families.state_view import Address


def _footprint(*, reads: tuple[Address, ...] = (), writes: tuple[Address, ...]) -> Footprint:
    return Footprint(inputs=(*reads, *writes), outputs=writes)


def of_found_ledger(tx: FoundLedger, _: PublicKey) -> Footprint:
    """Return what ``process_found_ledger`` touches."""
    return _footprint(writes=(LEDGER_FOUNDING_ADDRESS, tx.regulator.address))


def of_participant(tx: RegisterParticipant | UpdateParticipant, _: PublicKey) -> Footprint:
    """Return what registering or changing a participant touches."""
    return _footprint(reads=(participant_address(tx.registrar_id),), writes=(tx.participant.address,))


def of_metering_point(tx: RegisterMeteringPoint | UpdateMeteringPoint, _: PublicKey) -> Footprint:
    """Return what registering or changing a metering point touches."""
    return _footprint(
        reads=(
            participant_address(tx.registrar_id),
            participant_address(tx.metering_point.participant_id),
        ),
        writes=(tx.metering_point.address,),
    )


def of_open_contract_account(tx: OpenContractAccount, _: PublicKey) -> Footprint:
    """Return what ``process_open_contract_account`` touches."""
    return _footprint(
        reads=(participant_address(tx.participant_id),),
        writes=(contract_account_address(tx.participant_id, tx.code),),
    )


def of_issue_currency(tx: IssueCurrency, _: PublicKey) -> Footprint:
    """Return what ``process_issue_currency`` touches."""
    return _footprint(
        reads=(participant_address(tx.issuer_id),),
        writes=(
            CURRENCY_SUPPLY_ADDRESS,
            currency_issuer_address(tx.issuer_id),
            externally_owned_account_address(tx.to_public_key),
        ),
    )


def of_redeem_currency(tx: RedeemCurrency, _: PublicKey) -> Footprint:
    """Return what ``process_redeem_currency`` touches."""
    return _footprint(
        reads=(participant_address(tx.issuer_id),),
        writes=(
            CURRENCY_SUPPLY_ADDRESS,
            currency_issuer_address(tx.issuer_id),
            externally_owned_account_address(tx.from_public_key),
        ),
    )


def of_transfer(tx: Transfer, signer: PublicKey) -> Footprint:
    """Return what ``process_transfer`` touches."""
    return _footprint(
        writes=(
            externally_owned_account_address(signer),
            externally_owned_account_address(tx.to_public_key),
        )
    )


def of_escrow(tx: DepositEscrow | WithdrawEscrow, signer: PublicKey) -> Footprint:
    """Return what moving money in or out of a contract account touches."""
    return _footprint(
        reads=(participant_address(tx.participant_id),),
        writes=(
            externally_owned_account_address(signer),
            contract_account_address(tx.participant_id, tx.code),
        ),
    )
