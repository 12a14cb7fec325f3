"""A ledger with elections under way: organisations with tokens and consensus keys, rounds of 100 seconds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from consensus_engine.ledger_binding import VERTEX_DOMAIN, chain_digest
from consensus_engine.types import AuthorityIndex, Digest, Epoch, Round, SignedHeader, TimestampMs
from consensus_engine.vertex_codec import encode_signed_header, header_digest
from signing.keys import PrivateKey
from signing.tagged import sign_tagged
from tests.helpers.memory_context import MemoryLedger
from tests.helpers.mining import REGULATOR, found_mining
from tests.helpers.parties import Party, make_party, public_key
from transaction_families.accounts.state import LedgerFounding, ParticipantKind, Role
from transaction_families.fdpos_registry.consensus_keys import sign_registration
from transaction_families.fdpos_registry.family import FAMILY
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, ElectionRound, Organisation
from transaction_families.fdpos_registry.parameters import (
    ChallengeParameters,
    EpochParameters,
    RegistryParameters,
    ScoringParameters,
    StakeParameters,
    WeightMode,
)
from transaction_families.fdpos_registry.payload import (
    CastVotes,
    CloseRound,
    CommitWork,
    DrawOpening,
    LockStake,
    OpenWork,
    RegisterCandidate,
    ReportEquivocation,
    SegmentPath,
    SetRegistryParameters,
)
from transaction_families.fdpos_registry.rounds import OpenRound, get_open_round
from transaction_families.fdpos_registry.state import (
    CANDIDATES_PREFIX,
    SLASHED_TOKENS_ADDRESS,
    STAKES_PREFIX,
    Candidate,
    RoundOutcome,
    SlashedTokens,
    Stake,
    Vote,
    candidate_address,
    outcome_address,
    stake_address,
)
from transaction_families.fdpos_registry.work import DoneWork, WorkTask, do_work, draw_segments
from transaction_families.token_mining.family import FAMILY as TOKEN_MINING
from transaction_families.token_mining.payload import AllotTokens
from transaction_families.token_mining.state import (
    MINING_CLOCK_ADDRESS,
    MiningClock,
    TokenAccount,
    token_account_prefix,
)

CHAIN_ID = "test-ledger"
ANYBODY = public_key("anybody")
ROUND_S = 100
WINDOW_S = 40
TOKENS_EACH = 1_000_000
BOND_MIN = 1000
STAKE_MIN = 10

PARAMETERS = RegistryParameters(
    seats=5,
    round_s=ROUND_S,
    scoring=ScoringParameters(
        computing_power_weight_millionths=400_000,
        growth_rate_weight_millionths=300_000,
        votes_weight_millionths=300_000,
        weight_mode=WeightMode.ADAPTIVE,
        rho_millionths=750_000,
        eta_millionths=1_000_000,
        gamma_millionths=1_000_000,
        epsilon_millionths=100_000,
        computing_power_segments_min=4,
    ),
    stakes=StakeParameters(
        bond_utoken_min=BOND_MIN,
        stake_utoken_min=STAKE_MIN,
        choices_max=3,
        bond_multiple_max=10,
        mutual_discount_permille=1000,
        unlock_rounds=2,
        bar_rounds=3,
    ),
    challenge=ChallengeParameters(
        window_s=WINDOW_S, segment_iterations=1, segments_max=64, segments_opened=4, service_rounds=2
    ),
    epochs=EpochParameters(
        epoch_ms=100_000,
        epoch_commits_max=1000,
        close_lag=20,
        gc_depth=60,
        schedule_period=300,
        leaders_per_round=1,
    ),
)


HEADER = SignedHeader(
    chain_digest(CHAIN_ID),
    Epoch(3),
    Round(17),
    AuthorityIndex(2),
    TimestampMs(1000),
    Digest(bytes(32)),
    bytes(64),
)
"""A vertex of this ledger, not signed."""


def consensus_key(name: str) -> PrivateKey:
    """Return the consensus key of an organisation."""
    return PrivateKey.for_demo(f"{name} consensus")


def key_hex(name: str) -> ConsensusKeyHex:
    """Return an organisation's consensus key as the ledger writes it."""
    return ConsensusKeyHex(consensus_key(name).public_key.hex)


