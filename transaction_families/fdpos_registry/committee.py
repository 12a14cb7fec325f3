"""The committee that the consensus engine takes from state at the end of an epoch."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from consensus_engine.committee import Committee, Member
from consensus_engine.election.arithmetic import in_e18
from consensus_engine.election.tickets import tickets
from consensus_engine.parameters import ChainParameters
from consensus_engine.types import PeerId
from transaction_families.fdpos_registry.identifiers import ElectionRound
from transaction_families.fdpos_registry.standings import Seat, Standing
from transaction_families.fdpos_registry.state import (
    ELECTION_CLOCK_ADDRESS,
    Candidate,
    ElectionClock,
    RoundOutcome,
    candidate_address,
    outcome_address,
)
from transaction_families.state_view import EntryReader


@dataclass(frozen=True, slots=True)
class ElectedCommittee:
    """Who serves in the next epoch, by which rules, and which closed round says so."""

    round: ElectionRound
    committee: Committee
    parameters: ChainParameters


def elect_from_state(reader: EntryReader) -> ElectedCommittee | None:
    """Return the committee of the next epoch: that of the latest closed round.

    A pure function of state, to be called on the state after the commit that ends an epoch. Seats of
    authors barred since the round was closed go to those ranked next; where these do not suffice, the
    committee stays as the round left it, and the engine bars its equivocators from leading.

    Returns:
        The committee in order of rank; ``None`` while elections have no parameters.

    Source: consensus protocol, section 2.13.
    """
    data = reader.get(ELECTION_CLOCK_ADDRESS)
    if data is None:
        return None
    clock = ElectionClock.CODEC.decode(data)
    stored = reader.get(outcome_address(clock.round - 1))
    assert stored is not None  # a round opens when the one before is closed
    outcome = RoundOutcome.CODEC.decode(stored)
    seats = _without_barred(reader, outcome) if outcome.renewed and outcome.round else outcome.committee
    return ElectedCommittee(outcome.round, to_committee(seats), outcome.epochs.to_chain_parameters())


def to_committee(seats: Iterable[Seat]) -> Committee:
    """Return seats as the engine takes them.

    Raises:
        CommitteeError: They are too few or too many, or a key sits twice.
    """
    return Committee(
        tuple(Member(PeerId(bytes.fromhex(seat.consensus_public_key)), seat.tickets) for seat in seats)
    )


def to_seats(best_first: Iterable[Standing]) -> tuple[Seat, ...]:
    """Return the seats of elected candidates, with tickets by their scores."""
    elected = tuple(best_first)
    drawn = tickets([in_e18(Decimal(standing.score)) for standing in elected])
    return tuple(
        Seat(standing.organisation, standing.consensus_public_key, count)
        for standing, count in zip(elected, drawn, strict=True)
    )


def _without_barred(reader: EntryReader, outcome: RoundOutcome) -> tuple[Seat, ...]:
    count = len(outcome.committee)
    ranked = (standing for standing in outcome.standings if standing.rank)
    best = tuple(islice((one for one in ranked if not _is_barred(reader, one, outcome.round)), count))
    return to_seats(best) if len(best) == count else outcome.committee


def _is_barred(reader: EntryReader, standing: Standing, round_: ElectionRound) -> bool:
    data = reader.get(candidate_address(standing.organisation))
    return data is not None and Candidate.CODEC.decode(data).barred_until_round > round_
