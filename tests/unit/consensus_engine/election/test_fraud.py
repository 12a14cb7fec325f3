"""What stake buys an attacker under both sets of rules."""

from decimal import Decimal

import pytest

from consensus_engine.election.electorate import (
    COMPUTING_POWER_RANGE,
    STAKE_UTOKEN,
    draw,
    draw_contender,
    draw_contenders,
    draw_voters,
)
from consensus_engine.election.fraud import (
    RULES,
    SEATS,
    Attack,
    attacked_rounds,
    cartel_voters,
    fdpos_committee,
    grouped,
    in_a_ring,
    measure,
    plain_committee,
)
from consensus_engine.election.votes import count_votes

SEEDS = (0, 1)


@pytest.mark.parametrize("attack", Attack)
def test_half_of_the_stake_wins_every_plain_seat_and_far_fewer_under_fdpos(attack: Attack) -> None:
    """A full-weight vote for many elects everybody a bloc names; a spread one does not."""
    point = measure(attack, 500, SEEDS)

    assert point.plain_permille == 1000
    assert point.fdpos_permille < 700


@pytest.mark.parametrize("attack", [Attack.BOUGHT_VOTES, Attack.SYBIL])
def test_an_outsider_without_stake_wins_nothing(attack: Attack) -> None:
    """Candidates nobody votes for are not seated under either set of rules."""
    point = measure(attack, 0, SEEDS)

    assert (point.plain_permille, point.fdpos_permille) == (0, 0)


def test_dividing_one_machine_among_many_names_wins_next_to_nothing() -> None:
    """Computing power, bond and mined tokens of three do not make twenty-one super nodes."""
    assert measure(Attack.SYBIL, 600, SEEDS).fdpos_permille < 150


def test_mutual_votes_win_less_than_a_ring_that_evades_the_discount() -> None:
    """The discount sees pairs; a cartel that votes in a ring is bounded by the bond alone."""
    pairs, ring = (measure(attack, 400, SEEDS) for attack in (Attack.MUTUAL_CARTEL, Attack.RING_CARTEL))

    assert pairs.fdpos_permille < ring.fdpos_permille < ring.plain_permille


def test_a_grouped_cartels_votes_count_off_entirely_and_a_rings_not() -> None:
    """Within a group of six, with five choices, every vote is returned."""
    members = draw_contenders(0)[:12]
    nominees = [one.nominee for one in members]
    mutual = {}
    for preference in (grouped, in_a_ring):
        ballots = [voter.ballot(RULES.choices_max) for voter in cartel_voters(members, 1_200, preference)]
        counts = count_votes(nominees, ballots, RULES).values()
        mutual[preference] = sum(one.mutual_utoken for one in counts)

    assert mutual == {grouped: 1_200, in_a_ring: 0}


def test_one_seed_gives_one_electorate() -> None:
    """Nothing but the seed decides; draws keep to their bounds."""
    assert draw_contenders(3) == draw_contenders(3) != draw_contenders(4)
    assert {draw(7, f"{i}", (1, 3)) for i in range(100)} == {1, 2, 3}
    lowest, highest = COMPUTING_POWER_RANGE
    assert all(lowest <= one.computing_power <= highest for one in draw_contenders(3))


def test_honest_voters_share_out_their_stake() -> None:
    """Nothing but the remainder of a division is lost, and each likes every candidate."""
    contenders = draw_contenders(0)
    voters = draw_voters(0, contenders, STAKE_UTOKEN)

    assert 0 <= STAKE_UTOKEN - sum(voter.stake_utoken for voter in voters) < len(voters)
    assert all(len(set(voter.liked)) == len(contenders) for voter in voters)


def test_parts_of_a_candidate_have_a_part_of_its_means() -> None:
    """Three names on one machine have a third of its computing power and bond each."""
    whole, part = draw_contender(0, "x"), draw_contender(0, "x", shared_by=3)

    assert part.computing_power == whole.computing_power // 3
    assert part.nominee.bond_utoken == whole.nominee.bond_utoken // 3
    assert Decimal(0) < part.growth_rate < whole.growth_rate


def test_both_sets_of_rules_fill_every_seat() -> None:
    """The shares are of a full committee."""
    for attacked in attacked_rounds(Attack.BOUGHT_VOTES, 300, seed=0):
        assert len(plain_committee(attacked)) == len(fdpos_committee(attacked)) == SEATS