def make_operator(name: str, **changes: Any) -> Party:
    """Return a participant that runs validators; its organisation has the same name."""
    return make_party(name, Role.VALIDATOR_OPERATOR, kind=ParticipantKind.VALIDATOR_OPERATOR, **changes)


OPERATORS: Mapping[str, Party] = {f"org-{number}": make_operator(f"org-{number}") for number in range(8)}
FOUNDERS = tuple(sorted(key_hex(f"founder-{number}") for number in range(4)))


def found_elections(
    parameters: RegistryParameters = PARAMETERS, *, founders: tuple[ConsensusKeyHex, ...] = FOUNDERS
) -> MemoryLedger:
    """Return a ledger in round 1, whose operators hold ``TOKENS_EACH`` tokens each."""
    ledger = found_mining(MemoryLedger(FAMILY, TOKEN_MINING))
    ledger.put(LedgerFounding(CHAIN_ID, REGULATOR.key))
    for party in OPERATORS.values():
        ledger.put(party.participant)
        ledger.apply(AllotTokens(REGULATOR.id, party.id, TOKENS_EACH), REGULATOR.key)
    ledger.apply(SetRegistryParameters(REGULATOR.id, ElectionRound(1), parameters, founders), REGULATOR.key)
    return ledger


def changed(group: str, **fields: Any) -> RegistryParameters:
    """Return the parameters with fields of one group changed, or of no group where ``group`` is empty."""
    if not group:
        return replace(PARAMETERS, **fields)
    return replace(PARAMETERS, **{group: replace(getattr(PARAMETERS, group), **fields)})


def set_parameters(ledger: MemoryLedger, round_: int, parameters: RegistryParameters) -> None:
    """Change the parameters from a round on."""
    ledger.apply(SetRegistryParameters(REGULATOR.id, ElectionRound(round_), parameters), REGULATOR.key)


def registration(name: str, bond_utoken: int = BOND_MIN, **changes: Any) -> RegisterCandidate:
    """Return an organisation's well-formed registration, with some fields changed afterwards."""
    endpoint = f"{name}.example:8800"
    organisation = Organisation(name)
    signature = sign_registration(consensus_key(name), CHAIN_ID, organisation, endpoint)
    tx = RegisterCandidate(OPERATORS[name].id, organisation, key_hex(name), endpoint, signature, bond_utoken)
    return replace(tx, **changes)


def register(ledger: MemoryLedger, *names: str, bond_utoken: int = BOND_MIN) -> None:
    """Let organisations stand."""
    for name in names:
        ledger.apply(registration(name, bond_utoken), OPERATORS[name].key)


def signed_header(header: SignedHeader, name: str) -> bytes:
    """Return a vertex header as an organisation's consensus key signs it."""
    signature = sign_tagged(consensus_key(name), VERTEX_DOMAIN, header_digest(header))
    return encode_signed_header(replace(header, signature=signature))


def equivocation(name: str, epoch: int = 3) -> ReportEquivocation:
    """Return the proof that an organisation signed two vertices of one round."""
    header = replace(HEADER, epoch=Epoch(epoch))
    twin = replace(header, timestamp_ms=TimestampMs(header.timestamp_ms + 1))
    return ReportEquivocation(
        key_hex(name), Organisation(name), signed_header(header, name), signed_header(twin, name)
    )


def vote(ledger: MemoryLedger, voter: str, locked_utoken: int, **given_utoken: int) -> None:
    """Lock stake and spread it; ``org_1=5`` backs org-1 with 5."""
    party = OPERATORS[voter]
    votes = tuple(
        Vote(Organisation(name.replace("_", "-")), amount) for name, amount in sorted(given_utoken.items())
    )
    if locked_utoken:
        ledger.apply(LockStake(party.id, locked_utoken), party.key)
    ledger.apply(CastVotes(party.id, votes), party.key)


