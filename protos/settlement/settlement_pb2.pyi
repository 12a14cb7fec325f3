from protos.energy_orders import energy_orders_pb2 as _energy_orders_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Quality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    QUALITY_UNSPECIFIED: _ClassVar[Quality]
    MEASURED: _ClassVar[Quality]
    ESTIMATED: _ClassVar[Quality]
    CORRECTED: _ClassVar[Quality]
    MISSING: _ClassVar[Quality]

class RunKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RUN_KIND_UNSPECIFIED: _ClassVar[RunKind]
    PRELIMINARY: _ClassVar[RunKind]
    FINAL: _ClassVar[RunKind]

class SettlementStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SETTLEMENT_STATUS_UNSPECIFIED: _ClassVar[SettlementStatus]
    SETTLEMENT_DRAFTING: _ClassVar[SettlementStatus]
    SETTLEMENT_PRELIMINARY: _ClassVar[SettlementStatus]
    SETTLEMENT_DISPUTED: _ClassVar[SettlementStatus]
    SETTLEMENT_PAYING: _ClassVar[SettlementStatus]
    SETTLEMENT_FINAL: _ClassVar[SettlementStatus]
QUALITY_UNSPECIFIED: Quality
MEASURED: Quality
ESTIMATED: Quality
CORRECTED: Quality
MISSING: Quality
RUN_KIND_UNSPECIFIED: RunKind
PRELIMINARY: RunKind
FINAL: RunKind
SETTLEMENT_STATUS_UNSPECIFIED: SettlementStatus
SETTLEMENT_DRAFTING: SettlementStatus
SETTLEMENT_PRELIMINARY: SettlementStatus
SETTLEMENT_DISPUTED: SettlementStatus
SETTLEMENT_PAYING: SettlementStatus
SETTLEMENT_FINAL: SettlementStatus

class Measurement(_message.Message):
    __slots__ = ("metering_point_id", "period", "import_milliwh", "export_milliwh", "import_register_milliwh", "export_register_milliwh", "quality", "revision")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    IMPORT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    EXPORT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    IMPORT_REGISTER_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    EXPORT_REGISTER_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    period: _energy_orders_pb2.DeliveryPeriod
    import_milliwh: int
    export_milliwh: int
    import_register_milliwh: int
    export_register_milliwh: int
    quality: Quality
    revision: int
    def __init__(self, metering_point_id: _Optional[str] = ..., period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., import_milliwh: _Optional[int] = ..., export_milliwh: _Optional[int] = ..., import_register_milliwh: _Optional[int] = ..., export_register_milliwh: _Optional[int] = ..., quality: _Optional[_Union[Quality, str]] = ..., revision: _Optional[int] = ...) -> None: ...

class Reading(_message.Message):
    __slots__ = ("participant_id", "measurement", "meter_signature", "received_s")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    MEASUREMENT_FIELD_NUMBER: _ClassVar[int]
    METER_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_S_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    measurement: Measurement
    meter_signature: str
    received_s: int
    def __init__(self, participant_id: _Optional[str] = ..., measurement: _Optional[_Union[Measurement, _Mapping]] = ..., meter_signature: _Optional[str] = ..., received_s: _Optional[int] = ...) -> None: ...

class ReadingBucket(_message.Message):
    __slots__ = ("period", "bucket", "metering_point_ids")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    BUCKET_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_IDS_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    bucket: int
    metering_point_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., bucket: _Optional[int] = ..., metering_point_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GridPrices(_message.Message):
    __slots__ = ("feed_in_uyuan_per_kwh", "retail_uyuan_per_kwh", "imbalance_short_uyuan_per_kwh", "imbalance_long_uyuan_per_kwh")
    FEED_IN_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    RETAIL_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_SHORT_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_LONG_UYUAN_PER_KWH_FIELD_NUMBER: _ClassVar[int]
    feed_in_uyuan_per_kwh: int
    retail_uyuan_per_kwh: int
    imbalance_short_uyuan_per_kwh: int
    imbalance_long_uyuan_per_kwh: int
    def __init__(self, feed_in_uyuan_per_kwh: _Optional[int] = ..., retail_uyuan_per_kwh: _Optional[int] = ..., imbalance_short_uyuan_per_kwh: _Optional[int] = ..., imbalance_long_uyuan_per_kwh: _Optional[int] = ...) -> None: ...

