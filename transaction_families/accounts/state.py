"""What the ledger keeps of participants, their money and their meters."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, NewType

from protos.accounts import accounts_pb2 as pb
from transaction_families.addressing import entry_address, namespace_of, table_prefix
from transaction_families.codec import Codec
from transaction_families.handler import PublicKey
from transaction_families.records import record
from transaction_families.state_view import Address, Entry

FAMILY_NAME: Final = "wattdag_accounts"
NAMESPACE: Final = namespace_of(FAMILY_NAME)

ParticipantId = NewType("ParticipantId", str)
"""Chosen at registration: 1 to 64 of ``a-z 0-9 -``, starting with a letter or digit."""

MeteringPointId = NewType("MeteringPointId", str)
"""An identifier in one of the schemes of ``CodeType``."""


class _Table(IntEnum):
    FOUNDING = 0
    PARTICIPANT = 1
    EXTERNALLY_OWNED_ACCOUNT = 2
    CONTRACT_ACCOUNT = 3
    METERING_POINT = 4
    CURRENCY_ISSUER = 5
    CURRENCY_SUPPLY = 6


class ParticipantKind(IntEnum):
    """What a participant is (paper, section 1); the paper's letters name the producers' symbols."""

    GAS_TURBINE = 1
    WIND = 2
    PHOTOVOLTAIC = 3
    COMBINED_COOLING_HEATING_POWER = 4
    STORAGE = 5
    RESIDENTIAL_CONSUMER = 6
    COMMERCIAL_CONSUMER = 7
    INDUSTRIAL_CONSUMER = 8
    AGRICULTURAL_CONSUMER = 9
    GRID_COMPANY = 10
    REGULATOR = 11
    METER_OPERATOR = 12
    MARKET_OPERATOR = 13
    VALIDATOR_OPERATOR = 14


class EnergySource(IntEnum):
    """What produces the energy of an ask, or what a bid prefers; ``ANY`` states nothing."""

    ANY = 0
    GAS_TURBINE = 1
    WIND = 2
    PHOTOVOLTAIC = 3
    COMBINED_COOLING_HEATING_POWER = 4
    STORAGE = 5


class Role(IntEnum):
    """What a participant may do."""

    PRODUCER = 1
    CONSUMER = 2
    GRID_COMPANY = 3
    REGULATOR = 4
    METER_OPERATOR = 5
    MARKET_OPERATOR = 6
    VALIDATOR_OPERATOR = 7


class ParticipantStatus(IntEnum):
    """Whether a participant may act."""

    ACTIVE = 1
    SUSPENDED = 2


class CodeType(IntEnum):
    """The scheme a metering point's identifier is written in."""

    MRID = 1
    EIC = 2
    GSRN = 3
    MPAN = 4
    CN_METER = 5


