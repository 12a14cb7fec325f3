"""Transitions that let participants and meters take part."""

from transaction_families.accounts.contracts import check_contract
from transaction_families.accounts.errors import LedgerFoundedError
from transaction_families.accounts.identifiers import (
    PUBLIC_KEYS_MAX,
    check_encryption_key,
    check_metering_point_code,
    check_name,
    check_public_key,
    check_zone,
)
from transaction_families.accounts.payload import (
    FoundLedger,
    OpenContractAccount,
    RegisterMeteringPoint,
    RegisterParticipant,
    UpdateMeteringPoint,
    UpdateParticipant,
)
from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import (
    LEDGER_FOUNDING_ADDRESS,
    ContractAccount,
    LedgerFounding,
    MeteringPoint,
    Participant,
    ParticipantId,
    ParticipantStatus,
    Role,
    contract_account_address,
    participant_address,
)
from transaction_families.errors import DuplicateEntryError, MalformedPayloadError, NotPermittedError
from transaction_families.handler import PublicKey
from transaction_families.state_view import Changes, Event, StateView

_REGISTRARS = (Role.REGULATOR, Role.MARKET_OPERATOR)
_GRANTED_BY_REGULATOR_ONLY = frozenset({Role.REGULATOR, Role.MARKET_OPERATOR, Role.GRID_COMPANY})


def process_found_ledger(state: StateView, tx: FoundLedger, signer: PublicKey) -> Changes:
    """Found the ledger and register its regulator, who must be the signer.

    Raises:
        LedgerFoundedError: It has been founded.
        MalformedPayloadError: A field breaks its rule.
        NotPermittedError: The regulator's keys do not include the signer's.
    """
    if (founding := state.find(LedgerFounding, LEDGER_FOUNDING_ADDRESS)) is not None:
        raise LedgerFoundedError(founding.chain_id)
    check_name("chain_id", tx.chain_id)
    check_participant(tx.regulator)
    if Role.REGULATOR not in tx.regulator.roles:
        raise MalformedPayloadError("regulator.roles", tx.regulator.roles, "include REGULATOR")
    if signer not in tx.regulator.public_keys:
        raise NotPermittedError("found a ledger", signer, "it is no key of the regulator's")
    return Changes(writes=(LedgerFounding(tx.chain_id, signer), tx.regulator))


def process_register_participant(state: StateView, tx: RegisterParticipant, signer: PublicKey) -> Changes:
    """Register a participant.

    Raises:
        NotPermittedError: The signer may not register, or not with these roles.
        MalformedPayloadError: A field breaks its rule.
        DuplicateEntryError: The name is taken.
    """
    _check_registrar(state, tx.registrar_id, signer, tx.participant.roles, "register participants")
    check_participant(tx.participant)
    if state.find(Participant, tx.participant.address) is not None:
        raise DuplicateEntryError("participant", tx.participant.participant_id)
    return Changes(writes=(tx.participant,), events=(_participant_event("registered", tx.participant),))


def process_update_participant(state: StateView, tx: UpdateParticipant, signer: PublicKey) -> Changes:
    """Replace a participant's entry: keys, roles, owner, status.

    Raises:
        NotPermittedError: The signer may not register, or may not give or take these roles.
        MalformedPayloadError: A field breaks its rule.
        UnknownEntryError: There is no such participant.
    """
    participant_id = tx.participant.participant_id
    before = state.get(Participant, participant_address(participant_id), participant_id)
    changed = (*before.roles, *tx.participant.roles)
    _check_registrar(state, tx.registrar_id, signer, changed, "change participants")
    check_participant(tx.participant)
    return Changes(writes=(tx.participant,), events=(_participant_event("updated", tx.participant),))


def process_register_metering_point(
    state: StateView, tx: RegisterMeteringPoint, signer: PublicKey
) -> Changes:
    """Register a meter.

    Raises:
        NotPermittedError: The signer is no meter operator.
        MalformedPayloadError: A field breaks its rule, the identifier its scheme's.
        UnknownEntryError: There is no such participant.
        DuplicateEntryError: The identifier is taken.
    """
    point = tx.metering_point
    _check_metering_point(state, point, tx.registrar_id, signer)
    if state.find(MeteringPoint, point.address) is not None:
        raise DuplicateEntryError("metering point", point.metering_point_id)
    return Changes(writes=(point,))


