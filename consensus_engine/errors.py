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


class CandidateIdError(ElectionError):
    """A candidate's id cannot be shown."""


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


class MalformedBytesError(ConsensusError):
    """Bytes are not what they should be, in their one form and within its limits."""

    def __init__(self, what: str, field: str, rule: str) -> None:
        super().__init__(f"{what}: {field} {rule}")
        self.what = what
        self.field = field


class CorruptLogError(ConsensusError):
    """The write-ahead log is damaged elsewhere than at its end: records of it are lost."""

    def __init__(self, position: int, what: str) -> None:
        super().__init__(
            f"the log is damaged at byte {position}: {what}; move it away, and at its start the node rejoins"
        )
        self.position = position
        self.what = what


class CommitteeError(ConsensusError):
    """A committee cannot stand: too few or too many members, one twice, or tickets out of range."""


class EpochParametersError(ConsensusError):
    """A parameter of the protocol is outside its domain."""

    def __init__(self, name: str, value: int, rule: str) -> None:
        super().__init__(f"{name} is {value}: {rule}")
        self.name = name


class InvalidVertexError(ConsensusError):
    """The author's fault: the vertex is refused and its sender marked."""


class WrongChainError(InvalidVertexError):
    """The vertex belongs to another chain or epoch."""


class UnknownAuthorityError(InvalidVertexError):
    """The author has no seat in this epoch's committee."""


class WrongParentsError(InvalidVertexError):
    """The parents break a rule: own vertex first, distinct authors, earlier rounds, known genesis."""


class TooFewParentsError(InvalidVertexError):
    """Fewer than a quorum of the parents are of the round before."""


class WrongContentsError(InvalidVertexError):
    """Votes, checkpoints, evidence or payload are too many, out of order or of a wrong form."""


class BadSignatureError(InvalidVertexError):
    """A signature is not the author's."""


class SafetyHaltError(ConsensusError):
    """Something was seen that F faulty members cannot cause: this node proposes and executes no more."""


class UnknownVertexError(ConsensusError):
    """The vertex is not in this node's DAG."""


class DrawingError(ConsensusError):
    """A drawn DAG cannot be read."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(f"line {line}: {rule}")
        self.line = line


class ProfileError(ConsensusError):
    """A simulation's profile cannot be read."""


class LogInUseError(ConsensusError):
    """Another process holds the write-ahead log."""


class LogNotEmptyError(ConsensusError):
    """A log that was to be made new is there already."""


class EngineHaltedError(ConsensusError):
    """The engine has halted for safety; an operator must look at the evidence before it starts again."""


class ApiError(ConsensusError):
    """The engine and its validator cannot work together now; neither has lost anything."""


class ApiUnavailableError(ApiError):
    """The other side is gone."""


class FencedError(ApiError):
    """A later engine has registered with this validator."""


class RegistrationRefusedError(ApiError):
    """The validator does not take this engine."""


class StateUnavailableError(ApiError):
    """The validator no longer keeps the state after that block, or has no such block."""


class ApiAddressError(ConsensusError):
    """An engine cannot find its validator by this address."""
