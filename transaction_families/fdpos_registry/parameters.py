"""What elections on the ledger are held by, each figure checked against its domain.

Fractions are integers in millionths, which decimals take exactly. The rules of equation (1) and of votes
are `consensus_engine.election`'s own; this module adds what only a ledger needs.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import ClassVar, Final

from consensus_engine import election
from consensus_engine.committee import COMMITTEE_SIZE_MAX
from consensus_engine.election import VoteRules, Weights
from consensus_engine.errors import ElectionError, EpochParametersError
from consensus_engine.parameters import ChainParameters
from protos.fdpos_registry import fdpos_registry_pb2 as pb
from transaction_families.codec import Codec
from transaction_families.errors import ParameterDomainError
from transaction_families.parameters import check_domain
from transaction_families.units import INT64_MAX

ROUND_S_MIN: Final = 2
ROUND_S_MAX: Final = 366 * 24 * 3600
UNLOCK_ROUNDS_MIN: Final = 2
"""A whole round then lies between asking and release, so that locks outlast the epoch they helped elect."""

UNLOCK_ROUNDS_MAX: Final = 1000
BAR_ROUNDS_MAX: Final = 10_000
CHOICES_MAX_MAX: Final = 64
BOND_MULTIPLE_MAX_MAX: Final = 1_000_000
SERVICE_ROUNDS_MAX: Final = 1000
SEGMENTS_MAX_MAX: Final = 2**16
SEGMENTS_OPENED_MAX: Final = 64
OPENED_ITERATIONS_MAX: Final = 500_000
"""What one opening may cost its verifiers, in PBKDF2 iterations: about 0.2 s."""


class WeightMode(IntEnum):
    """How a round's weights come about."""

    ADAPTIVE = 1
    """The more concentrated the votes, the less they decide."""

    FIXED = 2
    """As configured."""


@dataclass(frozen=True, slots=True)
class ScoringParameters:
    """Equation (1); fractions in millionths."""

    computing_power_weight_millionths: int  # d1
    growth_rate_weight_millionths: int  # d2
    votes_weight_millionths: int  # d3
    weight_mode: WeightMode
    rho_millionths: int
    eta_millionths: int
    gamma_millionths: int
    epsilon_millionths: int
    computing_power_segments_min: int  # under it a candidate is not eligible

    CODEC: ClassVar[Codec["ScoringParameters"]]


@dataclass(frozen=True, slots=True)
class StakeParameters:
    """Bonds, stakes and how votes are counted."""

    bond_utoken_min: int
    stake_utoken_min: int
    choices_max: int  # candidates one voter may back
    bond_multiple_max: int  # votes that count per unit of own bond
    mutual_discount_permille: int
    unlock_rounds: int
    bar_rounds: int  # rounds an equivocator may not stand in

    CODEC: ClassVar[Codec["StakeParameters"]]


@dataclass(frozen=True, slots=True)
class ChallengeParameters:
    """How computing power is proven, and how long a record of service caps it."""

    window_s: int  # from a round's opening, for committing to work
    segment_iterations: int  # the difficulty
    segments_max: int  # the cap on C
    segments_opened: int  # spot checks
    service_rounds: int

    CODEC: ClassVar[Codec["ChallengeParameters"]]


@dataclass(frozen=True, slots=True)
class EpochParameters:
    """What the consensus engine's epochs go by: `consensus_engine.parameters.ChainParameters`."""

    epoch_ms: int
    epoch_commits_max: int
    close_lag: int
    gc_depth: int
    schedule_period: int
    leaders_per_round: int

    CODEC: ClassVar[Codec["EpochParameters"]]

    def to_chain_parameters(self) -> ChainParameters:
        """Return them as the engine takes them.

        Raises:
            EpochParametersError: One is outside its domain.
        """
        return ChainParameters(
            gc_depth=self.gc_depth,
            schedule_period=self.schedule_period,
            leaders_per_round=self.leaders_per_round,
            epoch_ms=self.epoch_ms,
            epoch_commits_max=self.epoch_commits_max,
            close_lag=self.close_lag,
        )


