"""Who plays in the demonstrations: participants with seeded keys, meters and behaviours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from signing.keys import PrivateKey
from transaction_families.accounts.state import (
    CodeType,
    EnergySource,
    MeteringPoint,
    MeteringPointId,
    MeteringPointStatus,
    Participant,
    ParticipantId,
    ParticipantKind,
    ParticipantStatus,
    Role,
)
from transaction_families.handler import PublicKey
from wattdag.client.private_chain.commitments import AgentSecret
from wattdag.client.private_chain.sealing import demo_encryption_key
from wattdag.client.wallet import Wallet, counting_nonces
from wattdag.demo.behaviour import Agent, Consumer, Dispatchable, Renewable, Storage
from wattdag.demo.errors import DemoInputError
from wattdag.demo.forecast import last_week_corrected, persistence, yesterday_corrected
from wattdag.demo.profiles import Profiles

_MILLIW_PER_KW: Final = 1_000_000
_MILLIWH_PER_KWH: Final = 1_000_000
_UYUAN_PER_FEN: Final = 10_000


class Player:
    """A participant with all its secrets; each follows from its name, so that every run has the same."""

    def __init__(
        self,
        name: str,
        kind: ParticipantKind,
        *roles: Role,
        zone: str = "feeder-1",
        owner: str | None = None,
        agent: Agent | None = None,
    ) -> None:
        self.account_key = PrivateKey.for_demo(name)
        self.wallet = Wallet(self.account_key, counting_nonces())
        self.meter_key = PrivateKey.for_demo(f"{name} meter")
        self.encryption_key = demo_encryption_key(name)
        self.secret = AgentSecret.for_demo(name)
        self.agent = agent
        self.participant = Participant(
            ParticipantId(name),
            kind,
            tuple(sorted(roles)),
            (self.wallet.public_key,),
            owner or name,
            bytes(self.encryption_key.public_key),
            ParticipantStatus.ACTIVE,
        )
        self.metering_point = MeteringPoint(
            _demo_mrid(name),
            CodeType.MRID,
            self.participant.participant_id,
            PublicKey(self.meter_key.public_key.hex),
            zone,
            MeteringPointStatus.ACTIVE,
        )

    @property
    def id(self) -> ParticipantId:
        """The participant's name on the ledger."""
        return self.participant.participant_id

    @property
    def trades(self) -> bool:
        """Whether it places orders and has a meter."""
        return bool({Role.PRODUCER, Role.CONSUMER} & set(self.participant.roles))


@dataclass(frozen=True)
class Cast:
    """Everybody in a demonstration."""

    regulator: Player
    market_operator: Player
    meter_operator: Player
    grid_company: Player
    traders: tuple[Player, ...]

    @cached_property
    def _by_id(self) -> dict[str, Player]:
        return {player.id: player for player in self.traders}

    @property
    def everybody(self) -> tuple[Player, ...]:
        """All players, the regulator first."""
        return (
            self.regulator,
            self.market_operator,
            self.meter_operator,
            self.grid_company,
            *self.traders,
        )

    def trader(self, participant_id: str) -> Player:
        """Return a trader by name."""
        return self._by_id[participant_id]


def make_cast(traders: Sequence[Player]) -> Cast:
    """Return a cast with the usual institutions around ``traders``."""
    return Cast(
        Player("regulator", ParticipantKind.REGULATOR, Role.REGULATOR),
        Player("market-operator", ParticipantKind.MARKET_OPERATOR, Role.MARKET_OPERATOR),
        Player("meter-operator", ParticipantKind.METER_OPERATOR, Role.METER_OPERATOR),
        Player("grid-company", ParticipantKind.GRID_COMPANY, Role.GRID_COMPANY),
        tuple(traders),
    )


def make_paper_cast() -> Cast:
    """Return the paper's case 3.1: four producers and four kinds of consumer."""
    kinds = ParticipantKind
    return make_cast(
        [
            Player("gas-turbine", kinds.GAS_TURBINE, Role.PRODUCER),
            Player("wind", kinds.WIND, Role.PRODUCER),
            Player("photovoltaic", kinds.PHOTOVOLTAIC, Role.PRODUCER),
            Player("cchp", kinds.COMBINED_COOLING_HEATING_POWER, Role.PRODUCER),
            Player("residential", kinds.RESIDENTIAL_CONSUMER, Role.CONSUMER),
            Player("commercial", kinds.COMMERCIAL_CONSUMER, Role.CONSUMER),
            Player("industrial", kinds.INDUSTRIAL_CONSUMER, Role.CONSUMER),
            Player("agricultural", kinds.AGRICULTURAL_CONSUMER, Role.CONSUMER),
        ]
    )


def make_microgrid_cast(profiles: Profiles) -> Cast:
    """Return a microgrid of fifteen traders on the columns of a profile file.

    Raises:
        DemoInputError: The file has too few photovoltaic, wind or load columns.
    """
    suns = _columns(profiles, "PV", 3)
    winds = _columns(profiles, "WP", 2)
    loads = [name for name in profiles.columns if name.endswith("_pload")]
    if len(loads) < 7:
        raise DemoInputError(f"the profiles have {len(loads)} columns *_pload; the microgrid needs 7")
    return make_cast(
        [*_renewables(profiles, suns, winds, loads), *_controllables(), *_loads(profiles, loads)]
    )


