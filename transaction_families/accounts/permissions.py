"""Who may sign for whom, and which role an action asks for."""

from transaction_families.accounts.errors import ParticipantSuspendedError
from transaction_families.accounts.state import (
    Participant,
    ParticipantStatus,
    Role,
    participant_address,
)
from transaction_families.errors import NotPermittedError
from transaction_families.handler import PublicKey
from transaction_families.state_view import StateView


def get_signing_participant(
    state: StateView, participant_id: str, signer: PublicKey, action: str
) -> Participant:
    """Return the participant for which ``signer`` acts.

    Args:
        state: Global state.
        participant_id: On whose behalf.
        signer: The transaction's signer.
        action: What it wants to do, for the error's text.

    Raises:
        UnknownEntryError: There is no such participant.
        NotPermittedError: The signer's key is not one of the participant's.
        ParticipantSuspendedError: The participant may not act now.
    """
    participant = state.get(Participant, participant_address(participant_id), participant_id)
    if signer not in participant.public_keys:
        raise NotPermittedError(action, signer, f"it is no key of participant {participant_id}")
    if participant.status is not ParticipantStatus.ACTIVE:
        raise ParticipantSuspendedError(participant_id)
    return participant


def check_role(participant: Participant, role: Role, action: str) -> None:
    """Check that a participant holds a role.

    Raises:
        NotPermittedError: It does not.
    """
    if role not in participant.roles:
        raise NotPermittedError(action, participant.participant_id, f"it lacks the role {role.name}")
