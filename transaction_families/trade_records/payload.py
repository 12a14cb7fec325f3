"""What a client can ask of the trade records family."""

from dataclasses import dataclass
from typing import Final

from protos.trade_records import trade_records_pb2 as pb
from transaction_families.accounts.state import ParticipantId
from transaction_families.codec import Codec
from transaction_families.periods import DeliveryPeriod
from transaction_families.trade_records.state import RecordsParameters


@dataclass(frozen=True, slots=True)
class PublishPeriod:
    """Publish a cleared period, or the next slice of its trades; anybody may send it."""

    period: DeliveryPeriod


@dataclass(frozen=True, slots=True)
class AnchorPrivateChain:
    """Commit to a private chain's present entries."""

    participant_id: ParticipantId
    length: int
    commitment: bytes
    previous_commitment: bytes


@dataclass(frozen=True, slots=True)
class SetRecordsParameters:
    """Set the rules of publication from a moment on."""

    regulator_id: ParticipantId
    effective_from_s: int
    parameters: RecordsParameters


PUBLISH_PERIOD: Final = Codec(PublishPeriod, pb.PublishPeriod)
ANCHOR_PRIVATE_CHAIN: Final = Codec(AnchorPrivateChain, pb.AnchorPrivateChain)
SET_RECORDS_PARAMETERS: Final = Codec(SetRecordsParameters, pb.SetRecordsParameters)
