"""What transactions declare; that they stay within it, every other test shows."""

from tests.helpers.registry import OPERATORS, registration
from transaction_families.addressing import bucket_of
from transaction_families.fdpos_registry.family import FAMILY
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import CastVotes, LockStake
from transaction_families.fdpos_registry.state import Vote

ONE, OTHER = OPERATORS["org-1"], OPERATORS["org-2"]


def conflict(first: object, second: object) -> bool:
    """Return whether two transactions cannot be carried out side by side."""
    one, other = FAMILY.footprint(first, ONE.key), FAMILY.footprint(second, OTHER.key)
    return bool(set(one.outputs) & {*other.inputs, *other.outputs}) or bool(
        set(other.outputs) & {*one.inputs, *one.outputs}
    )


def test_organisations_of_different_buckets_register_side_by_side() -> None:
    """They share no entry that either writes."""
    assert bucket_of("org-1") != bucket_of("org-2")
    assert not conflict(registration("org-1"), registration("org-2"))


def test_voters_lock_and_vote_side_by_side() -> None:
    """Also for the same candidate: it is only read."""
    ballot = (Vote(Organisation("org-3"), 5),)

    assert not conflict(LockStake(ONE.id, 5), LockStake(OTHER.id, 5))
    assert not conflict(CastVotes(ONE.id, ballot), CastVotes(OTHER.id, ballot))
