"""What a campaign draws its runs from: ranges of delays and faults.

A profile is one of the named ones or a TOML file with the same fields.
"""

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

from consensus_engine.errors import ProfileError
from consensus_engine.simulation.byzantine_kinds import Behaviour

Range = tuple[int, int]  # both ends included


@dataclass(frozen=True, slots=True)
class Profile:
    """Ranges that a seed draws one run from; times are virtual milliseconds."""

    name: str
    duration_ms: int = 60_000  # after the warm-up
    warm_up_ms: int = 2_000
    delay_ms: Range = (5, 200)  # of a message; each link draws a narrower range of its own
    loss_percent: Range = (0, 0)
    duplicate_percent: Range = (0, 0)
    slow_nodes_max: int = 0  # whose links take twice as long
    skew_ms: Range = (0, 0)  # of honest clocks, either way
    byzantine_max: int | None = 0  # nodes; None: F; shared with the wiped ones
    behaviours: tuple[Behaviour, ...] = tuple(Behaviour)
    wiped_max: int = 0
    crashes_max: int = 0  # crash-restarts of others
    silent_from_start: int = 0  # nodes that never start
    partitions_max: int = 0
    partition_healed_ms: int = 30_000  # after the warm-up
    even_partition_percent: int = 0  # of the partitions: between even and odd nodes, as twins divide them
    asymmetric_links_max: int = 0
    epoch_change_percent: int = 0  # of the runs that change the epoch once
    epochs_repeat: bool = False  # let later epochs be as short as the first
    gc_depth: Range = (60, 60)
    schedule_period: Range = (300, 300)
    leaders_per_round: Range = (1, 1)
    min_round_delay_ms: int = 60
    leader_timeout_ms: int = 600
    push_delay_ms: int = 250
    payload_every_ms: int = 400  # at each node; 0: none
    progress_ms: int = 10_000  # owed after the last fault

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            for number in value if isinstance(value, tuple) and each.name != "behaviours" else (value,):
                if isinstance(number, int) and not 0 <= number <= 3_600_000:
                    raise ProfileError(f"{each.name} is {number}: must be 0 to 3600000")


STEADY: Final = Profile(
    "steady", delay_ms=(50, 50), min_round_delay_ms=0, push_delay_ms=1000, payload_every_ms=50
)
"""Nothing goes wrong and every message takes as long: latency shows in message delays."""

MIXED: Final = Profile(
    "mixed",
    delay_ms=(5, 200),
    loss_percent=(0, 20),
    duplicate_percent=(0, 5),
    slow_nodes_max=1,
    skew_ms=(0, 300),
    byzantine_max=None,
    wiped_max=1,
    crashes_max=2,
    partitions_max=1,
    asymmetric_links_max=2,
    epoch_change_percent=100,
    gc_depth=(8, 40),
    schedule_period=(5, 40),
)
"""Everything at once, as the protocol's specification lists it."""

SETTLED: Final = replace(
    STEADY, name="settled", warm_up_ms=20_000, duration_ms=20_000, schedule_period=(15, 15)
)
"""As steady, measured once reputation and bans have settled; the next two differ from it by one thing."""

CRASHED: Final = replace(SETTLED, name="crashed", silent_from_start=2)
EQUIVOCATING: Final = replace(
    SETTLED, name="equivocating", byzantine_max=None, behaviours=(Behaviour.EQUIVOCATE,)
)
LOSSY: Final = replace(MIXED, name="lossy", byzantine_max=0, wiped_max=0, partitions_max=0)
BYZANTINE: Final = replace(
    MIXED,
    name="byzantine",
    duration_ms=20_000,
    loss_percent=(0, 5),
    delay_ms=(5, 60),
    wiped_max=0,
    crashes_max=0,
    partitions_max=0,
    epoch_change_percent=0,
)
TWINS: Final = replace(
    BYZANTINE,
    name="twins",
    behaviours=(Behaviour.TWINS,),
    partitions_max=1,
    partition_healed_ms=15_000,
    even_partition_percent=70,
)
WIPED: Final = replace(
    MIXED, name="wiped", duration_ms=20_000, byzantine_max=0, wiped_max=2, partitions_max=0, crashes_max=0
)
RESTARTS: Final = replace(
    MIXED, name="restarts", byzantine_max=0, wiped_max=0, crashes_max=8, partitions_max=0
)

PROFILES: Final = {
    profile.name: profile
    for profile in (STEADY, SETTLED, MIXED, CRASHED, EQUIVOCATING, LOSSY, BYZANTINE, TWINS, WIPED, RESTARTS)
}


def load_profile(name: str) -> Profile:
    """Return a named profile, or the one in a TOML file.

    In a file, ``base`` names the profile that the other fields change; without it, ``steady`` is changed.

    Raises:
        ProfileError: There is neither such a name nor such a file, or a field is unknown or of a wrong form.
    """
    if name in PROFILES:
        return PROFILES[name]
    path = Path(name)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        known = ", ".join(PROFILES)
        raise ProfileError(f"{name} is neither a profile ({known}) nor a file that can be read") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{name} is not TOML: {error}") from None
    base = document.pop("base", "steady")
    if base not in PROFILES:
        raise ProfileError(f"{name}: base is {base!r}: must be one of {', '.join(PROFILES)}")
    return _changed(replace(PROFILES[base], name=path.stem), document, name)


def _changed(profile: Profile, document: dict[str, object], source: str) -> Profile:
    types = {each.name: each.type for each in fields(Profile) if each.name != "name"}
    changes: dict[str, object] = {}
    for key, value in document.items():
        if key not in types:
            raise ProfileError(f"{source}: {key} is no field of a profile")
        changes[key] = _parse(key, value, getattr(profile, key), source)
    return replace(profile, **changes)  # type: ignore[arg-type]


def _parse(key: str, value: object, current: object, source: str) -> object:
    """Return a field's value in the form that the current one has."""
    match value, current:
        case [*names], (Behaviour(), *_):
            try:
                return tuple(Behaviour(name) for name in names)
            except ValueError:
                known = ", ".join(each.value for each in Behaviour)
                raise ProfileError(f"{source}: {key} takes a list of {known}") from None
        case [int(low), int(high)], (int(), int()) if low <= high:
            return low, high
        case bool(), bool():
            return value
        case bool(), _:
            pass
        case int(), int() | None if not isinstance(current, bool):
            return value
        case "F", int() | None if key == "byzantine_max":
            return None
        case _:
            pass
    shape = "an integer"
    if isinstance(current, bool | tuple):
        shape = "true or false" if isinstance(current, bool) else "a list of two rising integers"
    raise ProfileError(f"{source}: {key} is {value!r}: must be {shape}")
