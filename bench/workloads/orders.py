"""The reference workload: signed limit orders of many participants for the coming delivery periods.

An order is one transaction that writes three entries of state: the order, the owner's contract account and
the owner's index bucket of the period. Half of the participants buy and half sell, each a few times in each
period, at prices that never cross the owner's own orders. The ledger is founded with everybody registered,
metered and in funds, so that every order is carried out.

The same arguments give the same bytes: keys, ids and prices follow from numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from nacl.public import PrivateKey as EncryptionKey

from signing.batches import sign_batch
from signing.keys import PrivateKey
from signing.transactions import sign_transaction
from signing.types import SignedBatch, SignedTransaction
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.family import FAMILY as ACCOUNTS
from transaction_families.accounts.payload import (
    DepositEscrow,
    FoundLedger,
    IssueCurrency,
    OpenContractAccount,
    RegisterMeteringPoint,
    RegisterParticipant,
)
from transaction_families.accounts.state import (
    CodeType,
    MeteringPoint,
    MeteringPointId,
    MeteringPointStatus,
    Participant,
    ParticipantId,
    ParticipantKind,
    ParticipantStatus,
    Role,
)
from transaction_families.energy_orders.family import FAMILY as ENERGY_ORDERS
from transaction_families.energy_orders.payload import SetMarketParameters, SubmitOrder
from transaction_families.energy_orders.state import (
    MarketDesign,
    MarketParameters,
    OrderId,
    Side,
)
from transaction_families.handler import Family, PublicKey
from transaction_families.periods import DeliveryPeriod
from validator.journal.genesis import Genesis

FAMILIES: Final = (ACCOUNTS, ENERGY_ORDERS)
START_S: Final = 1_700_000_100  # a quarter of an hour's beginning
PERIOD_MINUTES: Final = 15
PERIODS: Final = 24
ORDERS_PER_PERIOD_MAX: Final = 4

_YUAN: Final = 1_000_000
_ESCROW_UYUAN: Final = 10_000_000 * _YUAN
_FOUNDING_BATCH: Final = 200  # transactions

_PARAMETERS: Final = MarketParameters(
    design=MarketDesign.CALL_AUCTION,
    period_minutes=PERIOD_MINUTES,
    gate_closure_s=PERIOD_MINUTES * 60,
    horizon_s=24 * 3600,
    orders_per_participant_max=ORDERS_PER_PERIOD_MAX,
    order_energy_milliwh_max=10**9,
    price_uyuan_per_kwh_min=-_YUAN,
    price_uyuan_per_kwh_max=5 * _YUAN,
    imbalance_escrow_uyuan_per_kwh=300_000,
    wheeling_fees=(),
    wheeling_fee_default_uyuan_per_kwh=8_000,
    clearing_steps_max=500,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A participant that acts, and its key."""

    key: PrivateKey
    participant_id: ParticipantId


@dataclass(frozen=True, slots=True)
class Trader:
    """A participant of the workload."""

    key: PrivateKey
    participant: Participant
    metering_point: MeteringPoint

    @property
    def side(self) -> Side:
        """On which side it trades."""
        return Side.BID if Role.CONSUMER in self.participant.roles else Side.ASK


def make_traders(count: int, label: str = "trader") -> list[Trader]:
    """Return ``count`` traders, buyers and sellers in turn; their names, keys and meters follow ``label``."""
    return [_make_trader(f"{label}-{index:05d}", index) for index in range(count)]


def make_genesis(traders: Sequence[Trader]) -> Genesis:
    """Return the founding of a ledger on which the traders may place orders."""
    regulator_key = PrivateKey.for_demo("bench regulator")
    operator_key = PrivateKey.for_demo("bench market operator")
    regulator = _participant(regulator_key, "regulator", ParticipantKind.REGULATOR, Role.REGULATOR)
    operator = _participant(
        operator_key,
        "market-operator",
        ParticipantKind.MARKET_OPERATOR,
        Role.MARKET_OPERATOR,
        Role.METER_OPERATOR,
    )
    founding: list[tuple[PrivateKey, object]] = [
        (regulator_key, FoundLedger("bench-ledger", regulator)),
        (regulator_key, RegisterParticipant(regulator.participant_id, operator)),
        (regulator_key, SetMarketParameters(regulator.participant_id, 0, _PARAMETERS)),
    ]
    actor = Actor(operator_key, operator.participant_id)
    for trader in traders:
        founding += enrol(trader, market_operator=actor, meter_operator=actor)
    batcher = operator_key
    transactions = [
        sign_payload(key, payload, batcher, nonce=str(index)) for index, (key, payload) in enumerate(founding)
    ]
    batches = tuple(_in_batches(transactions, batcher, _FOUNDING_BATCH))
    return Genesis("bench-ledger", START_S * 1000, batches)


