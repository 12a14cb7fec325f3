"""What a client can ask of the accounts family."""

from dataclasses import dataclass
from typing import Final

from protos.accounts import accounts_pb2 as pb
from transaction_families.accounts.state import MeteringPoint, Participant, ParticipantId
from transaction_families.codec import Codec
from transaction_families.handler import PublicKey


@dataclass(frozen=True, slots=True)
class FoundLedger:
    """The first transaction: names the ledger and the regulator, who registers everybody else."""

    chain_id: str
    regulator: Participant


@dataclass(frozen=True, slots=True)
class RegisterParticipant:
    """Let somebody take part."""

    registrar_id: ParticipantId
    participant: Participant


@dataclass(frozen=True, slots=True)
class UpdateParticipant:
    """Replace a participant's kind, roles, keys, owner or status."""

    registrar_id: ParticipantId
    participant: Participant


@dataclass(frozen=True, slots=True)
class RegisterMeteringPoint:
    """Put a meter on the ledger."""

    registrar_id: ParticipantId
    metering_point: MeteringPoint


@dataclass(frozen=True, slots=True)
class UpdateMeteringPoint:
    """Replace a meter's key, zone or status."""

    registrar_id: ParticipantId
    metering_point: MeteringPoint


@dataclass(frozen=True, slots=True)
class OpenContractAccount:
    """Open an account that contract ``code`` controls for the participant."""

    participant_id: ParticipantId
    code: str


@dataclass(frozen=True, slots=True)
class IssueCurrency:
    """Put currency into circulation."""

    issuer_id: ParticipantId
    to_public_key: PublicKey
    amount_uyuan: int


@dataclass(frozen=True, slots=True)
class RedeemCurrency:
    """Take currency out of circulation, from an account of the issuer's own."""

    issuer_id: ParticipantId
    from_public_key: PublicKey
    amount_uyuan: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Pay from the signer's account."""

    to_public_key: PublicKey
    amount_uyuan: int


@dataclass(frozen=True, slots=True)
class DepositEscrow:
    """Move money from the signer's account into the participant's contract account."""

    participant_id: ParticipantId
    code: str
    amount_uyuan: int


@dataclass(frozen=True, slots=True)
class WithdrawEscrow:
    """Move money that nothing holds from the contract account to the participant's payout account."""

    participant_id: ParticipantId
    code: str
    amount_uyuan: int


FOUND_LEDGER: Final = Codec(FoundLedger, pb.FoundLedger)
REGISTER_PARTICIPANT: Final = Codec(RegisterParticipant, pb.RegisterParticipant)
UPDATE_PARTICIPANT: Final = Codec(UpdateParticipant, pb.UpdateParticipant)
REGISTER_METERING_POINT: Final = Codec(RegisterMeteringPoint, pb.RegisterMeteringPoint)
UPDATE_METERING_POINT: Final = Codec(UpdateMeteringPoint, pb.UpdateMeteringPoint)
OPEN_CONTRACT_ACCOUNT: Final = Codec(OpenContractAccount, pb.OpenContractAccount)
ISSUE_CURRENCY: Final = Codec(IssueCurrency, pb.IssueCurrency)
REDEEM_CURRENCY: Final = Codec(RedeemCurrency, pb.RedeemCurrency)
TRANSFER: Final = Codec(Transfer, pb.Transfer)
DEPOSIT_ESCROW: Final = Codec(DepositEscrow, pb.DepositEscrow)
WITHDRAW_ESCROW: Final = Codec(WithdrawEscrow, pb.WithdrawEscrow)
