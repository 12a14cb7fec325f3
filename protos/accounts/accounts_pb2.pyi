from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ParticipantKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARTICIPANT_KIND_UNSPECIFIED: _ClassVar[ParticipantKind]
    GAS_TURBINE: _ClassVar[ParticipantKind]
    WIND: _ClassVar[ParticipantKind]
    PHOTOVOLTAIC: _ClassVar[ParticipantKind]
    COMBINED_COOLING_HEATING_POWER: _ClassVar[ParticipantKind]
    STORAGE: _ClassVar[ParticipantKind]
    RESIDENTIAL_CONSUMER: _ClassVar[ParticipantKind]
    COMMERCIAL_CONSUMER: _ClassVar[ParticipantKind]
    INDUSTRIAL_CONSUMER: _ClassVar[ParticipantKind]
    AGRICULTURAL_CONSUMER: _ClassVar[ParticipantKind]
    GRID_COMPANY: _ClassVar[ParticipantKind]
    REGULATOR: _ClassVar[ParticipantKind]
    METER_OPERATOR: _ClassVar[ParticipantKind]
    MARKET_OPERATOR: _ClassVar[ParticipantKind]
    VALIDATOR_OPERATOR: _ClassVar[ParticipantKind]

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_PRODUCER: _ClassVar[Role]
    ROLE_CONSUMER: _ClassVar[Role]
    ROLE_GRID_COMPANY: _ClassVar[Role]
    ROLE_REGULATOR: _ClassVar[Role]
    ROLE_METER_OPERATOR: _ClassVar[Role]
    ROLE_MARKET_OPERATOR: _ClassVar[Role]
    ROLE_VALIDATOR_OPERATOR: _ClassVar[Role]

class ParticipantStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARTICIPANT_STATUS_UNSPECIFIED: _ClassVar[ParticipantStatus]
    PARTICIPANT_ACTIVE: _ClassVar[ParticipantStatus]
    PARTICIPANT_SUSPENDED: _ClassVar[ParticipantStatus]

class CodeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CODE_TYPE_UNSPECIFIED: _ClassVar[CodeType]
    CODE_TYPE_MRID: _ClassVar[CodeType]
    CODE_TYPE_EIC: _ClassVar[CodeType]
    CODE_TYPE_GSRN: _ClassVar[CodeType]
    CODE_TYPE_MPAN: _ClassVar[CodeType]
    CODE_TYPE_CN_METER: _ClassVar[CodeType]

class MeteringPointStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    METERING_POINT_STATUS_UNSPECIFIED: _ClassVar[MeteringPointStatus]
    METERING_POINT_ACTIVE: _ClassVar[MeteringPointStatus]
    METERING_POINT_INACTIVE: _ClassVar[MeteringPointStatus]
PARTICIPANT_KIND_UNSPECIFIED: ParticipantKind
GAS_TURBINE: ParticipantKind
WIND: ParticipantKind
PHOTOVOLTAIC: ParticipantKind
COMBINED_COOLING_HEATING_POWER: ParticipantKind
STORAGE: ParticipantKind
RESIDENTIAL_CONSUMER: ParticipantKind
COMMERCIAL_CONSUMER: ParticipantKind
INDUSTRIAL_CONSUMER: ParticipantKind
AGRICULTURAL_CONSUMER: ParticipantKind
GRID_COMPANY: ParticipantKind
REGULATOR: ParticipantKind
METER_OPERATOR: ParticipantKind
MARKET_OPERATOR: ParticipantKind
VALIDATOR_OPERATOR: ParticipantKind
ROLE_UNSPECIFIED: Role
ROLE_PRODUCER: Role
ROLE_CONSUMER: Role
ROLE_GRID_COMPANY: Role
ROLE_REGULATOR: Role
ROLE_METER_OPERATOR: Role
ROLE_MARKET_OPERATOR: Role
ROLE_VALIDATOR_OPERATOR: Role
PARTICIPANT_STATUS_UNSPECIFIED: ParticipantStatus
PARTICIPANT_ACTIVE: ParticipantStatus
PARTICIPANT_SUSPENDED: ParticipantStatus
CODE_TYPE_UNSPECIFIED: CodeType
CODE_TYPE_MRID: CodeType
CODE_TYPE_EIC: CodeType
CODE_TYPE_GSRN: CodeType
CODE_TYPE_MPAN: CodeType
CODE_TYPE_CN_METER: CodeType
METERING_POINT_STATUS_UNSPECIFIED: MeteringPointStatus
METERING_POINT_ACTIVE: MeteringPointStatus
METERING_POINT_INACTIVE: MeteringPointStatus