@dataclass(frozen=True, slots=True)
class RegistryParameters:
    """All that a round is held by; `check_registry_parameters` gives the domains."""

    seats: int
    round_s: int
    scoring: ScoringParameters
    stakes: StakeParameters
    challenge: ChallengeParameters
    epochs: EpochParameters

    CODEC: ClassVar[Codec["RegistryParameters"]]

    def to_election_parameters(self) -> election.ElectionParameters:
        """Return what equation (1) is worked out with.

        Raises:
            ElectionError: A parameter is outside its domain.
        """
        scoring = self.scoring
        return election.ElectionParameters(
            seats=self.seats,
            weights=Weights(
                computing_power=from_millionths(scoring.computing_power_weight_millionths),
                growth_rate=from_millionths(scoring.growth_rate_weight_millionths),
                votes=from_millionths(scoring.votes_weight_millionths),
            ),
            computing_power_min=Decimal(scoring.computing_power_segments_min),
            rho=from_millionths(scoring.rho_millionths),
            eta=from_millionths(scoring.eta_millionths),
            gamma=from_millionths(scoring.gamma_millionths),
            weight_mode=election.WeightMode[scoring.weight_mode.name],
            epsilon=from_millionths(scoring.epsilon_millionths),
        )

    def to_vote_rules(self) -> VoteRules:
        """Return how a ballot is checked and counted.

        Raises:
            ElectionError: A rule is outside its bounds.
        """
        return VoteRules(
            choices_max=self.stakes.choices_max,
            bond_multiple_max=self.stakes.bond_multiple_max,
            mutual_discount_permille=self.stakes.mutual_discount_permille,
        )


ScoringParameters.CODEC = Codec(ScoringParameters, pb.ScoringParameters)
StakeParameters.CODEC = Codec(StakeParameters, pb.StakeParameters)
ChallengeParameters.CODEC = Codec(ChallengeParameters, pb.ChallengeParameters)
EpochParameters.CODEC = Codec(EpochParameters, pb.EpochParameters)
RegistryParameters.CODEC = Codec(RegistryParameters, pb.RegistryParameters)


def from_millionths(value: int) -> Decimal:
    """Return ``value`` / 10^6, exactly and in no context."""
    return Decimal((int(value < 0), Decimal(abs(value)).as_tuple().digits, -6))


def check_registry_parameters(parameters: RegistryParameters) -> None:
    """Check each parameter against its domain.

    Raises:
        ParameterDomainError: One is outside it; the text is that of the rule's own error.
    """
    try:
        election.check_seats_on_chain(parameters.to_election_parameters())
        parameters.to_vote_rules()
    except ElectionError as error:
        raise ParameterDomainError(error.field, error.value, error.rule) from error
    try:
        parameters.epochs.to_chain_parameters()
    except EpochParametersError as error:
        value = getattr(parameters.epochs, error.name)
        raise ParameterDomainError(error.name, value, str(error)) from error
    check_domain("seats", parameters.seats, election.parameters.SEATS_ON_CHAIN_MIN, COMMITTEE_SIZE_MAX)
    check_domain("round_s", parameters.round_s, ROUND_S_MIN, ROUND_S_MAX)
    _check_stakes(parameters.stakes)
    _check_challenge(parameters)


def _check_stakes(stakes: StakeParameters) -> None:
    check_domain("bond_utoken_min", stakes.bond_utoken_min, 1, INT64_MAX)
    check_domain("stake_utoken_min", stakes.stake_utoken_min, 1, INT64_MAX)
    check_domain("choices_max", stakes.choices_max, 1, CHOICES_MAX_MAX)
    check_domain("bond_multiple_max", stakes.bond_multiple_max, 1, BOND_MULTIPLE_MAX_MAX)
    check_domain("unlock_rounds", stakes.unlock_rounds, UNLOCK_ROUNDS_MIN, UNLOCK_ROUNDS_MAX)
    check_domain("bar_rounds", stakes.bar_rounds, 1, BAR_ROUNDS_MAX)


def _check_challenge(parameters: RegistryParameters) -> None:
    challenge = parameters.challenge
    # at least half of a round is left for opening what was committed to
    check_domain("window_s", challenge.window_s, 1, parameters.round_s // 2)
    check_domain("segments_max", challenge.segments_max, 1, SEGMENTS_MAX_MAX)
    check_domain("segments_opened", challenge.segments_opened, 1, SEGMENTS_OPENED_MAX)
    most_iterations = OPENED_ITERATIONS_MAX // challenge.segments_opened
    check_domain("segment_iterations", challenge.segment_iterations, 1, most_iterations)
    check_domain("service_rounds", challenge.service_rounds, 1, SERVICE_ROUNDS_MAX)
    segments_min = parameters.scoring.computing_power_segments_min
    check_domain("computing_power_segments_min", segments_min, 0, challenge.segments_max)
