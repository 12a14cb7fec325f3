"""What a client can ask of the token mining family."""

from dataclasses import dataclass
from typing import Final

from protos.token_mining import token_mining_pb2 as pb
from transaction_families.accounts.state import ParticipantId
from transaction_families.codec import Codec
from transaction_families.token_mining.state import MiningParameters, Week


@dataclass(frozen=True, slots=True)
class RollWeek:
    """Reward the next slice of an ended week's participants; anybody may send it."""

    week: Week


@dataclass(frozen=True, slots=True)
class SetMiningParameters:
    """Start mining with its first parameters, or change them from a later week on."""

    regulator_id: ParticipantId
    effective_from_week: Week
    first_week_start_s: int  # UTC seconds with the first parameters, 0 later
    parameters: MiningParameters


@dataclass(frozen=True, slots=True)
class TransferTokens:
    """Give tokens to another participant."""

    from_participant_id: ParticipantId
    to_participant_id: ParticipantId
    amount_utoken: int


@dataclass(frozen=True, slots=True)
class AllotTokens:
    """Give a participant founding stock; until the first week ends."""

    regulator_id: ParticipantId
    participant_id: ParticipantId
    amount_utoken: int


ROLL_WEEK: Final = Codec(RollWeek, pb.RollWeek)
SET_MINING_PARAMETERS: Final = Codec(SetMiningParameters, pb.SetMiningParameters)
TRANSFER_TOKENS: Final = Codec(TransferTokens, pb.TransferTokens)
ALLOT_TOKENS: Final = Codec(AllotTokens, pb.AllotTokens)