class Participant(_message.Message):
    __slots__ = ("participant_id", "kind", "roles", "public_keys", "beneficial_owner", "encryption_key", "status")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEYS_FIELD_NUMBER: _ClassVar[int]
    BENEFICIAL_OWNER_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_KEY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    kind: ParticipantKind
    roles: _containers.RepeatedScalarFieldContainer[Role]
    public_keys: _containers.RepeatedScalarFieldContainer[str]
    beneficial_owner: str
    encryption_key: bytes
    status: ParticipantStatus
    def __init__(self, participant_id: _Optional[str] = ..., kind: _Optional[_Union[ParticipantKind, str]] = ..., roles: _Optional[_Iterable[_Union[Role, str]]] = ..., public_keys: _Optional[_Iterable[str]] = ..., beneficial_owner: _Optional[str] = ..., encryption_key: _Optional[bytes] = ..., status: _Optional[_Union[ParticipantStatus, str]] = ...) -> None: ...

class ExternallyOwnedAccount(_message.Message):
    __slots__ = ("public_key", "balance_uyuan")
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    BALANCE_UYUAN_FIELD_NUMBER: _ClassVar[int]
    public_key: str
    balance_uyuan: int
    def __init__(self, public_key: _Optional[str] = ..., balance_uyuan: _Optional[int] = ...) -> None: ...

class ContractAccount(_message.Message):
    __slots__ = ("participant_id", "code", "balance_uyuan", "locked_uyuan", "owed_uyuan")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    BALANCE_UYUAN_FIELD_NUMBER: _ClassVar[int]
    LOCKED_UYUAN_FIELD_NUMBER: _ClassVar[int]
    OWED_UYUAN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    code: str
    balance_uyuan: int
    locked_uyuan: int
    owed_uyuan: int
    def __init__(self, participant_id: _Optional[str] = ..., code: _Optional[str] = ..., balance_uyuan: _Optional[int] = ..., locked_uyuan: _Optional[int] = ..., owed_uyuan: _Optional[int] = ...) -> None: ...

class MeteringPoint(_message.Message):
    __slots__ = ("metering_point_id", "code_type", "participant_id", "meter_public_key", "zone", "status")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    METER_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    code_type: CodeType
    participant_id: str
    meter_public_key: str
    zone: str
    status: MeteringPointStatus
    def __init__(self, metering_point_id: _Optional[str] = ..., code_type: _Optional[_Union[CodeType, str]] = ..., participant_id: _Optional[str] = ..., meter_public_key: _Optional[str] = ..., zone: _Optional[str] = ..., status: _Optional[_Union[MeteringPointStatus, str]] = ...) -> None: ...

class CurrencyIssuer(_message.Message):
    __slots__ = ("participant_id", "issued_uyuan", "redeemed_uyuan")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ISSUED_UYUAN_FIELD_NUMBER: _ClassVar[int]
    REDEEMED_UYUAN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    issued_uyuan: int
    redeemed_uyuan: int
    def __init__(self, participant_id: _Optional[str] = ..., issued_uyuan: _Optional[int] = ..., redeemed_uyuan: _Optional[int] = ...) -> None: ...

class CurrencySupply(_message.Message):
    __slots__ = ("circulating_uyuan",)
    CIRCULATING_UYUAN_FIELD_NUMBER: _ClassVar[int]
    circulating_uyuan: int
    def __init__(self, circulating_uyuan: _Optional[int] = ...) -> None: ...

class LedgerFounding(_message.Message):
    __slots__ = ("chain_id", "founder_public_key")
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    FOUNDER_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    chain_id: str
    founder_public_key: str
    def __init__(self, chain_id: _Optional[str] = ..., founder_public_key: _Optional[str] = ...) -> None: ...

class AccountsPayload(_message.Message):
    __slots__ = ("found_ledger", "register_participant", "update_participant", "register_metering_point", "update_metering_point", "open_contract_account", "issue_currency", "redeem_currency", "transfer", "deposit_escrow", "withdraw_escrow")
    FOUND_LEDGER_FIELD_NUMBER: _ClassVar[int]
    REGISTER_PARTICIPANT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_PARTICIPANT_FIELD_NUMBER: _ClassVar[int]
    REGISTER_METERING_POINT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_METERING_POINT_FIELD_NUMBER: _ClassVar[int]
    OPEN_CONTRACT_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ISSUE_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    REDEEM_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_FIELD_NUMBER: _ClassVar[int]
    DEPOSIT_ESCROW_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_ESCROW_FIELD_NUMBER: _ClassVar[int]
    found_ledger: FoundLedger
    register_participant: RegisterParticipant
    update_participant: UpdateParticipant
    register_metering_point: RegisterMeteringPoint
    update_metering_point: UpdateMeteringPoint
    open_contract_account: OpenContractAccount
    issue_currency: IssueCurrency
    redeem_currency: RedeemCurrency
    transfer: Transfer
    deposit_escrow: DepositEscrow
    withdraw_escrow: WithdrawEscrow
    def __init__(self, found_ledger: _Optional[_Union[FoundLedger, _Mapping]] = ..., register_participant: _Optional[_Union[RegisterParticipant, _Mapping]] = ..., update_participant: _Optional[_Union[UpdateParticipant, _Mapping]] = ..., register_metering_point: _Optional[_Union[RegisterMeteringPoint, _Mapping]] = ..., update_metering_point: _Optional[_Union[UpdateMeteringPoint, _Mapping]] = ..., open_contract_account: _Optional[_Union[OpenContractAccount, _Mapping]] = ..., issue_currency: _Optional[_Union[IssueCurrency, _Mapping]] = ..., redeem_currency: _Optional[_Union[RedeemCurrency, _Mapping]] = ..., transfer: _Optional[_Union[Transfer, _Mapping]] = ..., deposit_escrow: _Optional[_Union[DepositEscrow, _Mapping]] = ..., withdraw_escrow: _Optional[_Union[WithdrawEscrow, _Mapping]] = ...) -> None: ...

