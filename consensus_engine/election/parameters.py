"""The parameters of equation (1), each checked against its domain."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final

from consensus_engine.election.arithmetic import ONE, difference, find_fault
from consensus_engine.errors import (
    ParameterDomainError,
    RhoDomainError,
    SeatsError,
    WeightsError,
)

HALF: Final = Decimal("0.5")
ETA_MIN: Final = Decimal("0.001")
ETA_MAX: Final = Decimal(1000)
GAMMA_MIN: Final = Decimal("0.000001")
GAMMA_MAX: Final = Decimal(1_000_000)  # with eta's bounds this keeps every score under 10^13
SEATS_ON_CHAIN_MIN: Final = 5


class WeightMode(Enum):
    """How the weights of a round come about."""

    FIXED = "fixed"  # as configured
    ADAPTIVE = "adaptive"  # the more concentrated the votes, the less they decide


@dataclass(frozen=True, slots=True)
class Weights:
    """The shares d1, d2 and d3 that each criterion has in a score."""

    computing_power: Decimal
    growth_rate: Decimal
    votes: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionParameters:
    """What an election round is held by. Making one checks every parameter against its domain.

    Attributes:
        seats: Size N of the committee, odd.
        weights: d1, d2 and d3, each at least 0, summing to exactly 1, with d1 + d2 over 0.
        computing_power_min: Required standard; who proves less is not eligible. At least 0.
        rho: Substitution exponent, 1/2 < rho < 1.
        eta: Constraint coefficient, 0.001 to 1000.
        gamma: Balance coefficient, 10^-6 to 10^6.
        weight_mode: Whether votes lose weight as they concentrate.
        epsilon: Least scaled figure, 0 < epsilon < 1: the least a newcomer's lack of votes or
            tokens counts as, so that it scores low and not zero.

    Raises:
        ParameterDomainError: A parameter is no finite number of at most 34 digits, or lies outside
            its bounds.
        RhoDomainError: rho would let more of something good lower a score.
        SeatsError: The number of seats is even or under 1.
        WeightsError: A weight is negative, their sum is not 1, or d1 + d2 is 0.

    Source: paper section 2.1, equation (1) and the points settled there.
    """

    seats: int
    weights: Weights
    computing_power_min: Decimal
    rho: Decimal = Decimal("0.75")
    eta: Decimal = ONE
    gamma: Decimal = ONE
    weight_mode: WeightMode = WeightMode.ADAPTIVE
    epsilon: Decimal = Decimal("0.1")

    def __post_init__(self) -> None:
        if self.seats < 1 or self.seats % 2 == 0:
            raise SeatsError("seats", self.seats, "a committee has an odd number of seats")
        for name in ("computing_power_min", "rho", "eta", "gamma", "epsilon"):
            check_number(name, getattr(self, name))
        check_weights(self.weights)
        if self.computing_power_min < 0:
            rule = "it must be at least 0"
            raise ParameterDomainError("computing_power_min", self.computing_power_min, rule)
        if not HALF < self.rho < 1:
            rule = (
                "it must lie strictly between 1/2 and 1, where a score rises in each of computing "
                "power, growth rate and votes; at 1/2 it ignores the growth rate, and elsewhere "
                "more growth or more computing power could lower it"
            )
            raise RhoDomainError("rho", self.rho, rule)
        if not ETA_MIN <= self.eta <= ETA_MAX:
            raise ParameterDomainError("eta", self.eta, f"it must be {ETA_MIN} to {ETA_MAX}")
        if not GAMMA_MIN <= self.gamma <= GAMMA_MAX:
            rule = f"it must be {GAMMA_MIN:f} to {GAMMA_MAX}"
            raise ParameterDomainError("gamma", self.gamma, rule)
        if not 0 < self.epsilon < 1:
            rule = "it must lie strictly between 0 and 1"
            raise ParameterDomainError("epsilon", self.epsilon, rule)

    @property
    def mu(self) -> Decimal:
        """The second exponent, ``1 - rho``."""
        return difference(ONE, self.rho)


def check_number(name: str, value: Decimal) -> None:
    """Raise ParameterDomainError unless ``value`` is a figure the arithmetic takes exactly."""
    if fault := find_fault(value):
        raise ParameterDomainError(name, value, fault)


def check_weights(weights: Weights) -> None:
    """Raise WeightsError unless the weights share out exactly 1 and leave some of it to C or I."""
    shares = (weights.computing_power, weights.growth_rate, weights.votes)
    for number, share in enumerate(shares, start=1):
        name = f"weights (d{number})"
        check_number(name, share)
        if share < 0:
            raise WeightsError(name, share, "a weight must be at least 0")
    d1, d2, d3 = shares
    shown = f"[{d1}, {d2}, {d3}]"
    if d1 == d2 == 0:
        raise WeightsError("weights", shown, "d1 + d2 must be over 0: votes alone must not decide")
    if Fraction(d1) + Fraction(d2) + Fraction(d3) != 1:  # without rounding
        raise WeightsError("weights", shown, "d1 + d2 + d3 must be exactly 1")


def check_seats_on_chain(parameters: ElectionParameters) -> None:
    """Raise SeatsError if the committee is smaller than the ledger allows.

    A preview may seat any odd number. On chain the least is 5: 3 could not bear one fault.
    """
    if parameters.seats < SEATS_ON_CHAIN_MIN:
        rule = f"on chain a committee has at least {SEATS_ON_CHAIN_MIN} seats"
        raise SeatsError("seats", parameters.seats, rule)