def process_update_metering_point(state: StateView, tx: UpdateMeteringPoint, signer: PublicKey) -> Changes:
    """Replace a meter's key, zone or status; its owner stays.

    Raises:
        NotPermittedError: The signer is no meter operator, or another owner is named.
        MalformedPayloadError: A field breaks its rule.
        UnknownEntryError: There is no such metering point or participant.
    """
    point = tx.metering_point
    _check_metering_point(state, point, tx.registrar_id, signer)
    before = state.get(MeteringPoint, point.address, point.metering_point_id)
    if before.participant_id != point.participant_id:
        raise NotPermittedError(
            "change a metering point's owner",
            tx.registrar_id,
            f"{point.metering_point_id} is {before.participant_id}'s; retire it and register a new one",
        )
    return Changes(writes=(point,))


def process_open_contract_account(state: StateView, tx: OpenContractAccount, signer: PublicKey) -> Changes:
    """Open an empty contract account for the participant.

    Raises:
        UnknownContractError: The ledger carries no such code.
        NotPermittedError: The signer's key is not the participant's.
        DuplicateEntryError: It is open already.
    """
    check_contract(tx.code)
    get_signing_participant(state, tx.participant_id, signer, "open a contract account")
    address = contract_account_address(tx.participant_id, tx.code)
    if state.find(ContractAccount, address) is not None:
        raise DuplicateEntryError("contract account", f"{tx.participant_id} {tx.code}")
    return Changes(writes=(ContractAccount(tx.participant_id, tx.code, 0, 0, 0),))


def check_participant(participant: Participant) -> None:
    """Check each field of a participant's entry.

    Raises:
        MalformedPayloadError: One breaks its rule.
    """
    check_name("participant_id", participant.participant_id)
    check_name("beneficial_owner", participant.beneficial_owner)
    if list(participant.roles) != sorted(set(participant.roles)):
        raise MalformedPayloadError("roles", participant.roles, "ascending, each once")
    keys = participant.public_keys
    if not 1 <= len(keys) <= PUBLIC_KEYS_MAX or len(set(keys)) < len(keys):
        raise MalformedPayloadError("public_keys", keys, f"1 to {PUBLIC_KEYS_MAX} different keys")
    for key in keys:
        check_public_key("public_keys", key)
    check_encryption_key(participant.encryption_key)


def _check_registrar(
    state: StateView, registrar_id: ParticipantId, signer: PublicKey, roles: tuple[Role, ...], action: str
) -> None:
    registrar = get_signing_participant(state, registrar_id, signer, action)
    if not any(role in registrar.roles for role in _REGISTRARS):
        raise NotPermittedError(action, registrar_id, "it is neither regulator nor market operator")
    if Role.REGULATOR not in registrar.roles and not _GRANTED_BY_REGULATOR_ONLY.isdisjoint(roles):
        raise NotPermittedError(action, registrar_id, "only the regulator gives or takes such a role")


def _check_metering_point(
    state: StateView, point: MeteringPoint, registrar_id: ParticipantId, signer: PublicKey
) -> None:
    registrar = get_signing_participant(state, registrar_id, signer, "keep metering points")
    check_role(registrar, Role.METER_OPERATOR, "keep metering points")
    check_metering_point_code(point.metering_point_id, point.code_type)
    check_public_key("meter_public_key", point.meter_public_key)
    check_zone(point.zone)
    state.get(Participant, participant_address(point.participant_id), point.participant_id)


def _participant_event(what: str, participant: Participant) -> Event:
    suspended = participant.status is ParticipantStatus.SUSPENDED
    return Event(
        f"wattdag/participant-{what}",
        (("participant_id", participant.participant_id), ("suspended", str(suspended).lower())),
    )