class FoundLedger(_message.Message):
    __slots__ = ("chain_id", "regulator")
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    REGULATOR_FIELD_NUMBER: _ClassVar[int]
    chain_id: str
    regulator: Participant
    def __init__(self, chain_id: _Optional[str] = ..., regulator: _Optional[_Union[Participant, _Mapping]] = ...) -> None: ...

class RegisterParticipant(_message.Message):
    __slots__ = ("registrar_id", "participant")
    REGISTRAR_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_FIELD_NUMBER: _ClassVar[int]
    registrar_id: str
    participant: Participant
    def __init__(self, registrar_id: _Optional[str] = ..., participant: _Optional[_Union[Participant, _Mapping]] = ...) -> None: ...

class UpdateParticipant(_message.Message):
    __slots__ = ("registrar_id", "participant")
    REGISTRAR_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_FIELD_NUMBER: _ClassVar[int]
    registrar_id: str
    participant: Participant
    def __init__(self, registrar_id: _Optional[str] = ..., participant: _Optional[_Union[Participant, _Mapping]] = ...) -> None: ...

class RegisterMeteringPoint(_message.Message):
    __slots__ = ("registrar_id", "metering_point")
    REGISTRAR_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_FIELD_NUMBER: _ClassVar[int]
    registrar_id: str
    metering_point: MeteringPoint
    def __init__(self, registrar_id: _Optional[str] = ..., metering_point: _Optional[_Union[MeteringPoint, _Mapping]] = ...) -> None: ...

class UpdateMeteringPoint(_message.Message):
    __slots__ = ("registrar_id", "metering_point")
    REGISTRAR_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_FIELD_NUMBER: _ClassVar[int]
    registrar_id: str
    metering_point: MeteringPoint
    def __init__(self, registrar_id: _Optional[str] = ..., metering_point: _Optional[_Union[MeteringPoint, _Mapping]] = ...) -> None: ...

class OpenContractAccount(_message.Message):
    __slots__ = ("participant_id", "code")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    code: str
    def __init__(self, participant_id: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class IssueCurrency(_message.Message):
    __slots__ = ("issuer_id", "to_public_key", "amount_uyuan")
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    TO_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    to_public_key: str
    amount_uyuan: int
    def __init__(self, issuer_id: _Optional[str] = ..., to_public_key: _Optional[str] = ..., amount_uyuan: _Optional[int] = ...) -> None: ...

class RedeemCurrency(_message.Message):
    __slots__ = ("issuer_id", "from_public_key", "amount_uyuan")
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    from_public_key: str
    amount_uyuan: int
    def __init__(self, issuer_id: _Optional[str] = ..., from_public_key: _Optional[str] = ..., amount_uyuan: _Optional[int] = ...) -> None: ...

class Transfer(_message.Message):
    __slots__ = ("to_public_key", "amount_uyuan")
    TO_PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    to_public_key: str
    amount_uyuan: int
    def __init__(self, to_public_key: _Optional[str] = ..., amount_uyuan: _Optional[int] = ...) -> None: ...

class DepositEscrow(_message.Message):
    __slots__ = ("participant_id", "code", "amount_uyuan")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    code: str
    amount_uyuan: int
    def __init__(self, participant_id: _Optional[str] = ..., code: _Optional[str] = ..., amount_uyuan: _Optional[int] = ...) -> None: ...

class WithdrawEscrow(_message.Message):
    __slots__ = ("participant_id", "code", "amount_uyuan")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    code: str
    amount_uyuan: int
    def __init__(self, participant_id: _Optional[str] = ..., code: _Optional[str] = ..., amount_uyuan: _Optional[int] = ...) -> None: ...