class GridTariff(_message.Message):
    __slots__ = ("grid_company_id", "latest_effective_from_s")
    GRID_COMPANY_ID_FIELD_NUMBER: _ClassVar[int]
    LATEST_EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    grid_company_id: str
    latest_effective_from_s: int
    def __init__(self, grid_company_id: _Optional[str] = ..., latest_effective_from_s: _Optional[int] = ...) -> None: ...

class GridPriceVersion(_message.Message):
    __slots__ = ("effective_from_s", "previous_effective_from_s", "prices")
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PRICES_FIELD_NUMBER: _ClassVar[int]
    effective_from_s: int
    previous_effective_from_s: int
    prices: GridPrices
    def __init__(self, effective_from_s: _Optional[int] = ..., previous_effective_from_s: _Optional[int] = ..., prices: _Optional[_Union[GridPrices, _Mapping]] = ...) -> None: ...

class PeriodSettlement(_message.Message):
    __slots__ = ("period", "status", "grid_company_id", "prices", "next_step", "preliminary_s", "final_due_s", "final_s", "disputed_by", "pot_uyuan", "delivered_milliwh", "shortfall_milliwh", "surplus_milliwh", "grid_bought_milliwh", "grid_sold_milliwh", "dust_uyuan")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    GRID_COMPANY_ID_FIELD_NUMBER: _ClassVar[int]
    PRICES_FIELD_NUMBER: _ClassVar[int]
    NEXT_STEP_FIELD_NUMBER: _ClassVar[int]
    PRELIMINARY_S_FIELD_NUMBER: _ClassVar[int]
    FINAL_DUE_S_FIELD_NUMBER: _ClassVar[int]
    FINAL_S_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_BY_FIELD_NUMBER: _ClassVar[int]
    POT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    SHORTFALL_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    SURPLUS_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    GRID_BOUGHT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    GRID_SOLD_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    DUST_UYUAN_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    status: SettlementStatus
    grid_company_id: str
    prices: GridPrices
    next_step: int
    preliminary_s: int
    final_due_s: int
    final_s: int
    disputed_by: str
    pot_uyuan: int
    delivered_milliwh: int
    shortfall_milliwh: int
    surplus_milliwh: int
    grid_bought_milliwh: int
    grid_sold_milliwh: int
    dust_uyuan: int
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., status: _Optional[_Union[SettlementStatus, str]] = ..., grid_company_id: _Optional[str] = ..., prices: _Optional[_Union[GridPrices, _Mapping]] = ..., next_step: _Optional[int] = ..., preliminary_s: _Optional[int] = ..., final_due_s: _Optional[int] = ..., final_s: _Optional[int] = ..., disputed_by: _Optional[str] = ..., pot_uyuan: _Optional[int] = ..., delivered_milliwh: _Optional[int] = ..., shortfall_milliwh: _Optional[int] = ..., surplus_milliwh: _Optional[int] = ..., grid_bought_milliwh: _Optional[int] = ..., grid_sold_milliwh: _Optional[int] = ..., dust_uyuan: _Optional[int] = ...) -> None: ...

