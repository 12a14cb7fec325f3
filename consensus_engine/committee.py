"""The super nodes of one epoch, and how many of them it takes.

One seat is one vote: the election's score decides who sits and how often one leads, never what a vote weighs.

Source: consensus protocol, section 2.0.
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from consensus_engine.binary import tagged_digest
from consensus_engine.errors import CommitteeError
from consensus_engine.types import AuthorityIndex, Digest, PeerId

COMMITTEE_SIZE_MIN: Final = 4
COMMITTEE_SIZE_MAX: Final = 128
TICKETS_MAX: Final = 8
PUBLIC_KEY_BYTES_MAX: Final = 128
_COMMITTEE_TAG: Final = b"FDAG/committee/1"


class Thresholds(NamedTuple):
    """The numbers that every rule counts against, for a committee of n."""

    faulty_max: int  # F: members that may be Byzantine or have lost their log
    quorum: int  # Q: any two quorums share an honest member
    validity: int  # V: at least one of so many is honest


def thresholds_of(size: int) -> Thresholds:
    """Return F, Q and V for a committee of ``size`` members.

    Two quorums share at least 2Q - n > F members, and Q <= n - F honest members suffice to make one, for any
    n >= 4; not only for n = 3F + 1.

    Source: consensus protocol, section 2.0.
    """
    faulty_max = (size - 1) // 3
    return Thresholds(faulty_max, size - faulty_max, faulty_max + 1)


@dataclass(frozen=True, slots=True)
class Member:
    """A super node as its epoch knows it."""

    public_key: PeerId  # its consensus key
    tickets: int = 1  # 1 to 8, from the election score: how often it is drawn to lead


@dataclass(frozen=True, slots=True)
class Committee:
    """The authorities of one epoch, by index.

    Raises:
        CommitteeError: Fewer than 4 or more than 128 members, a key twice, or tickets out of range.
    """

    members: tuple[Member, ...]
    faulty_max: int = field(init=False)
    quorum: int = field(init=False)
    validity: int = field(init=False)
    digest: Digest = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.members)
        if not COMMITTEE_SIZE_MIN <= size <= COMMITTEE_SIZE_MAX:
            raise CommitteeError(
                f"a committee has {COMMITTEE_SIZE_MIN} to {COMMITTEE_SIZE_MAX} members, not {size}"
            )
        if len({member.public_key for member in self.members}) != size:
            raise CommitteeError("a consensus key sits twice in the committee")
        for index, member in enumerate(self.members):
            if not 1 <= len(member.public_key) <= PUBLIC_KEY_BYTES_MAX:
                raise CommitteeError(f"member {index} has a key of {len(member.public_key)} bytes")
            if not 1 <= member.tickets <= TICKETS_MAX:
                raise CommitteeError(
                    f"member {index} has {member.tickets} tickets: must be 1 to {TICKETS_MAX}"
                )
        thresholds = thresholds_of(size)
        object.__setattr__(self, "faulty_max", thresholds.faulty_max)
        object.__setattr__(self, "quorum", thresholds.quorum)
        object.__setattr__(self, "validity", thresholds.validity)
        object.__setattr__(self, "digest", _digest_of(self.members))

    def __len__(self) -> int:
        return len(self.members)

    @property
    def authorities(self) -> range:
        """All indexes, ascending."""
        return range(len(self.members))

    def find_authority(self, key: PeerId) -> AuthorityIndex | None:
        """Return the seat of a consensus key, or ``None`` if it has none."""
        for index, member in enumerate(self.members):
            if member.public_key == key:
                return AuthorityIndex(index)
        return None


def _digest_of(members: tuple[Member, ...]) -> Digest:
    parts = [len(members).to_bytes(2, "big")]
    for member in members:
        key = member.public_key
        parts += [len(key).to_bytes(2, "big"), key, bytes((member.tickets,))]
    return tagged_digest(_COMMITTEE_TAG, b"".join(parts))
