"""Opening the first round, and changing what later rounds are held by."""

from consensus_engine.errors import CommitteeError
from transaction_families.accounts.permissions import check_role, get_signing_participant
from transaction_families.accounts.state import Role
from transaction_families.errors import ParameterDomainError
from transaction_families.fdpos_registry.committee import to_committee
from transaction_families.fdpos_registry.consensus_keys import parse_consensus_key
from transaction_families.fdpos_registry.identifiers import ElectionRound, Organisation
from transaction_families.fdpos_registry.parameters import check_registry_parameters
from transaction_families.fdpos_registry.payload import SetRegistryParameters
from transaction_families.fdpos_registry.rounds import open_round_after
from transaction_families.fdpos_registry.standings import Seat
from transaction_families.fdpos_registry.state import (
    ELECTION_CLOCK_ADDRESS,
    REGISTRY_PARAMETERS_ADDRESS,
    ElectionClock,
    RegistryParameterSchedule,
    RegistryParameterVersion,
    RoundOutcome,
)
from transaction_families.handler import PublicKey
from transaction_families.ledger_time import get_ledger_time_s
from transaction_families.parameters import check_domain, schedule_version
from transaction_families.state_view import Changes, StateView


def process_set_registry_parameters(
    state: StateView, tx: SetRegistryParameters, signer: PublicKey
) -> Changes:
    """Open round 1 under the first parameters, or schedule a change from a round on that is not open yet.

    Raises:
        NotPermittedError: The signer is not the regulator.
        ParameterDomainError: A parameter is outside its domain or takes effect too early, or the founding
            committee cannot stand.
        MalformedPayloadError: A key of the founding committee is none.
    """
    regulator = get_signing_participant(state, tx.regulator_id, signer, "set registry parameters")
    check_role(regulator, Role.REGULATOR, "set registry parameters")
    check_registry_parameters(tx.parameters)
    version = RegistryParameterVersion(tx.effective_from_round, tx.parameters)
    schedule = state.find(RegistryParameterSchedule, REGISTRY_PARAMETERS_ADDRESS)
    if schedule is None:
        return _found(state, tx, version)
    if tx.founding_committee:
        raise ParameterDomainError(
            "founding_committee", len(tx.founding_committee), "the first round was opened; give none"
        )
    clock = state.get(ElectionClock, ELECTION_CLOCK_ADDRESS, "(set registry parameters first)")
    versions = schedule_version(
        schedule.versions, version, not_before=clock.round + 1, needed_from=clock.round
    )
    return Changes(writes=(RegistryParameterSchedule(versions),))


def _found(state: StateView, tx: SetRegistryParameters, version: RegistryParameterVersion) -> Changes:
    check_domain("effective_from_round", version.effective_from_round, 1, 1)
    for key in tx.founding_committee:
        parse_consensus_key("founding_committee", key)
    seats = tuple(Seat(Organisation(""), key, tickets=1) for key in tx.founding_committee)
    try:
        to_committee(seats)
    except CommitteeError as error:
        raise ParameterDomainError("founding_committee", len(seats), str(error)) from error
    now_s = get_ledger_time_s(state)
    founded = RoundOutcome(
        ElectionRound(0),
        closed_s=now_s,
        concentration="0",
        computing_power_weight="0",
        growth_rate_weight="0",
        votes_weight="0",
        standings=(),
        renewed=True,
        committee=seats,
        epochs=version.parameters.epochs,
    )
    clock = open_round_after(state, founded, now_s)
    return Changes(writes=(RegistryParameterSchedule((version,)), founded, clock))
