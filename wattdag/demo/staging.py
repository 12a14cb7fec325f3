"""A scenario made ready for a network: its periods moved to the present, its rules fitted to the pace.

A network's ledger starts now. The first period comes when the nodes have had time to start, at the time of
day that the scenario's first one has, so that the sun of the profiles shines by day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from signing.certificates import AUTHORITY_VALIDITY, COMMON_NAME_CHARACTERS_MAX, Validity, make_authority
from signing.types import SignedBatch
from transaction_families.accounts.payload import RegisterParticipant
from transaction_families.accounts.state import Role
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound
from transaction_families.fdpos_registry.payload import SetRegistryParameters
from transaction_families.periods import DeliveryPeriod
from transaction_families.token_mining.payload import AllotTokens
from validator.journal.genesis import Genesis
from wattdag.demo.cast import Cast, Player
from wattdag.demo.founding import found
from wattdag.demo.pace import Pace
from wattdag.demo.scenarios import Scenario
from wattdag.network.elections import make_registry_parameters
from wattdag.network.genesis import CANDIDATE_BOND_UTOKEN, OPERATOR_UTOKEN, make_candidacy
from wattdag.network.members import Member, MemberMaker, MemberRole, Members
from wattdag.network.plan import NetworkPlan
from wattdag.network.secrets import system_secrets

EPOCH_S: Final = 60
"""Real seconds after which a committee is elected anew."""

STRIDE: Final = 4
"""Delivery periods that participants act for at once: fewer and larger batches."""

_DAY_S: Final = 86_400
_ROLES: Final = {
    Role.REGULATOR: MemberRole.REGULATOR,
    Role.MARKET_OPERATOR: MemberRole.MARKET_OPERATOR,
    Role.METER_OPERATOR: MemberRole.METER_OPERATOR,
    Role.GRID_COMPANY: MemberRole.GRID_COMPANY,
    Role.PRODUCER: MemberRole.PRODUCER,
    Role.CONSUMER: MemberRole.CONSUMER,
}


@dataclass(frozen=True, slots=True)
class Staged:
    """A scenario and the network that it is played on.

    Attributes:
        scenario: Moved to the present.
        plan: The network's.
        members: Everybody, with keys and certificates.
        genesis: The ledger's beginning.
    """

    scenario: Scenario
    plan: NetworkPlan
    members: Members
    genesis: Genesis


def stage(scenario: Scenario, nodes: int, pace: Pace, start: datetime, base_port: int) -> Staged:
    """Return a scenario ready for a network that starts now.

    Args:
        scenario: What to play; its cast must not have acted before.
        nodes: How many super nodes found the network.
        pace: How fast time passes.
        start: The ledger's first time.
        base_port: The first node's first port.
    """
    plan = NetworkPlan(
        chain_id=scenario.name,
        validators=nodes,
        start=start,
        base_port=base_port,
        epoch_s=EPOCH_S,
        is_demo=True,
        time_scale=pace.time_scale,
    )
    moved = _moved(scenario, pace, int(start.timestamp()))
    members = _make_members(plan, moved.cast)
    genesis = Genesis(
        plan.chain_id,
        int(start.timestamp()) * 1000,
        (*_found_market(moved), *_found_committee(plan, members)),
        time_scale=plan.time_scale,
    )
    return Staged(moved, plan, members, genesis)


def _moved(scenario: Scenario, pace: Pace, founding_s: int) -> Scenario:
    """Return a scenario whose first orders are placed once the nodes have started."""
    original = scenario.periods[0]
    length_s = original.length_s
    lag = -(-pace.lag_s // length_s)
    placing = replace(scenario, lag=lag, stride=STRIDE).timetable.first_boundary
    earliest_s = founding_s + int(pace.start_s * pace.time_scale) - placing * length_s
    first_s = earliest_s + (original.start_s - earliest_s) % _DAY_S
    periods = tuple(
        DeliveryPeriod(first_s + period.start_s - original.start_s, period.minutes)
        for period in scenario.periods
    )
    reported_s = (3 * lag + 2 * STRIDE) * length_s  # when all readings of a period are there
    rules = replace(
        scenario.rules,
        market=replace(
            scenario.rules.market,
            horizon_s=max(scenario.rules.market.horizon_s, reported_s - placing * length_s),
        ),
        settlement=replace(scenario.rules.settlement, preliminary_delay_s=reported_s),
    )
    tail_s = scenario.tail_s + reported_s + lag * length_s
    return replace(scenario, periods=periods, rules=rules, lag=lag, stride=STRIDE, tail_s=tail_s)


def _found_market(scenario: Scenario) -> Iterator[SignedBatch]:
    """Yield the founding batches; the mining week begins when the first period is settled finally."""
    settlement = scenario.rules.settlement
    yield from found(
        scenario.cast,
        scenario.name,
        scenario.rules,
        scenario.periods[0].start_s,
        mining_after_s=settlement.preliminary_delay_s + settlement.dispute_window_s,
    )


def _found_committee(plan: NetworkPlan, members: Members) -> Iterator[SignedBatch]:
    """Yield what makes the nodes the first committee, and candidates for the next ones."""
    regulator = members.regulator
    elections = make_registry_parameters(plan.validators, epoch_s=plan.epoch_s, time_scale=plan.time_scale)
    committee = tuple(ConsensusKeyHex(node.consensus_key.public_key.hex) for node in members.nodes)
    yield regulator.wallet.batch(
        *(RegisterParticipant(regulator.id, node.operator.participant) for node in members.nodes),
        *(AllotTokens(regulator.id, node.operator.id, OPERATOR_UTOKEN) for node in members.nodes),
        SetRegistryParameters(regulator.id, ElectionRound(1), elections, committee),
    )
    for index, node in enumerate(members.nodes):
        endpoint = plan.addresses_of(index).peers
        yield node.operator.wallet.batch(make_candidacy(plan.chain_id, node, endpoint, CANDIDATE_BOND_UTOKEN))


def _make_members(plan: NetworkPlan, cast: Cast) -> Members:
    authority = make_authority(
        f"{plan.chain_id} authority"[:COMMON_NAME_CHARACTERS_MAX],
        validity=Validity.starting(plan.start, AUTHORITY_VALIDITY),
        random_bytes=system_secrets("authority"),
    )
    maker = MemberMaker(authority, system_secrets, plan.start)

    def member(player: Player) -> Member:
        return Member(
            _ROLES[player.participant.roles[0]],
            player.participant,
            player.account_key,
            player.encryption_key,
            maker.certify(player.id, player.account_key.public_key.hex),
            player.wallet,
            player.meter_key if player.trades else None,
            player.metering_point if player.trades else None,
        )

    return Members(
        authority,
        member(cast.regulator),
        member(cast.market_operator),
        member(cast.meter_operator),
        member(cast.grid_company),
        nodes=tuple(maker.node(number, plan.hosts[0]) for number in range(1, plan.validators + 1)),
        traders=tuple(map(member, cast.traders)),
    )
