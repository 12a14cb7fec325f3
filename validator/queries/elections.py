"""The open election round, who stands in it, and how rounds came out."""

from collections.abc import Iterator
from dataclasses import dataclass

from transaction_families.fdpos_registry.committee import elect_from_state
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex
from transaction_families.fdpos_registry.parameters import RegistryParameters
from transaction_families.fdpos_registry.standings import Seat, Standing
from transaction_families.fdpos_registry.state import (
    CANDIDATES_PREFIX,
    ELECTION_CLOCK_ADDRESS,
    REGISTRY_PARAMETERS_ADDRESS,
    Candidate,
    ElectionClock,
    RegistryParameterSchedule,
    RoundOutcome,
    Stake,
    outcome_address,
    stake_address,
)
from transaction_families.parameters import get_in_force
from validator.queries.pages import Page, Position, take_page
from validator.queries.ranges import StateRanges, find


@dataclass(frozen=True, slots=True)
class OpenElection:
    """The round that runs.

    Attributes:
        clock: Which round, since when, its challenge.
        parameters: What it is held by.
        next_committee: Who serves from the next epoch on, as things stand.
    """

    clock: ElectionClock
    parameters: RegistryParameters
    next_committee: tuple[Seat, ...]


def find_election(state: StateRanges) -> OpenElection | None:
    """Return the round that runs, or ``None`` while elections have no parameters."""
    clock = find(state, ElectionClock, ELECTION_CLOCK_ADDRESS)
    schedule = find(state, RegistryParameterSchedule, REGISTRY_PARAMETERS_ADDRESS)
    elected = elect_from_state(state)
    if clock is None or schedule is None or elected is None:
        return None
    outcome = find_outcome(state, elected.round)
    known: tuple[Standing | Seat, ...] = (*outcome.standings, *outcome.committee) if outcome else ()
    organisations = {one.consensus_public_key: one.organisation for one in known}
    seats = []
    for member in elected.committee.members:
        key = ConsensusKeyHex(member.public_key.hex())
        seats.append(Seat(organisations[key], key, member.tickets))
    parameters = get_in_force(schedule.versions, clock.round, "registry").parameters
    return OpenElection(clock, parameters, tuple(seats))


def find_outcome(state: StateRanges, round_: int) -> RoundOutcome | None:
    """Return how a round came out, with all figures of all candidates, or ``None``."""
    return find(state, RoundOutcome, outcome_address(round_))


def find_latest_outcome(state: StateRanges) -> RoundOutcome | None:
    """Return how the last closed round came out; ``None`` while elections have no parameters."""
    clock = find(state, ElectionClock, ELECTION_CLOCK_ADDRESS)
    return None if clock is None else find_outcome(state, clock.round - 1)


def find_stake(state: StateRanges, participant_id: str) -> Stake | None:
    """Return a participant's locked stake and its ballot, or ``None``."""
    return find(state, Stake, stake_address(participant_id))


def list_candidates(state: StateRanges, position: Position, size: int) -> Page[Candidate]:
    """Return a page of candidates, those that have withdrawn included; positions are addresses."""
    return take_page(_scan_candidates(state, position), size)


def _scan_candidates(state: StateRanges, position: Position) -> Iterator[tuple[Position, Candidate]]:
    for address, data in state.iterate(CANDIDATES_PREFIX, start=position):
        yield Position(address), Candidate.CODEC.decode(data)
