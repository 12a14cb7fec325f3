"""The token mining family: what its payload can ask for."""

from typing import Final

from protos.token_mining import token_mining_pb2 as pb
from transaction_families.handler import Action, Family
from transaction_families.token_mining import footprint, payload, roll, tokens
from transaction_families.token_mining.state import FAMILY_NAME, NAMESPACE

FAMILY: Final = Family(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    pb.TokenMiningPayload,
    {
        payload.RollWeek: (
            "roll_week",
            Action(payload.ROLL_WEEK, roll.process_roll_week, footprint.of_roll_week),
        ),
        payload.SetMiningParameters: (
            "set_mining_parameters",
            Action(
                payload.SET_MINING_PARAMETERS,
                tokens.process_set_mining_parameters,
                footprint.of_set_mining_parameters,
            ),
        ),
        payload.TransferTokens: (
            "transfer_tokens",
            Action(payload.TRANSFER_TOKENS, tokens.process_transfer_tokens, footprint.of_transfer_tokens),
        ),
        payload.AllotTokens: (
            "allot_tokens",
            Action(payload.ALLOT_TOKENS, tokens.process_allot_tokens, footprint.of_allot_tokens),
        ),
    },
)
