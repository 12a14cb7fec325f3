"""Equations (2) to (10): worked examples, and an independent calculation over fractions."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.exact_mining import mine
from transaction_families.token_mining.simulation import simulate_weeks
from transaction_families.token_mining.state import MiningParameters, RewardCurve
from transaction_families.units import INT64_MAX

VECTORS = sorted((Path(__file__).parents[3] / "vectors" / "mining").glob("*.json"))


def parameters_of(given: dict[str, Any]) -> MiningParameters:
    return MiningParameters(
        given["initial_difficulty"],
        given["difficulty_min"],
        given["threshold_reward"],
        given["threshold_min"],
        given["refresh_difficulty"] or 0,
        RewardCurve[given["curve"].upper()],
        roll_steps_max=1,
    )


def simulate(given: dict[str, Any], weeks: list[dict[str, int]]) -> list[dict[str, Any]]:
    return [
        {
            "difficulty": one.week.difficulty_milliwh,
            "average_previous": one.week.average_previous_milliwh,
            "threshold_reward": one.week.threshold_reward_utoken,
            "case": one.week.reward_case.value,
            "refreshed": one.week.refreshed,
            "rewards": dict(one.rewards_utoken),
            "minted": one.week.minted_utoken,
        }
        for one in simulate_weeks(parameters_of(given), weeks)
    ]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_weeks_worked_by_hand_come_out_as_written(path: Path) -> None:
    """The vectors hold all five situations, both curves' joints, the refreshes and the first weeks."""
    vector = json.loads(path.read_text())
    weeks = [week["volumes"] for week in vector["weeks"]]

    assert simulate(vector["parameters"], weeks) == vector["expected"]["weeks"]
    assert mine(vector["parameters"], weeks) == vector["expected"]["weeks"]


def test_the_vectors_are_found() -> None:
    """An empty folder would make the test above pass for nothing."""
    assert {path.stem for path in VECTORS} >= {"paper_case_1", "paper_case_2", "first_weeks", "refresh"}


def amounts(least: int) -> st.SearchStrategy[int]:
    return st.integers(least, 60) | st.integers(least, INT64_MAX)


@given(
    parameters=st.fixed_dictionaries(
        {
            "initial_difficulty": amounts(1),
            "difficulty_min": amounts(0),
            "threshold_reward": amounts(1),
            "threshold_min": amounts(0),
            "refresh_difficulty": st.none() | amounts(1),
            "curve": st.sampled_from(["paper", "continuous"]),
        }
    ),
    weeks=st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 80)), max_size=8),
)
def test_any_weeks_equal_the_papers_formulas_over_fractions(
    parameters: dict[str, Any], weeks: list[dict[str, int]]
) -> None:
    """Integer arithmetic with one floor at the end is the exact formula rounded down."""
    parameters["initial_difficulty"] = min(parameters["initial_difficulty"], INT64_MAX // 6)
    parameters["difficulty_min"] = min(parameters["difficulty_min"], INT64_MAX // 6)
    expected = mine(parameters, weeks)
    if all(week["difficulty"] * 6 <= INT64_MAX for week in expected):
        assert simulate(parameters, weeks) == expected


@given(
    average=st.integers(0, 500),
    difficulty=st.integers(1, 1000),
    threshold=st.integers(1, 10**6),
    volumes=st.tuples(st.integers(0, 1500), st.integers(0, 1500)),
    curve=st.sampled_from(["paper", "continuous"]),
)
def test_more_volume_never_earns_less(
    average: int, difficulty: int, threshold: int, volumes: tuple[int, int], curve: str
) -> None:
    """Rewards rise with volume and stay within the threshold reward."""
    given = {
        "initial_difficulty": difficulty,
        "difficulty_min": 0,
        "threshold_reward": threshold,
        "threshold_min": 1,
        "refresh_difficulty": None,
        "curve": curve,
    }
    less, more = sorted(volumes)
    second = simulate(given, [{"x": average}, {"less": less, "more": more}])[1]

    assert 0 <= second["rewards"]["less"] <= second["rewards"]["more"] <= threshold


def test_a_difficulty_that_would_pass_the_integers_stops_at_their_end() -> None:
    """The roll can never fail, so equation (2) saturates."""
    given = {
        "initial_difficulty": INT64_MAX,
        "difficulty_min": 1,
        "threshold_reward": 10,
        "threshold_min": 1,
        "refresh_difficulty": None,
        "curve": "paper",
    }
    third = simulate(given, [{"a": 1}, {"a": 1, "b": 1}, {}])[2]

    assert third["difficulty"] == INT64_MAX