def _columns(profiles: Profiles, prefix: str, count: int) -> tuple[str, ...]:
    names = profiles.matching(prefix)
    if len(names) < count:
        raise DemoInputError(f"the profiles have {len(names)} columns {prefix}*; the microgrid needs {count}")
    return names


def _renewables(
    profiles: Profiles, suns: Sequence[str], winds: Sequence[str], loads: Sequence[str]
) -> list[Player]:
    def plant(
        name: str, column: str, kw: int, fen: int, zone: str, load_column: str = "", load_kw: int = 0
    ) -> Player:
        wind = column.startswith("WP")
        agent = Renewable(
            EnergySource.WIND if wind else EnergySource.PHOTOVOLTAIC,
            profiles.column(column),
            kw * _MILLIW_PER_KW,
            fen * _UYUAN_PER_FEN,
            persistence if wind else yesterday_corrected,
            profiles.column(load_column) if load_column else (),
            load_kw * _MILLIW_PER_KW,
        )
        roles = (Role.PRODUCER, Role.CONSUMER) if load_column else (Role.PRODUCER,)
        kind = ParticipantKind.WIND if wind else ParticipantKind.PHOTOVOLTAIC
        return Player(name, kind, *roles, zone=zone, agent=agent)

    return [
        plant("pv-school", suns[0], 420, 42, "feeder-1"),
        plant("pv-depot", suns[1], 380, 43, "feeder-2"),
        plant("pv-homes", suns[2], 160, 44, "feeder-2", loads[3], 120),
        plant("wind-ridge", winds[0], 600, 41, "feeder-3"),
        plant("wind-coast", winds[1], 450, 42, "feeder-3"),
    ]


def _controllables() -> list[Player]:
    heat = (55, 55, 55, 60, 70, 75, 70, 60, 45, 40, 35, 35, 35, 35, 40, 45, 55, 65, 70, 70, 65, 60, 55, 55)
    return [
        Player(
            "gas-turbine",
            ParticipantKind.GAS_TURBINE,
            Role.PRODUCER,
            zone="feeder-1",
            agent=Dispatchable(
                EnergySource.GAS_TURBINE,
                900 * _MILLIW_PER_KW,
                ((40, 52 * _UYUAN_PER_FEN), (40, 56 * _UYUAN_PER_FEN), (20, 61 * _UYUAN_PER_FEN)),
                ramp_percent=20,
            ),
        ),
        Player(
            "cchp-hospital",
            ParticipantKind.COMBINED_COOLING_HEATING_POWER,
            Role.PRODUCER,
            zone="feeder-1",
            agent=Dispatchable(
                EnergySource.COMBINED_COOLING_HEATING_POWER,
                300 * _MILLIW_PER_KW,
                ((25, 50 * _UYUAN_PER_FEN),),
                ramp_percent=15,
                must_run=heat,
                must_run_price_uyuan_per_kwh=40 * _UYUAN_PER_FEN,
            ),
        ),
        Player(
            "battery",
            ParticipantKind.STORAGE,
            Role.PRODUCER,
            Role.CONSUMER,
            zone="feeder-2",
            agent=Storage(
                200 * _MILLIW_PER_KW,
                800 * _MILLIWH_PER_KWH,
                charge_hours=range(5),
                discharge_hours=range(7, 15),
                buy_below_uyuan_per_kwh=48 * _UYUAN_PER_FEN,
                sell_above_uyuan_per_kwh=51 * _UYUAN_PER_FEN,
                efficiency_percent=92,
            ),
        ),
    ]


def _loads(profiles: Profiles, loads: Sequence[str]) -> list[Player]:
    def load(
        name: str,
        kind: ParticipantKind,
        column: str,
        kw: int,
        flexible_percent: int,
        zone: str,
        source: EnergySource = EnergySource.ANY,
        partners: tuple[str, ...] = (),
    ) -> Player:
        agent = Consumer(
            profiles.column(column),
            kw * _MILLIW_PER_KW,
            63 * _UYUAN_PER_FEN,
            51 * _UYUAN_PER_FEN,
            flexible_percent,
            last_week_corrected,
            source,
            tuple(map(ParticipantId, partners)),
        )
        return Player(name, kind, Role.CONSUMER, zone=zone, agent=agent)

    home, shop = ParticipantKind.RESIDENTIAL_CONSUMER, ParticipantKind.COMMERCIAL_CONSUMER
    works, farm = ParticipantKind.INDUSTRIAL_CONSUMER, ParticipantKind.AGRICULTURAL_CONSUMER
    return [
        load("homes-north", home, loads[0], 500, 10, "feeder-1", EnergySource.PHOTOVOLTAIC),
        load("homes-south", home, loads[1], 420, 10, "feeder-2"),
        load("homes-west", home, loads[2], 450, 15, "feeder-3", EnergySource.WIND),
        load("offices", shop, loads[5], 600, 20, "feeder-1", partners=("pv-school",)),
        load("market-hall", shop, loads[-2], 400, 20, "feeder-2"),
        load("workshop", works, loads[-1], 700, 30, "feeder-1", partners=("gas-turbine", "cchp-hospital")),
        load("greenhouse", farm, loads[4], 350, 25, "feeder-3"),
    ]


def _demo_mrid(name: str) -> MeteringPointId:
    digest = sha256(f"wattdag demo meter {name}".encode()).hexdigest()
    return MeteringPointId("-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])))
