"""Thresholds and members of a committee."""

import pytest

from consensus_engine.committee import Committee, Member, thresholds_of
from consensus_engine.errors import CommitteeError, EpochParametersError
from consensus_engine.parameters import ChainParameters, LocalParameters
from consensus_engine.types import PeerId


def members(size: int) -> tuple[Member, ...]:
    return tuple(Member(PeerId(b"%d" % index)) for index in range(size))


@pytest.mark.parametrize(
    ("size", "faulty_max", "quorum"),
    [
        (4, 1, 3),
        (5, 1, 4),
        (7, 2, 5),
        (9, 2, 7),
        (11, 3, 8),
        (13, 4, 9),
        (15, 4, 11),
        (21, 6, 15),
        (49, 16, 33),
    ],
)
def test_thresholds_are_those_of_the_specification(size: int, faulty_max: int, quorum: int) -> None:
    """The protocol's table, section 2.0."""
    assert thresholds_of(size) == (faulty_max, quorum, faulty_max + 1)


@pytest.mark.parametrize("size", range(4, 129))
def test_two_quorums_share_an_honest_member_and_honest_members_make_one(size: int) -> None:
    """2Q - n > F and Q <= n - F for every size."""
    faulty_max, quorum, _ = thresholds_of(size)

    assert 2 * quorum - size > faulty_max
    assert quorum <= size - faulty_max
    assert quorum == 2 * size // 3 + 1


@pytest.mark.parametrize("size", [0, 3, 129])
def test_committee_outside_its_size_limits_is_refused(size: int) -> None:
    """3 members bear no fault; more than 128 fit no vertex."""
    with pytest.raises(CommitteeError, match="4 to 128 members"):
        Committee(members(size))


def test_key_that_sits_twice_is_refused() -> None:
    """One key with two seats would have two votes."""
    with pytest.raises(CommitteeError, match="sits twice"):
        Committee((*members(3), members(1)[0]))


@pytest.mark.parametrize("tickets", [0, 9])
def test_tickets_out_of_range_are_refused(tickets: int) -> None:
    """Tickets run from 1 to 8."""
    with pytest.raises(CommitteeError, match="tickets"):
        Committee((*members(3), Member(PeerId(b"x"), tickets)))


def test_digest_covers_keys_order_and_tickets() -> None:
    """The digest of a committee stands in the certificate that seats it."""
    four = members(4)
    digests = {
        Committee(four).digest,
        Committee(four[::-1]).digest,
        Committee((*four[:3], Member(four[3].public_key, 2))).digest,
    }

    assert len(digests) == 3


def test_parameters_outside_their_domain_are_refused() -> None:
    """The message names the parameter, its value and the rule."""
    with pytest.raises(EpochParametersError, match="gc_depth is 3: must be at least 4"):
        ChainParameters(gc_depth=3)
    with pytest.raises(EpochParametersError, match="leaders_per_round is 4: must be at most 3"):
        ChainParameters(leaders_per_round=4)
    with pytest.raises(EpochParametersError, match="jump_gap is -1"):
        LocalParameters(jump_gap=-1)
