"""What a client can ask of the settlement family, and how a meter signs."""

from dataclasses import dataclass
from typing import Final

from protos.settlement import settlement_pb2 as pb
from signing.keys import PrivateKey
from signing.tagged import Domain, sign_tagged
from transaction_families.accounts.state import ParticipantId
from transaction_families.codec import Codec
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.state import (
    GridPrices,
    Measurement,
    RunKind,
    SettlementParameters,
)

METER_READING_DOMAIN: Final = Domain("meter-reading/1")
"""What a meter's signature of a measurement is good for."""


@dataclass(frozen=True, slots=True)
class SubmitReading:
    """Carry a meter's measurement to the ledger; the meter's signature speaks for it."""

    participant_id: ParticipantId
    measurement: Measurement
    meter_signature: str


@dataclass(frozen=True, slots=True)
class RunSettlement:
    """Carry out the next slice of a period's preliminary or final run."""

    period: DeliveryPeriod
    run: RunKind


@dataclass(frozen=True, slots=True)
class RaiseDispute:
    """Ask for more time before a period's final run."""

    period: DeliveryPeriod
    participant_id: ParticipantId
    reason: str


@dataclass(frozen=True, slots=True)
class PostGridPrices:
    """Announce the grid company's prices for periods from ``effective_from_s`` on."""

    grid_company_id: ParticipantId
    effective_from_s: int
    prices: GridPrices


@dataclass(frozen=True, slots=True)
class PayReceivable:
    """Pay, in part or in full, what a run left owing."""

    debtor_id: ParticipantId
    creditor_id: ParticipantId
    period: DeliveryPeriod
    amount_uyuan: int


@dataclass(frozen=True, slots=True)
class SetSettlementParameters:
    """Set the parameters for periods that start at ``effective_from_s`` or later."""

    regulator_id: ParticipantId
    effective_from_s: int
    parameters: SettlementParameters


SUBMIT_READING: Final = Codec(SubmitReading, pb.SubmitReading)
RUN_SETTLEMENT: Final = Codec(RunSettlement, pb.RunSettlement)
RAISE_DISPUTE: Final = Codec(RaiseDispute, pb.RaiseDispute)
POST_GRID_PRICES: Final = Codec(PostGridPrices, pb.PostGridPrices)
PAY_RECEIVABLE: Final = Codec(PayReceivable, pb.PayReceivable)
SET_SETTLEMENT_PARAMETERS: Final = Codec(SetSettlementParameters, pb.SetSettlementParameters)


def sign_measurement(meter_key: PrivateKey, measurement: Measurement) -> str:
    """Return the meter's signature, 128 hex digits, over the measurement's encoding."""
    return sign_tagged(meter_key, METER_READING_DOMAIN, Measurement.CODEC.encode(measurement)).hex()