class Statement(_message.Message):
    __slots__ = ("period", "participant_id", "run", "sold_milliwh", "bought_milliwh", "delivered_sold_milliwh", "delivered_bought_milliwh", "metered_export_milliwh", "metered_import_milliwh", "shortfall_milliwh", "surplus_milliwh", "grid_export_milliwh", "grid_import_milliwh", "trade_receipts_uyuan", "trade_payments_uyuan", "wheeling_uyuan", "imbalance_uyuan", "grid_uyuan", "net_uyuan", "arrears_uyuan", "claim_uyuan")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SOLD_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    BOUGHT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_SOLD_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_BOUGHT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    METERED_EXPORT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    METERED_IMPORT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    SHORTFALL_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    SURPLUS_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    GRID_EXPORT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    GRID_IMPORT_MILLIWH_FIELD_NUMBER: _ClassVar[int]
    TRADE_RECEIPTS_UYUAN_FIELD_NUMBER: _ClassVar[int]
    TRADE_PAYMENTS_UYUAN_FIELD_NUMBER: _ClassVar[int]
    WHEELING_UYUAN_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_UYUAN_FIELD_NUMBER: _ClassVar[int]
    GRID_UYUAN_FIELD_NUMBER: _ClassVar[int]
    NET_UYUAN_FIELD_NUMBER: _ClassVar[int]
    ARREARS_UYUAN_FIELD_NUMBER: _ClassVar[int]
    CLAIM_UYUAN_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    participant_id: str
    run: RunKind
    sold_milliwh: int
    bought_milliwh: int
    delivered_sold_milliwh: int
    delivered_bought_milliwh: int
    metered_export_milliwh: int
    metered_import_milliwh: int
    shortfall_milliwh: int
    surplus_milliwh: int
    grid_export_milliwh: int
    grid_import_milliwh: int
    trade_receipts_uyuan: int
    trade_payments_uyuan: int
    wheeling_uyuan: int
    imbalance_uyuan: int
    grid_uyuan: int
    net_uyuan: int
    arrears_uyuan: int
    claim_uyuan: int
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., participant_id: _Optional[str] = ..., run: _Optional[_Union[RunKind, str]] = ..., sold_milliwh: _Optional[int] = ..., bought_milliwh: _Optional[int] = ..., delivered_sold_milliwh: _Optional[int] = ..., delivered_bought_milliwh: _Optional[int] = ..., metered_export_milliwh: _Optional[int] = ..., metered_import_milliwh: _Optional[int] = ..., shortfall_milliwh: _Optional[int] = ..., surplus_milliwh: _Optional[int] = ..., grid_export_milliwh: _Optional[int] = ..., grid_import_milliwh: _Optional[int] = ..., trade_receipts_uyuan: _Optional[int] = ..., trade_payments_uyuan: _Optional[int] = ..., wheeling_uyuan: _Optional[int] = ..., imbalance_uyuan: _Optional[int] = ..., grid_uyuan: _Optional[int] = ..., net_uyuan: _Optional[int] = ..., arrears_uyuan: _Optional[int] = ..., claim_uyuan: _Optional[int] = ...) -> None: ...

class Receivable(_message.Message):
    __slots__ = ("debtor_id", "creditor_id", "period", "amount_uyuan")
    DEBTOR_ID_FIELD_NUMBER: _ClassVar[int]
    CREDITOR_ID_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    debtor_id: str
    creditor_id: str
    period: _energy_orders_pb2.DeliveryPeriod
    amount_uyuan: int
    def __init__(self, debtor_id: _Optional[str] = ..., creditor_id: _Optional[str] = ..., period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., amount_uyuan: _Optional[int] = ...) -> None: ...

class SettlementParameters(_message.Message):
    __slots__ = ("preliminary_delay_s", "dispute_window_s", "dispute_extension_s", "settlement_steps_max")
    PRELIMINARY_DELAY_S_FIELD_NUMBER: _ClassVar[int]
    DISPUTE_WINDOW_S_FIELD_NUMBER: _ClassVar[int]
    DISPUTE_EXTENSION_S_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_STEPS_MAX_FIELD_NUMBER: _ClassVar[int]
    preliminary_delay_s: int
    dispute_window_s: int
    dispute_extension_s: int
    settlement_steps_max: int
    def __init__(self, preliminary_delay_s: _Optional[int] = ..., dispute_window_s: _Optional[int] = ..., dispute_extension_s: _Optional[int] = ..., settlement_steps_max: _Optional[int] = ...) -> None: ...

class SettlementParameterSchedule(_message.Message):
    __slots__ = ("versions",)
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[SettlementParameterVersion]
    def __init__(self, versions: _Optional[_Iterable[_Union[SettlementParameterVersion, _Mapping]]] = ...) -> None: ...

