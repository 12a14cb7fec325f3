"""The settings family: what its payload can ask for."""

from typing import Final

from protos.sawtooth import settings_pb2 as pb
from transaction_families.enveloped import EnvelopedAction, EnvelopedFamily
from transaction_families.sawtooth_settings import footprint, payload, voting
from transaction_families.sawtooth_settings.errors import NoActionError
from transaction_families.sawtooth_settings.state import FAMILY_NAME, NAMESPACE

FAMILY: Final = EnvelopedFamily(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    payload=pb.SettingsPayload,
    kind_field="action",
    check_signer=voting.check_signer,
    unknown_kind=NoActionError,
    actions={
        payload.ProposeSetting: EnvelopedAction(
            pb.SettingsPayload.PROPOSE,
            payload.decode_proposal,
            payload.encode_proposal,
            voting.process_proposal,
            footprint.of_proposal,
        ),
        payload.VoteOnSetting: EnvelopedAction(
            pb.SettingsPayload.VOTE,
            payload.VOTE_ON_SETTING.decode,
            payload.VOTE_ON_SETTING.encode,
            voting.process_vote,
            footprint.of_vote,
        ),
    },
)
