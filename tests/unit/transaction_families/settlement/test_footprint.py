"""Transactions of unrelated parties and periods never touch the same entry."""

from itertools import combinations

from tests.helpers.settlement_scene import ANYBODY, PERIOD, SettlementScene, make_metered_party
from transaction_families.accounts.state import Role
from transaction_families.addressing import bucket_of
from transaction_families.settlement.family import FAMILY
from transaction_families.settlement.payload import RunSettlement
from transaction_families.settlement.state import RunKind

PARTIES = [make_metered_party(name, Role.PRODUCER) for name in ("p1", "p2", "p3", "p4")]


def test_readings_of_different_buckets_write_different_entries() -> None:
    """They can be carried out side by side."""
    scene = SettlementScene(tuple(PARTIES))
    assert len({bucket_of(party.id) for party in PARTIES}) == len(PARTIES)
    prints = [FAMILY.footprint(scene.reading(p, scene.measure(p)), ANYBODY) for p in PARTIES]
    for one, other in combinations(prints, 2):
        assert not any(written.startswith(other.inputs) for written in one.outputs)


def test_a_reading_declares_exact_addresses_but_for_the_clock() -> None:
    """All else is 70 digits long."""
    scene = SettlementScene(tuple(PARTIES))
    footprint = FAMILY.footprint(scene.reading(PARTIES[0], scene.measure(PARTIES[0])), ANYBODY)
    assert [len(address) for address in footprint.outputs] == [70, 70]
    assert sorted({len(address) for address in footprint.inputs}) == [6, 70]


def test_preliminary_runs_of_different_periods_write_different_entries() -> None:
    """Each writes below its own period's prefix."""
    one, other = (
        FAMILY.footprint(RunSettlement(period, RunKind.PRELIMINARY), ANYBODY)
        for period in (PERIOD, PERIOD.next)
    )
    assert not any(written.startswith(other.inputs) for written in one.outputs)
