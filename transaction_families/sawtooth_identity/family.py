"""The identity family: what its payload can ask for."""

from typing import Final

from protos.sawtooth import identity_pb2 as pb
from transaction_families.enveloped import EnvelopedAction, EnvelopedFamily
from transaction_families.sawtooth_identity import payload, setting_identities
from transaction_families.sawtooth_identity.errors import NoIdentityTypeError
from transaction_families.sawtooth_identity.state import FAMILY_NAME, NAMESPACE

FAMILY: Final = EnvelopedFamily(
    FAMILY_NAME,
    "1.0",
    NAMESPACE,
    payload=pb.IdentityPayload,
    kind_field="type",
    check_signer=setting_identities.check_signer,
    unknown_kind=NoIdentityTypeError,
    actions={
        payload.SetPolicy: EnvelopedAction(
            pb.IdentityPayload.POLICY,
            payload.decode_set_policy,
            payload.encode_set_policy,
            setting_identities.process_set_policy,
            setting_identities.of_set_policy,
        ),
        payload.SetRole: EnvelopedAction(
            pb.IdentityPayload.ROLE,
            payload.decode_set_role,
            payload.encode_set_role,
            setting_identities.process_set_role,
            setting_identities.of_set_role,
        ),
    },
)
