"""What the ledger keeps of mining: parameters, weekly volumes, rolled weeks and token accounts.

Weeks stand in their addresses in plain digits, so that a range read gives them in order. They cannot be
chosen by a sender, hence need no hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, NewType

from protos.token_mining import token_mining_pb2 as pb
from transaction_families.accounts.state import ParticipantId
from transaction_families.addressing import ADDRESS_DIGITS, entry_address, namespace_of
from transaction_families.codec import Codec
from transaction_families.state_view import Address, Entry

FAMILY_NAME: Final = "wattdag_token_mining"
NAMESPACE: Final = namespace_of(FAMILY_NAME)

Week = NewType("Week", int)
"""A mining week: seven days, numbered from 1."""

RECENT_REWARDS_MAX: Final = 2
"""Rewards that an account remembers: of the last closed week, and of the one that is being rolled."""


class _Table(IntEnum):
    CLOCK = 0
    PARAMETERS = 1
    WEEK_BUCKET = 2
    MINING_WEEK = 3
    TOKEN_ACCOUNT = 4


class RewardCurve(IntEnum):
    """How rewards rise with volume."""

    PAPER = 1
    """Equations (3) and (6) as printed, with their jump at half the difficulty."""

    CONTINUOUS = 2
    """Each rising branch goes on to the point where it reaches the threshold reward."""


class RewardCase(IntEnum):
    """Which of the paper's cases a week falls into."""

    AVERAGE_LOW = 1
    """Case 1: last week's average is at most half of the difficulty; equation (3)."""

    AVERAGE_HIGH = 2
    """Case 2: it is over half of it; equation (6)."""


@dataclass(frozen=True, slots=True)
class MiningParameters:
    """What the weekly roll is held by; `parameters.check_mining_parameters` gives the domains."""

    initial_difficulty_milliwh: int
    difficulty_milliwh_min: int
    threshold_reward_utoken: int  # P_th of the first week
    threshold_utoken_min: int
    refresh_difficulty_milliwh: int  # 0: never refreshed
    curve: RewardCurve
    roll_steps_max: int

    CODEC: ClassVar[Codec["MiningParameters"]]


@dataclass(frozen=True, slots=True)
class MiningParameterVersion:
    """Parameters and the first week that they decide."""

    effective_from_week: Week
    parameters: MiningParameters

    CODEC: ClassVar[Codec["MiningParameterVersion"]]

    @property
    def effective_from(self) -> int:
        """The week, as schedules ask for it."""
        return self.effective_from_week


