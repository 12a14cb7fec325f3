"""The open round, what it is held by, and the seeds that its challenge rests on.

A round lasts at least ``round_s`` from its opening: the next one opens when this one is closed, so that
each has its full window for work, and locks outlast it, even after a halt.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from transaction_families.fdpos_registry.errors import WrongRoundError
from transaction_families.fdpos_registry.identifiers import ElectionRound
from transaction_families.fdpos_registry.parameters import RegistryParameters
from transaction_families.fdpos_registry.state import (
    ELECTION_CLOCK_ADDRESS,
    REGISTRY_PARAMETERS_ADDRESS,
    ElectionClock,
    RegistryParameterSchedule,
    RoundOutcome,
)
from transaction_families.ledger_time import get_block_digest
from transaction_families.parameters import get_in_force
from transaction_families.state_view import StateView

_CHALLENGE_TAG: Final = b"wattdag election challenge/1"
_OPENING_TAG: Final = b"wattdag election opening/1"


@dataclass(frozen=True, slots=True)
class OpenRound:
    """The open round and its parameters."""

    clock: ElectionClock
    parameters: RegistryParameters

    @property
    def number(self) -> ElectionRound:
        """Which round it is."""
        return self.clock.round

    @property
    def window_end_s(self) -> int:
        """The first second at which no work can be committed to any more, UTC."""
        return self.clock.opened_s + self.parameters.challenge.window_s

    @property
    def end_s(self) -> int:
        """From when the round can be closed, UTC seconds."""
        return self.clock.opened_s + self.parameters.round_s

    @property
    def unlock_round(self) -> ElectionRound:
        """The round in which tokens become free whose release is asked for now."""
        return ElectionRound(self.number + self.parameters.stakes.unlock_rounds)


def get_open_round(state: StateView) -> OpenRound:
    """Return the open round.

    Raises:
        UnknownEntryError: Elections have no parameters yet.
    """
    clock = state.get(ElectionClock, ELECTION_CLOCK_ADDRESS, "(set registry parameters first)")
    schedule = state.get(
        RegistryParameterSchedule, REGISTRY_PARAMETERS_ADDRESS, "(set registry parameters first)"
    )
    return OpenRound(clock, get_in_force(schedule.versions, clock.round, "registry").parameters)


def check_open(open_round: OpenRound, round_: ElectionRound) -> None:
    """Check that a transaction is meant for the open round.

    Raises:
        WrongRoundError: It is for another one.
    """
    if round_ != open_round.number:
        raise WrongRoundError(round_, open_round.number)


def open_round_after(state: StateView, outcome: RoundOutcome, now_s: int) -> ElectionClock:
    """Return the clock of the round that follows ``outcome``, with a challenge nobody knew before."""
    content = RoundOutcome.CODEC.encode(outcome) + get_block_digest(state)
    challenge = sha256(_CHALLENGE_TAG + content).digest()
    return ElectionClock(ElectionRound(outcome.round + 1), now_s, challenge)


def draw_opening_seed(state: StateView, clock: ElectionClock) -> bytes:
    """Return the seed, 32 bytes, by which segments of the round's work are drawn."""
    return sha256(_OPENING_TAG + clock.challenge + get_block_digest(state)).digest()
