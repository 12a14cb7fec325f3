"""Token mining worked out a second way: the paper's formulas over fractions, rounded where it says so."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any


def mine(parameters: Mapping[str, Any], weeks: Sequence[Mapping[str, int]]) -> list[dict[str, Any]]:
    """Return each week's figures; all weeks so far are looked at again, by their number from 1."""
    counts = [sum(1 for volume in week.values() if volume) for week in weeks]
    averages = [
        Fraction(sum(week.values()), count) if count else Fraction(0)
        for week, count in zip(weeks, counts, strict=True)
    ]
    results: list[dict[str, Any]] = []
    for number in range(1, len(weeks) + 1):
        average = floor(averages[number - 2]) if number >= 2 else 0
        difficulty, threshold, refreshed = _terms(parameters, number, counts, average, results)
        curve = parameters["curve"]
        rewards = {
            name: floor(_reward(Fraction(volume), Fraction(average), Fraction(difficulty), threshold, curve))
            for name, volume in weeks[number - 1].items()
        }
        results.append(
            {
                "difficulty": difficulty,
                "average_previous": average,
                "threshold_reward": threshold,
                "case": 1 if average <= Fraction(difficulty, 2) else 2,
                "refreshed": refreshed,
                "rewards": rewards,
                "minted": sum(rewards.values()),
            }
        )
    return results


def _terms(
    parameters: Mapping[str, Any],
    number: int,
    counts: Sequence[int],
    average: int,
    results: Sequence[Mapping[str, Any]],
) -> tuple[int, int, bool]:
    lowest, floor_reward = parameters["difficulty_min"], parameters["threshold_min"]
    if number == 1:
        return (
            max(parameters["initial_difficulty"], lowest),
            max(parameters["threshold_reward"], floor_reward),
            False,
        )
    last = results[-1]
    difficulty = last["difficulty"]
    if number >= 3 and counts[number - 3]:
        difficulty = floor(difficulty * Fraction(counts[number - 2], counts[number - 3]))
    difficulty = max(difficulty, lowest)
    limit = parameters["refresh_difficulty"]
    if limit is None or difficulty < limit:
        return difficulty, max(last["threshold_reward"], floor_reward), False
    halved = floor(Fraction(1, 2) * last["threshold_reward"])
    return max(average, lowest), max(halved, floor_reward), True


def _reward(w: Fraction, a: Fraction, d: Fraction, p: int, curve: str) -> Fraction:
    half = Fraction(1, 2)
    if w == 0:
        return Fraction(0)
    if a <= half * d:
        if w <= a:
            return half * p * w / a
        if w <= (half * d if curve == "paper" else d):
            return half * p * (1 + (w - a) / (d - a))
    elif w <= (half * d if curve == "paper" else a):
        return p * w / a
    return Fraction(p)
