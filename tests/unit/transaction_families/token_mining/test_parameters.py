"""Setting and changing the mining parameters."""

from dataclasses import replace
from typing import Any

import pytest

from protos.token_mining import token_mining_pb2 as pb
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import DAY_S, PARAMETERS, REGULATOR, START_S, count, found_mining
from tests.helpers.parties import make_party, public_key
from transaction_families.accounts.state import Role
from transaction_families.errors import MalformedPayloadError, NotPermittedError, ParameterDomainError
from transaction_families.parameters import PARAMETER_VERSIONS_MAX
from transaction_families.token_mining.family import FAMILY
from transaction_families.token_mining.parameters import FIRST_WEEK_DELAY_S_MAX, ROLL_STEPS_MAX
from transaction_families.token_mining.payload import RollWeek, SetMiningParameters
from transaction_families.token_mining.state import (
    MINING_PARAMETERS_ADDRESS,
    MiningParameters,
    MiningParameterSchedule,
    MiningWeek,
    Week,
    mining_week_address,
)
from transaction_families.token_mining.weeks import WEEK_S


def set_parameters(
    ledger: MemoryLedger, week: int, parameters: MiningParameters = PARAMETERS, first_week_start_s: int = 0
) -> None:
    ledger.apply(SetMiningParameters(REGULATOR.id, Week(week), first_week_start_s, parameters), REGULATOR.key)


@pytest.mark.parametrize(
    "changes",
    [
        {"initial_difficulty_milliwh": 0},
        {"difficulty_milliwh_min": -1},
        {"threshold_reward_utoken": 0},
        {"threshold_utoken_min": -1},
        {"refresh_difficulty_milliwh": -1},
        {"roll_steps_max": 0},
        {"roll_steps_max": ROLL_STEPS_MAX + 1},
    ],
)
def test_parameters_outside_their_domain_are_refused(changes: dict[str, Any]) -> None:
    """Each parameter has a domain in which the rules hold."""
    with pytest.raises(ParameterDomainError):
        found_mining(MemoryLedger(FAMILY), **changes)


def test_a_curve_that_is_not_stated_is_refused() -> None:
    """The number 0 stands for a field left out."""
    message = pb.TokenMiningPayload(
        set_mining_parameters=pb.SetMiningParameters(regulator_id="regulator", effective_from_week=1)
    )

    with pytest.raises(MalformedPayloadError):
        FAMILY.decode(message.SerializeToString())


def test_only_the_regulator_sets_them() -> None:
    """Anybody else's key, or another role, is refused."""
    ledger = MemoryLedger(FAMILY, now_s=START_S)
    wind = make_party("wind", Role.PRODUCER)
    ledger.put(REGULATOR.participant, wind.participant)

    with pytest.raises(NotPermittedError):
        ledger.apply(SetMiningParameters(wind.id, Week(1), START_S, PARAMETERS), wind.key)
    with pytest.raises(NotPermittedError):
        ledger.apply(SetMiningParameters(REGULATOR.id, Week(1), START_S, PARAMETERS), public_key("x"))


@pytest.mark.parametrize(
    ("week", "first_week_start_s"),
    [(2, START_S), (0, START_S), (1, START_S - WEEK_S), (1, START_S + FIRST_WEEK_DELAY_S_MAX + 1)],
)
def test_the_first_parameters_are_for_a_first_week_that_has_not_ended(
    week: int, first_week_start_s: int
) -> None:
    """Mining starts with week 1, now or within a year."""
    ledger = MemoryLedger(FAMILY, now_s=START_S)
    ledger.put(REGULATOR.participant)

    with pytest.raises(ParameterDomainError):
        set_parameters(ledger, week, first_week_start_s=first_week_start_s)


def test_a_change_takes_effect_in_a_week_that_has_not_begun() -> None:
    """What participants trade this week is rewarded by the rules they know."""
    ledger = found_mining(MemoryLedger(FAMILY))
    ledger.now_s = START_S + WEEK_S + DAY_S
    changed = replace(PARAMETERS, difficulty_milliwh_min=77_777)

    for week in (1, 2):
        with pytest.raises(ParameterDomainError):
            set_parameters(ledger, week, changed)
    set_parameters(ledger, 3, changed)

    count(ledger, {"a": 5})
    ledger.now_s = START_S + 3 * WEEK_S
    for number in (1, 2, 3):
        ledger.apply(RollWeek(Week(number)), public_key("anybody"))
    difficulties = [
        ledger.state.get(MiningWeek, mining_week_address(number), number).difficulty_milliwh
        for number in (1, 2, 3)
    ]
    assert difficulties == [1000, 1000, 77_777]


@pytest.mark.parametrize("field", ["initial_difficulty_milliwh", "threshold_reward_utoken"])
def test_founding_figures_cannot_change(field: str) -> None:
    """They decided week 1, and the growth rate rests on the founding threshold reward."""
    ledger = found_mining(MemoryLedger(FAMILY))

    with pytest.raises(ParameterDomainError):
        set_parameters(ledger, 2, replace(PARAMETERS, **{field: 999}))  # type: ignore[arg-type]


def test_the_first_week_cannot_be_moved() -> None:
    """Its start is given once."""
    ledger = found_mining(MemoryLedger(FAMILY))

    with pytest.raises(ParameterDomainError):
        set_parameters(ledger, 2, first_week_start_s=START_S)


def test_the_schedule_holds_a_limited_number_of_versions() -> None:
    """An entry that grew without end would slow every roll."""
    ledger = found_mining(MemoryLedger(FAMILY))
    for week in range(2, PARAMETER_VERSIONS_MAX + 1):
        set_parameters(ledger, week)

    with pytest.raises(ParameterDomainError):
        set_parameters(ledger, PARAMETER_VERSIONS_MAX + 1)
    schedule = ledger.state.get(MiningParameterSchedule, MINING_PARAMETERS_ADDRESS, "")
    assert len(schedule.versions) == PARAMETER_VERSIONS_MAX
