"""What the ledger keeps of published periods and of private chains' anchors.

Blocks stand in their addresses under their number in plain digits: a range read gives each chain in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from protos.trade_records import trade_records_pb2 as pb
from transaction_families.accounts.state import ParticipantId, ParticipantKind
from transaction_families.addressing import ADDRESS_DIGITS, entry_address, namespace_of, period_address
from transaction_families.codec import Codec
from transaction_families.energy_orders.state import OrderId, TradeId
from transaction_families.periods import DeliveryPeriod
from transaction_families.state_view import Address, Entry

FAMILY_NAME: Final = "wattdag_trade_records"
NAMESPACE: Final = namespace_of(FAMILY_NAME)


class _Table(IntEnum):
    HEAD = 0
    PARAMETERS = 1
    TRANSACTION_CHAIN = 2
    PUBLIC_CHAIN = 3
    ANCHOR = 4


class _PeriodTable(IntEnum):
    RECORD = 0


@dataclass(frozen=True, slots=True)
class KindPower:
    """The power of all producers of one kind together."""

    kind: ParticipantKind
    power_milliw: int

    CODEC: ClassVar[Codec["KindPower"]]


@dataclass(frozen=True, slots=True)
class TradeRecord:
    """What a block's digest covers of a trade: all that settlement leaves as it is."""

    sequence: int
    trade_id: TradeId
    bid_order_id: OrderId
    ask_order_id: OrderId
    buyer_id: ParticipantId
    seller_id: ParticipantId
    energy_milliwh: int
    price_uyuan_per_kwh: int

    CODEC: ClassVar[Codec["TradeRecord"]]


