"""What the consensus engine refuses, each rule with an error of its own."""

VALUE_CHARACTERS_MAX = 80  # of a refused value, in a message


class ConsensusError(Exception):
    """Base of everything the consensus engine raises."""


class ElectionError(ConsensusError):
    """A figure given to the election is outside its domain.

    Attributes:
        field: Where the figure stands: a parameter, ``candidate X: votes``, ``ballot of X``.
        value: The refused figure as it was given.
        rule: What it must be, and why where that is not plain.
    """

    def __init__(self, field: str, value: object, rule: str) -> None:
        shown = str(value)
        if len(shown) > VALUE_CHARACTERS_MAX:
            shown = f"{shown[:VALUE_CHARACTERS_MAX]}…"
        super().__init__(f"{field} is {shown}: {rule}")
        self.field = field
        self.value = value
        self.rule = rule


class ParameterDomainError(ElectionError):
    """An election parameter is not a number, or lies outside its bounds."""


class RhoDomainError(ParameterDomainError):
    """Outside 1/2 < rho < 1 more contribution or computing power could lower a score."""


class SeatsError(ParameterDomainError):
    """The number of seats is even, or under the least that is allowed."""


class WeightsError(ParameterDomainError):
    """The weights do not share out exactly 1, or give it all to votes."""


class CandidateFigureError(ElectionError):
    """A candidate's computing power, growth rate or votes is no figure that can be scored."""


class DuplicateCandidateError(ElectionError):
    """One candidate stands twice in a round."""


class TooManyCandidatesError(ElectionError):
    """More candidates stand than a round can hold."""


class BallotError(ElectionError):
    """A ballot, or the rules it is counted by, cannot stand."""


class DuplicateBallotError(BallotError):
    """One voter has cast two ballots."""


class TooManyChoicesError(BallotError):
    """A ballot names more candidates than a voter may back."""


class OverspentStakeError(BallotError):
    """A ballot spreads more stake than its voter has locked."""


class UnknownChoiceError(BallotError):
    """A ballot backs somebody who does not stand."""