class MeteringPointStatus(IntEnum):
    """Whether a metering point's readings count."""

    ACTIVE = 1
    INACTIVE = 2


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who takes part, with the keys that may sign for it."""

    participant_id: ParticipantId
    kind: ParticipantKind
    roles: tuple[Role, ...]
    public_keys: tuple[PublicKey, ...]
    beneficial_owner: str
    encryption_key: bytes
    status: ParticipantStatus

    CODEC: ClassVar[Codec["Participant"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return participant_address(self.participant_id)

    @property
    def payout_key(self) -> PublicKey:
        """The key whose externally owned account receives payments."""
        return self.public_keys[0]


@dataclass(frozen=True, slots=True)
class ExternallyOwnedAccount:
    """Money held by a key; carries no code, may start transactions (paper, section 2.2)."""

    public_key: PublicKey
    balance_uyuan: int

    CODEC: ClassVar[Codec["ExternallyOwnedAccount"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return externally_owned_account_address(self.public_key)


@record
class ContractAccount:
    """Money held by contract code for one participant; has no key and never starts a transaction."""

    participant_id: ParticipantId
    code: str
    balance_uyuan: int
    locked_uyuan: int
    owed_uyuan: int

    CODEC: ClassVar[Codec["ContractAccount"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return contract_account_address(self.participant_id, self.code)

    @property
    def available_uyuan(self) -> int:
        """What new orders may lock or the owner may withdraw."""
        return self.balance_uyuan - self.locked_uyuan


@dataclass(frozen=True, slots=True)
class MeteringPoint:
    """Where a participant's energy is measured, and the key of the meter that signs the readings."""

    metering_point_id: MeteringPointId
    code_type: CodeType
    participant_id: ParticipantId
    meter_public_key: PublicKey
    zone: str
    status: MeteringPointStatus

    CODEC: ClassVar[Codec["MeteringPoint"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return metering_point_address(self.metering_point_id)


@dataclass(frozen=True, slots=True)
class CurrencyIssuer:
    """How much currency one issuer has put into circulation and taken out."""

    participant_id: ParticipantId
    issued_uyuan: int
    redeemed_uyuan: int

    CODEC: ClassVar[Codec["CurrencyIssuer"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return currency_issuer_address(self.participant_id)


@dataclass(frozen=True, slots=True)
class CurrencySupply:
    """All currency in circulation; bounded, so that no payment can ever overflow an account."""

    circulating_uyuan: int

    CODEC: ClassVar[Codec["CurrencySupply"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return CURRENCY_SUPPLY_ADDRESS


@dataclass(frozen=True, slots=True)
class LedgerFounding:
    """Written once, by the first transaction of a ledger."""

    chain_id: str
    founder_public_key: PublicKey

    CODEC: ClassVar[Codec["LedgerFounding"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return LEDGER_FOUNDING_ADDRESS


Participant.CODEC = Codec(Participant, pb.Participant, remembered_max=16_384)
ExternallyOwnedAccount.CODEC = Codec(ExternallyOwnedAccount, pb.ExternallyOwnedAccount)
ContractAccount.CODEC = Codec(ContractAccount, pb.ContractAccount)
MeteringPoint.CODEC = Codec(MeteringPoint, pb.MeteringPoint, remembered_max=16_384)
CurrencyIssuer.CODEC = Codec(CurrencyIssuer, pb.CurrencyIssuer)
CurrencySupply.CODEC = Codec(CurrencySupply, pb.CurrencySupply)
LedgerFounding.CODEC = Codec(LedgerFounding, pb.LedgerFounding)

TABLES: Final[Mapping[int, type[Entry]]] = {
    _Table.FOUNDING: LedgerFounding,
    _Table.PARTICIPANT: Participant,
    _Table.EXTERNALLY_OWNED_ACCOUNT: ExternallyOwnedAccount,
    _Table.CONTRACT_ACCOUNT: ContractAccount,
    _Table.METERING_POINT: MeteringPoint,
    _Table.CURRENCY_ISSUER: CurrencyIssuer,
    _Table.CURRENCY_SUPPLY: CurrencySupply,
}
"""What each of the family's tables holds."""

CURRENCY_SUPPLY_ADDRESS: Final = entry_address(NAMESPACE, _Table.CURRENCY_SUPPLY)
LEDGER_FOUNDING_ADDRESS: Final = entry_address(NAMESPACE, _Table.FOUNDING)

# For transactions whose parties are not known before they run.
PARTICIPANTS_PREFIX: Final = table_prefix(NAMESPACE, _Table.PARTICIPANT)
EXTERNALLY_OWNED_ACCOUNTS_PREFIX: Final = table_prefix(NAMESPACE, _Table.EXTERNALLY_OWNED_ACCOUNT)
CONTRACT_ACCOUNTS_PREFIX: Final = table_prefix(NAMESPACE, _Table.CONTRACT_ACCOUNT)
CURRENCY_ISSUERS_PREFIX: Final = table_prefix(NAMESPACE, _Table.CURRENCY_ISSUER)


def participant_address(participant_id: str) -> Address:
    """Return where a participant's entry is kept."""
    return entry_address(NAMESPACE, _Table.PARTICIPANT, participant_id)


def externally_owned_account_address(public_key: str) -> Address:
    """Return where the account of a key is kept."""
    return entry_address(NAMESPACE, _Table.EXTERNALLY_OWNED_ACCOUNT, public_key)


def contract_account_address(participant_id: str, code: str) -> Address:
    """Return where the account is kept that contract ``code`` holds for a participant."""
    return entry_address(NAMESPACE, _Table.CONTRACT_ACCOUNT, participant_id, code)


def metering_point_address(metering_point_id: str) -> Address:
    """Return where a metering point's entry is kept."""
    return entry_address(NAMESPACE, _Table.METERING_POINT, metering_point_id)


def currency_issuer_address(participant_id: str) -> Address:
    """Return where an issuer's totals are kept."""
    return entry_address(NAMESPACE, _Table.CURRENCY_ISSUER, participant_id)