class SettlementParameterVersion(_message.Message):
    __slots__ = ("effective_from_s", "parameters")
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    effective_from_s: int
    parameters: SettlementParameters
    def __init__(self, effective_from_s: _Optional[int] = ..., parameters: _Optional[_Union[SettlementParameters, _Mapping]] = ...) -> None: ...

class SettlementPayload(_message.Message):
    __slots__ = ("submit_reading", "run_settlement", "raise_dispute", "post_grid_prices", "pay_receivable", "set_settlement_parameters")
    SUBMIT_READING_FIELD_NUMBER: _ClassVar[int]
    RUN_SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    RAISE_DISPUTE_FIELD_NUMBER: _ClassVar[int]
    POST_GRID_PRICES_FIELD_NUMBER: _ClassVar[int]
    PAY_RECEIVABLE_FIELD_NUMBER: _ClassVar[int]
    SET_SETTLEMENT_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    submit_reading: SubmitReading
    run_settlement: RunSettlement
    raise_dispute: RaiseDispute
    post_grid_prices: PostGridPrices
    pay_receivable: PayReceivable
    set_settlement_parameters: SetSettlementParameters
    def __init__(self, submit_reading: _Optional[_Union[SubmitReading, _Mapping]] = ..., run_settlement: _Optional[_Union[RunSettlement, _Mapping]] = ..., raise_dispute: _Optional[_Union[RaiseDispute, _Mapping]] = ..., post_grid_prices: _Optional[_Union[PostGridPrices, _Mapping]] = ..., pay_receivable: _Optional[_Union[PayReceivable, _Mapping]] = ..., set_settlement_parameters: _Optional[_Union[SetSettlementParameters, _Mapping]] = ...) -> None: ...

class SubmitReading(_message.Message):
    __slots__ = ("participant_id", "measurement", "meter_signature")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    MEASUREMENT_FIELD_NUMBER: _ClassVar[int]
    METER_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    measurement: Measurement
    meter_signature: str
    def __init__(self, participant_id: _Optional[str] = ..., measurement: _Optional[_Union[Measurement, _Mapping]] = ..., meter_signature: _Optional[str] = ...) -> None: ...

class RunSettlement(_message.Message):
    __slots__ = ("period", "run")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    run: RunKind
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., run: _Optional[_Union[RunKind, str]] = ...) -> None: ...

class RaiseDispute(_message.Message):
    __slots__ = ("period", "participant_id", "reason")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    period: _energy_orders_pb2.DeliveryPeriod
    participant_id: str
    reason: str
    def __init__(self, period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., participant_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PostGridPrices(_message.Message):
    __slots__ = ("grid_company_id", "effective_from_s", "prices")
    GRID_COMPANY_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PRICES_FIELD_NUMBER: _ClassVar[int]
    grid_company_id: str
    effective_from_s: int
    prices: GridPrices
    def __init__(self, grid_company_id: _Optional[str] = ..., effective_from_s: _Optional[int] = ..., prices: _Optional[_Union[GridPrices, _Mapping]] = ...) -> None: ...

class PayReceivable(_message.Message):
    __slots__ = ("debtor_id", "creditor_id", "period", "amount_uyuan")
    DEBTOR_ID_FIELD_NUMBER: _ClassVar[int]
    CREDITOR_ID_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_UYUAN_FIELD_NUMBER: _ClassVar[int]
    debtor_id: str
    creditor_id: str
    period: _energy_orders_pb2.DeliveryPeriod
    amount_uyuan: int
    def __init__(self, debtor_id: _Optional[str] = ..., creditor_id: _Optional[str] = ..., period: _Optional[_Union[_energy_orders_pb2.DeliveryPeriod, _Mapping]] = ..., amount_uyuan: _Optional[int] = ...) -> None: ...

class SetSettlementParameters(_message.Message):
    __slots__ = ("regulator_id", "effective_from_s", "parameters")
    REGULATOR_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    regulator_id: str
    effective_from_s: int
    parameters: SettlementParameters
    def __init__(self, regulator_id: _Optional[str] = ..., effective_from_s: _Optional[int] = ..., parameters: _Optional[_Union[SettlementParameters, _Mapping]] = ...) -> None: ...
