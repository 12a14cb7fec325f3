"""Faults wait for their turn where too many nodes are faulty."""

import asyncio

import pytest

from wattdag.chaos.budget import FaultBudget


@pytest.mark.asyncio
async def test_a_fault_waits_until_enough_nodes_are_sound() -> None:
    """Two at a time here."""
    budget = FaultBudget(2)
    await budget.take([0])
    await budget.take([1])
    third = asyncio.create_task(budget.take([2]))
    await asyncio.sleep(0)
    assert not third.done()
    budget.give_back([0])
    await third
    assert budget.faulty == {1, 2}


@pytest.mark.asyncio
async def test_a_node_is_disturbed_by_one_fault_at_a_time() -> None:
    """The second waits until the node is back."""
    budget = FaultBudget(2)
    await budget.take([0])
    again = asyncio.create_task(budget.take([0]))
    await asyncio.sleep(0)
    assert not again.done()
    budget.give_back([0])
    await again


@pytest.mark.asyncio
async def test_a_fault_that_breaks_the_quorum_comes_alone() -> None:
    """It waits for all others to be over, and none begins before it is."""
    budget = FaultBudget(1)
    await budget.take([3])
    outage = asyncio.create_task(budget.take(range(4), alone=True))
    await asyncio.sleep(0)
    assert not outage.done()
    budget.give_back([3])
    await outage
    other = asyncio.create_task(budget.take([0]))
    await asyncio.sleep(0)
    assert not other.done()
    budget.give_back(range(4))
    await other