@dataclass(frozen=True, slots=True)
class MiningParameterSchedule:
    """All versions that still decide a week, ascending."""

    versions: tuple[MiningParameterVersion, ...] = ()

    CODEC: ClassVar[Codec["MiningParameterSchedule"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return MINING_PARAMETERS_ADDRESS


@dataclass(frozen=True, slots=True)
class ParticipantVolume:
    """What one participant bought and sold in a week, as far as both meters confirm it."""

    participant_id: ParticipantId
    volume_milliwh: int

    CODEC: ClassVar[Codec["ParticipantVolume"]]


@dataclass(frozen=True, slots=True)
class WeekBucket:
    """The settled volumes of one hash bucket's participants in one week, in the order of arrival."""

    week: Week
    bucket: int
    volumes: tuple[ParticipantVolume, ...]

    CODEC: ClassVar[Codec["WeekBucket"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return week_bucket_address(self.week, self.bucket)


@dataclass(frozen=True, slots=True)
class MiningWeek:
    """How a week was rolled, or how far it has been: its difficulty, its threshold reward, its totals.

    The entries of all weeks together are the history of difficulties and halvings.
    """

    week: Week
    difficulty_milliwh: int  # D_N
    average_previous_milliwh: int  # A_(N-1)
    threshold_reward_utoken: int  # P_th
    reward_case: RewardCase
    refreshed: bool
    participants: int = 0  # Nnode
    volume_milliwh: int = 0
    minted_utoken: int = 0
    next_bucket: int = 0
    next_in_bucket: int = 0
    done: bool = False
    rolled_s: int = 0

    CODEC: ClassVar[Codec["MiningWeek"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return mining_week_address(self.week)

    @property
    def average_milliwh(self) -> int:
        """A_N, the average volume of those who traded, rounded down; 0 where nobody did."""
        return self.volume_milliwh // self.participants if self.participants else 0


@dataclass(frozen=True, slots=True)
class MiningClock:
    """When week 1 began, which week is to be rolled next, and how many tokens there are."""

    first_week_start_s: int
    next_week: Week
    minted_utoken: int
    allotted_utoken: int

    CODEC: ClassVar[Codec["MiningClock"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return MINING_CLOCK_ADDRESS

    @property
    def supply_utoken(self) -> int:
        """All tokens there are, mined and allotted: in accounts, and locked or slashed in elections."""
        return self.minted_utoken + self.allotted_utoken


@dataclass(frozen=True, slots=True)
class WeekReward:
    """What one week brought to an account."""

    week: Week
    reward_utoken: int

    CODEC: ClassVar[Codec["WeekReward"]]


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """A participant's tokens, and what it mined."""

    participant_id: ParticipantId
    balance_utoken: int = 0
    mined_utoken: int = 0  # ever
    recent_rewards: tuple[WeekReward, ...] = ()  # at most RECENT_REWARDS_MAX, ascending

    CODEC: ClassVar[Codec["TokenAccount"]]

    @property
    def address(self) -> Address:
        """Where the entry is kept."""
        return token_account_address(self.participant_id)


MiningParameters.CODEC = Codec(MiningParameters, pb.MiningParameters)
MiningParameterVersion.CODEC = Codec(MiningParameterVersion, pb.MiningParameterVersion)
MiningParameterSchedule.CODEC = Codec(MiningParameterSchedule, pb.MiningParameterSchedule)
ParticipantVolume.CODEC = Codec(ParticipantVolume, pb.ParticipantVolume)
WeekBucket.CODEC = Codec(WeekBucket, pb.WeekBucket)
MiningWeek.CODEC = Codec(MiningWeek, pb.MiningWeek)
MiningClock.CODEC = Codec(MiningClock, pb.MiningClock)
WeekReward.CODEC = Codec(WeekReward, pb.WeekReward)
TokenAccount.CODEC = Codec(TokenAccount, pb.TokenAccount)

TABLES: Final[Mapping[int, type[Entry]]] = {
    _Table.CLOCK: MiningClock,
    _Table.PARAMETERS: MiningParameterSchedule,
    _Table.WEEK_BUCKET: WeekBucket,
    _Table.MINING_WEEK: MiningWeek,
    _Table.TOKEN_ACCOUNT: TokenAccount,
}
"""What each of the family's tables holds."""

MINING_CLOCK_ADDRESS: Final = entry_address(NAMESPACE, _Table.CLOCK)
MINING_PARAMETERS_ADDRESS: Final = entry_address(NAMESPACE, _Table.PARAMETERS)


def week_bucket_prefix() -> str:
    """Return the prefix of all weeks' volumes, for transactions that cannot know their week beforehand."""
    return f"{NAMESPACE}{_Table.WEEK_BUCKET:02x}"


def week_prefix(week: Week) -> str:
    """Return the prefix of one week's volumes."""
    return f"{week_bucket_prefix()}{week:016x}"


def week_bucket_address(week: Week, bucket: int) -> Address:
    """Return where the volumes of one bucket's participants in one week are kept."""
    return f"{week_prefix(week)}{bucket:046x}"


def mining_week_prefix() -> str:
    """Return the prefix of all rolled weeks; in address order they are in order of time."""
    return f"{NAMESPACE}{_Table.MINING_WEEK:02x}"


def mining_week_address(week: int) -> Address:
    """Return where the result of a week's roll is kept."""
    return f"{mining_week_prefix()}{week:016x}".ljust(ADDRESS_DIGITS, "0")


def token_account_prefix() -> str:
    """Return the prefix of all token accounts."""
    return f"{NAMESPACE}{_Table.TOKEN_ACCOUNT:02x}"


def token_account_address(participant_id: str) -> Address:
    """Return where a participant's tokens are kept."""
    return entry_address(NAMESPACE, _Table.TOKEN_ACCOUNT, participant_id)