def enrol(
    trader: Trader, *, market_operator: Actor, meter_operator: Actor
) -> list[tuple[PrivateKey, object]]:
    """Return what makes a trader able to place orders, each payload with the key of whoever may send it."""
    participant = trader.participant
    payout_key, participant_id = participant.payout_key, participant.participant_id
    return [
        (market_operator.key, RegisterParticipant(market_operator.participant_id, participant)),
        (meter_operator.key, RegisterMeteringPoint(meter_operator.participant_id, trader.metering_point)),
        (market_operator.key, IssueCurrency(market_operator.participant_id, payout_key, _ESCROW_UYUAN)),
        (trader.key, OpenContractAccount(participant_id, SETTLEMENT)),
        (trader.key, DepositEscrow(participant_id, SETTLEMENT, _ESCROW_UYUAN)),
    ]


def make_orders(traders: Sequence[Trader], count: int, batch_size: int) -> Iterator[SignedBatch]:
    """Yield batches that place ``count`` orders, spread over traders and periods.

    Args:
        traders: Who places them, in turn.
        count: At most `ORDERS_PER_PERIOD_MAX` for each trader and period.
        batch_size: Orders in each batch. Batches of one are their owner's own; larger ones are put
            together by a broker.
    """
    capacity = len(traders) * PERIODS * ORDERS_PER_PERIOD_MAX
    if count > capacity:
        raise ValueError(f"{len(traders)} traders place at most {capacity} orders, not {count}")
    broker = PrivateKey.for_demo("bench broker")
    first = DeliveryPeriod(START_S, PERIOD_MINUTES)
    periods = [
        DeliveryPeriod(first.start_s + (index + 2) * first.length_s, PERIOD_MINUTES)
        for index in range(PERIODS)
    ]
    transactions: list[SignedTransaction] = []
    for index in range(count):
        trader = traders[index % len(traders)]
        payload = make_order(trader, periods[index // len(traders) % PERIODS], b"order %d" % index)
        batcher = broker if batch_size > 1 else trader.key
        transactions.append(sign_payload(trader.key, payload, batcher, nonce=str(index)))
        if len(transactions) == batch_size or index == count - 1:
            yield sign_batch(batcher, transactions)
            transactions = []


def make_order(trader: Trader, period: DeliveryPeriod, name: bytes) -> SubmitOrder:
    """Return a trader's order; its id, price and energy follow its name."""
    digest = sha256(name).digest()
    spread_uyuan = int.from_bytes(digest[:4], "big") % 300_000
    return SubmitOrder(
        order_id=OrderId(digest[16:].hex()),
        period=period,
        participant_id=trader.participant.participant_id,
        side=trader.side,
        energy_milliwh=1_000_000 + int.from_bytes(digest[4:8], "big") % 9_000_000,
        price_uyuan_per_kwh=500_000 - spread_uyuan if trader.side is Side.BID else 300_000 + spread_uyuan,
        metering_point_id=trader.metering_point.metering_point_id,
    )


def _make_trader(name: str, index: int) -> Trader:
    key = PrivateKey.for_demo(f"bench {name}")
    digest = sha256(name.encode()).hexdigest()
    mrid = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
    if index % 2:
        participant = _participant(key, name, ParticipantKind.PHOTOVOLTAIC, Role.PRODUCER)
    else:
        participant = _participant(key, name, ParticipantKind.COMMERCIAL_CONSUMER, Role.CONSUMER)
    metering_point = MeteringPoint(
        MeteringPointId(mrid),
        CodeType.MRID,
        participant.participant_id,
        PublicKey(PrivateKey.for_demo(f"bench {name} meter").public_key.hex),
        f"feeder-{index % 3}",
        MeteringPointStatus.ACTIVE,
    )
    return Trader(key, participant, metering_point)


def _participant(key: PrivateKey, name: str, kind: ParticipantKind, *roles: Role) -> Participant:
    return Participant(
        ParticipantId(name),
        kind,
        tuple(sorted(roles)),
        (PublicKey(key.public_key.hex),),
        name,
        bytes(EncryptionKey(sha256(name.encode()).digest()).public_key),
        ParticipantStatus.ACTIVE,
    )


def _family_of(payload: object) -> Family:
    return next(family for family in FAMILIES if family.handles(payload))


def sign_payload(key: PrivateKey, payload: object, batcher: PrivateKey, *, nonce: str) -> SignedTransaction:
    """Return the transaction that asks for a payload, to go into a batch of the batcher's."""
    family = _family_of(payload)
    footprint = family.footprint(payload, PublicKey(key.public_key.hex))
    return sign_transaction(
        key,
        family_name=family.name,
        family_version=family.version,
        payload=family.encode(payload),
        inputs=footprint.inputs,
        outputs=footprint.outputs,
        nonce=nonce,
        batcher_public_key=batcher.public_key.hex,
    )


def _in_batches(
    transactions: Sequence[SignedTransaction], batcher: PrivateKey, size: int
) -> Iterator[SignedBatch]:
    for start in range(0, len(transactions), size):
        yield sign_batch(batcher, transactions[start : start + size])
