"""The genesis of a network: rules, participants, first committee, first allotment of money and tokens."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from signing.types import SignedBatch
from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.payload import (
    DepositEscrow,
    FoundLedger,
    IssueCurrency,
    OpenContractAccount,
    RegisterMeteringPoint,
    RegisterParticipant,
)
from transaction_families.energy_orders.payload import SetMarketParameters
from transaction_families.fdpos_registry.consensus_keys import sign_registration
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound, Organisation
from transaction_families.fdpos_registry.payload import RegisterCandidate, SetRegistryParameters
from transaction_families.settlement.payload import PostGridPrices, SetSettlementParameters
from transaction_families.token_mining.payload import AllotTokens, SetMiningParameters
from transaction_families.token_mining.state import Week
from transaction_families.trade_records.payload import SetRecordsParameters
from validator.journal.genesis import Genesis
from wattdag.network.elections import make_registry_parameters
from wattdag.network.members import Member, Members, NodeMember
from wattdag.network.plan import NetworkPlan
from wattdag.network.rules import TOKEN, YUAN, Rules, make_rules

MARKET_HORIZON_S: Final = 36 * 3600  # all of tomorrow is open from noon on
GRID_MONEY_UYUAN: Final = 100_000_000 * YUAN
TRADER_MONEY_UYUAN: Final = 2_000_000 * YUAN
TRADER_ESCROW_UYUAN: Final = 1_000_000 * YUAN
OPERATOR_UTOKEN: Final = 200_000 * TOKEN
CANDIDATE_BOND_UTOKEN: Final = 100_000 * TOKEN
TRADER_UTOKEN: Final = 1_000 * TOKEN

_TRANSACTIONS_PER_BATCH: Final = 200


def make_genesis(plan: NetworkPlan, members: Members) -> Genesis:
    """Return the beginning of a planned network's ledger.

    The first committee are the nodes' consensus keys. Their operators stand for election from the first
    round on, and operators and traders hold tokens, so that everybody can vote from the first week.
    """
    return Genesis(
        plan.chain_id,
        int(plan.start.timestamp()) * 1000,
        tuple(_batches(plan, members)),
        time_scale=plan.time_scale,
        is_production=not plan.is_demo,
    )


def _batches(plan: NetworkPlan, members: Members) -> Iterator[SignedBatch]:
    rules, start_s = make_rules(horizon_s=MARKET_HORIZON_S), int(plan.start.timestamp())
    yield _founding(plan, members, rules, start_s)
    regulator, grid_company = members.regulator, members.grid_company
    others = [member for member in members.everybody if member is not regulator]
    yield from _in_batches(
        regulator, [RegisterParticipant(regulator.id, member.participant) for member in others]
    )
    points = [
        RegisterMeteringPoint(members.meter_operator.id, trader.metering_point)
        for trader in members.traders
        if trader.metering_point is not None
    ]
    yield from _in_batches(members.meter_operator, points)
    yield from _allotments(members)
    yield grid_company.wallet.batch(
        OpenContractAccount(grid_company.id, SETTLEMENT),
        PostGridPrices(grid_company.id, start_s - start_s % (60 * rules.market.period_minutes), rules.prices),
    )
    for trader in members.traders:
        yield trader.wallet.batch(
            OpenContractAccount(trader.id, SETTLEMENT),
            DepositEscrow(trader.id, SETTLEMENT, TRADER_ESCROW_UYUAN),
        )
    for index, node in enumerate(members.nodes):
        endpoint = plan.addresses_of(index).peers
        yield node.operator.wallet.batch(make_candidacy(plan.chain_id, node, endpoint, CANDIDATE_BOND_UTOKEN))


def _founding(plan: NetworkPlan, members: Members, rules: Rules, start_s: int) -> SignedBatch:
    regulator = members.regulator
    elections = make_registry_parameters(plan.validators, epoch_s=plan.epoch_s, time_scale=plan.time_scale)
    committee = tuple(ConsensusKeyHex(node.consensus_key.public_key.hex) for node in members.nodes)
    return regulator.wallet.batch(
        FoundLedger(plan.chain_id, regulator.participant),
        SetMarketParameters(regulator.id, 0, rules.market),
        SetSettlementParameters(regulator.id, 0, rules.settlement),
        SetMiningParameters(regulator.id, Week(1), start_s, rules.mining),
        SetRecordsParameters(regulator.id, 0, rules.records),
        SetRegistryParameters(regulator.id, ElectionRound(1), elections, committee),
    )


def _allotments(members: Members) -> Iterator[SignedBatch]:
    issuer, regulator = members.market_operator, members.regulator
    money = [
        (members.grid_company, GRID_MONEY_UYUAN),
        *((each, TRADER_MONEY_UYUAN) for each in members.traders),
    ]
    yield from _in_batches(
        issuer, [IssueCurrency(issuer.id, member.wallet.public_key, amount) for member, amount in money]
    )
    tokens = [
        *((node.operator, OPERATOR_UTOKEN) for node in members.nodes),
        *((trader, TRADER_UTOKEN) for trader in members.traders),
    ]
    yield from _in_batches(
        regulator, [AllotTokens(regulator.id, member.id, amount) for member, amount in tokens]
    )


def make_candidacy(chain_id: str, node: NodeMember, endpoint: str, bond_utoken: int) -> RegisterCandidate:
    """Return what a node's operator sends to stand for election with it."""
    organisation = Organisation(node.operator.participant.beneficial_owner)
    return RegisterCandidate(
        node.operator.id,
        organisation,
        ConsensusKeyHex(node.consensus_key.public_key.hex),
        endpoint,
        sign_registration(node.consensus_key, chain_id, organisation, endpoint),
        bond_utoken,
    )


def _in_batches(member: Member, payloads: Sequence[object]) -> Iterable[SignedBatch]:
    waiting = iter(payloads)
    while chunk := list(islice(waiting, _TRANSACTIONS_PER_BATCH)):
        yield member.wallet.batch(*chunk)