def commit_work(ledger: MemoryLedger, name: str, segments: int) -> DoneWork:
    """Do an organisation's work of the open round and commit to it."""
    party, round_ = OPERATORS[name], open_round(ledger)
    iterations = round_.parameters.challenge.segment_iterations
    task = WorkTask.of(round_.clock.challenge, get_candidate(ledger, name).consensus_public_key, iterations)
    done = do_work(task, segments)
    tx = CommitWork(party.id, Organisation(name), round_.number, segments, done.root)
    ledger.apply(tx, party.key)
    return done


def opening(ledger: MemoryLedger, name: str, done: DoneWork) -> OpenWork:
    """Return the transaction that opens work, once the opening is drawn."""
    round_ = open_round(ledger)
    drawn = draw_segments(
        round_.clock.opening_seed, done.root, done.segments, round_.parameters.challenge.segments_opened
    )
    paths = tuple(SegmentPath(done.path(index)) for index in drawn)
    return OpenWork(OPERATORS[name].id, Organisation(name), round_.number, paths)


def draw(ledger: MemoryLedger) -> None:
    """Wait for the window's end and draw."""
    round_ = open_round(ledger)
    ledger.now_s = max(ledger.now_s, round_.window_end_s)
    ledger.apply(DrawOpening(round_.number), ANYBODY)


def prove(ledger: MemoryLedger, **segments: int) -> None:
    """Have organisations prove computing power in the open round; ``org_1=5`` is 5 segments of org-1."""
    done = {name.replace("_", "-"): count for name, count in segments.items()}
    works = {name: commit_work(ledger, name, count) for name, count in done.items()}
    draw(ledger)
    for name, work in works.items():
        ledger.apply(opening(ledger, name, work), OPERATORS[name].key)


def close(ledger: MemoryLedger) -> RoundOutcome:
    """Wait for the open round's end, close it and return its outcome."""
    round_ = open_round(ledger)
    ledger.now_s = max(ledger.now_s, round_.end_s)
    ledger.apply(CloseRound(round_.number), ANYBODY)
    return get_outcome(ledger, round_.number)


def open_round(ledger: MemoryLedger) -> OpenRound:
    """Return the open round."""
    return get_open_round(ledger.state)


def get_candidate(ledger: MemoryLedger, name: str) -> Candidate:
    """Return an organisation's candidate."""
    return ledger.state.get(Candidate, candidate_address(name), name)


def get_stake(ledger: MemoryLedger, name: str) -> Stake:
    """Return a participant's stake."""
    return ledger.state.get(Stake, stake_address(name), name)


def get_outcome(ledger: MemoryLedger, round_: int) -> RoundOutcome:
    """Return the outcome of a round."""
    return ledger.state.get(RoundOutcome, outcome_address(round_), round_)


def slashed_utoken(ledger: MemoryLedger) -> int:
    """Return how many tokens were slashed in all."""
    return (ledger.state.find(SlashedTokens, SLASHED_TOKENS_ADDRESS) or SlashedTokens()).balance_utoken


def total_utoken(ledger: MemoryLedger) -> int:
    """Return all tokens there are: in accounts, bonds and stakes, and slashed."""
    accounts = [TokenAccount.CODEC.decode(data) for _, data in ledger.iterate(token_account_prefix())]
    candidates = [Candidate.CODEC.decode(data) for _, data in ledger.iterate(CANDIDATES_PREFIX)]
    stakes = [Stake.CODEC.decode(data) for _, data in ledger.iterate(STAKES_PREFIX)]
    return (
        sum(account.balance_utoken for account in accounts)
        + sum(candidate.bond_utoken for candidate in candidates)
        + sum(stake.locked_utoken + stake.unlocking_utoken for stake in stakes)
        + slashed_utoken(ledger)
    )


def supply_utoken(ledger: MemoryLedger) -> int:
    """Return how many tokens were allotted and mined."""
    return ledger.state.get(MiningClock, MINING_CLOCK_ADDRESS, "").supply_utoken
