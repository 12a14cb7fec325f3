"""The simulator notices broken rules. The whole gate is a command of its own; these mutants die fast."""

import pytest

from consensus_engine.simulation.mutants import MUTANTS, hunt
from consensus_engine.simulation.random_dag import find_disagreement

FAST = {
    "quorum-2f1-n5": range(4),
    "certificate-f1": range(20),
    "skip-f1": range(120),
    "anchor-r2": range(120),
    "anchor-any": range(20),
    "clock-gc": range(3),
    "no-redecision": range(20),
    "unseeded-order": range(40),
    "arrival-order": range(10),
    "amnesia-off": range(4),
    "no-ban": range(2),
    "unasked-twins": range(4),
    "send-before-flush": range(3),
}


@pytest.mark.parametrize("mutant", [each for each in MUTANTS if each.name in FAST], ids=lambda m: m.name)
def test_broken_rule_is_noticed(mutant) -> None:  # type: ignore[no-untyped-def]
    """A seed shows the mutant, and the same seed agrees without it."""
    assert hunt(mutant, FAST[mutant.name]).seed is not None


def test_mutants_are_gone_after_the_hunt() -> None:
    """The engine is as it was: random DAGs agree again."""
    for mutant in MUTANTS[4:8]:
        hunt(mutant, range(1))

    assert all(find_disagreement(4, seed) is None for seed in range(20))


@pytest.mark.parametrize("validators", [4, 5, 6, 7, 9])
def test_views_of_a_random_dag_order_prefixes_of_each_other(validators: int) -> None:
    """Twins, missing vertices, split votes, several leaders, short horizons, schedule changes."""
    assert [find_disagreement(validators, seed) for seed in range(40)] == [None] * 40
