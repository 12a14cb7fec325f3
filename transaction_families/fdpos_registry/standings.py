"""How candidates come out of a round, and the seats that follow from it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from protos.fdpos_registry import fdpos_registry_pb2 as pb
from transaction_families.codec import Codec
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, Organisation


class Result(IntEnum):
    """How a candidate came out of a round."""

    SEATED = 1
    OUTRANKED = 2

    POWER_TOO_LOW = 3
    """It proved less than the required computing power."""

    WITHDRAWN = 4
    BARRED = 5
    """For equivocation, for some rounds."""

    BOND_TOO_LOW = 6

    NOT_ENTITLED = 7
    """Its participant is suspended, runs validators no longer, or belongs to another organisation."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one candidate came out of a round, with every figure it was judged by."""

    organisation: Organisation
    consensus_public_key: ConsensusKeyHex
    result: Result
    rank: int  # 1 for the best; 0 if it was not scored
    score: str  # decimal, 18 places
    computing_power_segments: int  # C
    mined_last_week_utoken: int  # I is this ...
    mined_basis_utoken: int  # ... over this
    given_utoken: int
    mutual_utoken: int
    over_bond_utoken: int

    CODEC: ClassVar[Codec["Standing"]]

    @property
    def votes_utoken(self) -> int:
        """V, the votes that count."""
        return self.given_utoken - self.mutual_utoken - self.over_bond_utoken


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of a committee; tickets say how often it leads."""

    organisation: Organisation  # empty in a founding committee
    consensus_public_key: ConsensusKeyHex
    tickets: int

    CODEC: ClassVar[Codec["Seat"]]


Standing.CODEC = Codec(Standing, pb.Standing)
Seat.CODEC = Codec(Seat, pb.Seat)