@dataclass(frozen=True, slots=True)
class TransactionChainBlock:
    """Table 1 of the paper: one cleared period with trades, as the consortium sees it."""

    number: int
    period: DeliveryPeriod
    load_milliw: int
    output: tuple[KindPower, ...]  # P of each kind, ascending
    spare: tuple[KindPower, ...]  # P' of each kind, ascending
    price_uyuan_per_kwh: int
    trade_count: int
    trades_digest: bytes
    previous_hash: bytes  # empty in block 1
    hash: bytes  # `blocks.hash_block` of the rest

    CODEC: ClassVar[Codec["TransactionChainBlock"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return transaction_chain_address(self.number)


@dataclass(frozen=True, slots=True)
class PublicChainBlock:
    """Table 2 of the paper: the same period as everybody sees it. No load, no output, no identities."""

    number: int
    period: DeliveryPeriod
    spare: tuple[KindPower, ...]  # only of kinds with enough producers
    price_uyuan_per_kwh: int
    previous_hash: bytes
    hash: bytes  # the transaction-chain block's

    CODEC: ClassVar[Codec["PublicChainBlock"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return public_chain_address(self.number)


@dataclass(frozen=True, slots=True)
class PeriodRecord:
    """How far the publication of a period has come; ``number`` is its block's, 0 until it is published."""

    period: DeliveryPeriod
    number: int
    next_step: int  # trades in the digest so far
    trades_digest: bytes

    CODEC: ClassVar[Codec["PeriodRecord"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return period_record_address(self.period)


@dataclass(frozen=True, slots=True)
class RecordsHead:
    """The last published block, and the latest start of any published period."""

    number: int
    hash: bytes
    latest_period_start_s: int

    CODEC: ClassVar[Codec["RecordsHead"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return RECORDS_HEAD_ADDRESS


@dataclass(frozen=True, slots=True)
class PrivateChainAnchor:
    """The state of a participant's private chain as it last told the ledger."""

    participant_id: ParticipantId
    length: int
    commitment: bytes
    previous_commitment: bytes  # of the anchor before; empty in the first
    anchored_s: int

    CODEC: ClassVar[Codec["PrivateChainAnchor"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return anchor_address(self.participant_id)


@dataclass(frozen=True, slots=True)
class RecordsParameters:
    """How many producers hide one another's spare power, and how large a publishing step is."""

    spare_producers_min: int
    publish_steps_max: int

    CODEC: ClassVar[Codec["RecordsParameters"]]


@dataclass(frozen=True, slots=True)
class RecordsParameterVersion:
    """Parameters and the moment from which on publications follow them."""

    effective_from_s: int
    parameters: RecordsParameters

    CODEC: ClassVar[Codec["RecordsParameterVersion"]]

    @property
    def effective_from(self) -> int:
        """The moment, as schedules ask for it."""
        return self.effective_from_s


@dataclass(frozen=True, slots=True)
class RecordsParameterSchedule:
    """All versions that may still decide a publication, ascending."""

    versions: tuple[RecordsParameterVersion, ...] = ()

    CODEC: ClassVar[Codec["RecordsParameterSchedule"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return RECORDS_PARAMETERS_ADDRESS


KindPower.CODEC = Codec(KindPower, pb.KindPower)
TradeRecord.CODEC = Codec(TradeRecord, pb.TradeRecord)
TransactionChainBlock.CODEC = Codec(TransactionChainBlock, pb.TransactionChainBlock)
PublicChainBlock.CODEC = Codec(PublicChainBlock, pb.PublicChainBlock)
PeriodRecord.CODEC = Codec(PeriodRecord, pb.PeriodRecord)
RecordsHead.CODEC = Codec(RecordsHead, pb.RecordsHead)
PrivateChainAnchor.CODEC = Codec(PrivateChainAnchor, pb.PrivateChainAnchor)
RecordsParameters.CODEC = Codec(RecordsParameters, pb.RecordsParameters)
RecordsParameterVersion.CODEC = Codec(RecordsParameterVersion, pb.RecordsParameterVersion)
RecordsParameterSchedule.CODEC = Codec(RecordsParameterSchedule, pb.RecordsParameterSchedule)

TABLES: Final[Mapping[int, type[Entry]]] = {
    _Table.HEAD: RecordsHead,
    _Table.PARAMETERS: RecordsParameterSchedule,
    _Table.TRANSACTION_CHAIN: TransactionChainBlock,
    _Table.PUBLIC_CHAIN: PublicChainBlock,
    _Table.ANCHOR: PrivateChainAnchor,
}
"""What each of the family's tables holds."""

PERIOD_TABLES: Final[Mapping[int, type[Entry]]] = {_PeriodTable.RECORD: PeriodRecord}
"""What each of a delivery period's tables holds."""

RECORDS_HEAD_ADDRESS: Final = entry_address(NAMESPACE, _Table.HEAD)
RECORDS_PARAMETERS_ADDRESS: Final = entry_address(NAMESPACE, _Table.PARAMETERS)
TRANSACTION_CHAIN_PREFIX: Final = f"{NAMESPACE}{_Table.TRANSACTION_CHAIN:02x}"
PUBLIC_CHAIN_PREFIX: Final = f"{NAMESPACE}{_Table.PUBLIC_CHAIN:02x}"


def transaction_chain_address(number: int) -> Address:
    """Return where a block of the transaction chain is kept."""
    return f"{TRANSACTION_CHAIN_PREFIX}{number:016x}".ljust(ADDRESS_DIGITS, "0")


def public_chain_address(number: int) -> Address:
    """Return where a block of the public chain is kept."""
    return f"{PUBLIC_CHAIN_PREFIX}{number:016x}".ljust(ADDRESS_DIGITS, "0")


def period_record_address(period: DeliveryPeriod) -> Address:
    """Return where it is kept how far a period's publication has come."""
    return period_address(NAMESPACE, period, _PeriodTable.RECORD)


def anchor_address(participant_id: str) -> Address:
    """Return where a participant's last anchor is kept."""
    return entry_address(NAMESPACE, _Table.ANCHOR, participant_id)
