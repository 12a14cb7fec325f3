"""Keepers take turns, fall back, and do not repeat themselves."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from protos.accounts import accounts_pb2 as pb
from signing.keys import PrivateKey
from signing.types import BatchId, SignedBatch
from tests.helpers.script_family import ScriptHandler
from tests.helpers.single_node import GENESIS, NODE_KEY, START_MS
from transaction_families.accounts.family import FAMILY
from transaction_families.accounts.payload import Transfer
from transaction_families.handler import PublicKey
from transaction_families.state_view import RangeReader
from validator.clock import SteppedClock
from validator.config import NodeConfig
from validator.execution.outcomes import Refusal
from validator.journal.records import StoredBatch
from validator.keeper import RETRY_S_MAX, Keeper
from validator.keeper_turns import is_turn, rank_of
from validator.node import Node

KEYS = [PrivateKey.for_demo(f"keeper {index}") for index in range(4)]
HEX = [key.public_key.hex for key in KEYS]
STEP = Transfer(PublicKey(HEX[3]), 1)  # any payload serves as a step
FALLBACK_S = 30


class Ledger:
    """What a keeper asks about what it sent."""

    def __init__(self) -> None:
        self.pending: dict[BatchId, SignedBatch] = {}
        self.decided: dict[str, StoredBatch] = {}

    def find(self, batch_id: BatchId) -> SignedBatch | None:
        return self.pending.get(batch_id)

    def find_batch(self, batch_id: str) -> StoredBatch | None:
        return self.decided.get(batch_id)

    def decide(self, sent: SignedBatch, refusal: Refusal | None) -> None:
        self.pending.pop(sent.batch_id)
        self.decided[sent.batch_id] = StoredBatch(1, sent, (), refusal)


class Reader:
    """State of which the steps here need nothing."""

    def get(self, address: str) -> bytes | None:
        raise NotImplementedError

    def iterate(self, prefix: str):  # type: ignore[no-untyped-def]
        raise NotImplementedError


def make_keeper(ledger: Ledger, key: PrivateKey = KEYS[0], keepers: list[str] | None = None) -> Keeper:
    def find_due(_: RangeReader, now_s: int) -> list[Transfer]:
        return [STEP] if now_s >= 1000 else []

    return Keeper(
        key, keepers or [], {FAMILY: find_due}, fallback_s=FALLBACK_S, verdicts=ledger, pending=ledger
    )


def send(keeper: Keeper, ledger: Ledger, now_s: int, number: int = 1) -> list[SignedBatch]:
    batches = keeper.find_batches(Reader(), now_s, number)
    ledger.pending.update({entry.batch_id: entry for entry in batches})
    return batches


@given(step=st.binary(max_size=40), count=st.integers(1, 4))
def test_keepers_rank_differently_and_completely(step: bytes, count: int) -> None:
    """One is first, one second, and so on, whatever the order in which they are listed."""
    keepers = HEX[:count]
    ranks = [rank_of(step, keepers, keeper) for keeper in keepers]
    assert sorted(ranks) == list(range(count))
    assert ranks == [rank_of(step, reversed(keepers), keeper) for keeper in keepers]


def test_steps_are_shared_out() -> None:
    """No keeper is first for all steps, nor for none."""
    first = Counter(next(k for k in HEX if rank_of(b"%d" % i, HEX, k) == 0) for i in range(400))
    assert len(first) == 4
    assert min(first.values()) > 60


def test_a_keeper_that_stays_silent_is_replaced_after_the_delay() -> None:
    """The next in rank may send after one delay, the one after it after two."""
    second = next(keeper for keeper in HEX if rank_of(b"s", HEX, keeper) == 1)
    turns = [is_turn(b"s", HEX, second, due_for_s=s, fallback_s=30) for s in (0, 29, 30, 100)]
    assert turns == [False, False, True, True]


def test_a_due_step_is_sent_once_while_it_is_under_way() -> None:
    """And nothing before it is due."""
    ledger = Ledger()
    keeper = make_keeper(ledger)
    assert send(keeper, ledger, 999) == []
    (sent,) = send(keeper, ledger, 1000)
    assert sent.signer_public_key == HEX[0]
    payload = pb.AccountsPayload.FromString(sent.transactions[0].payload)
    assert payload.WhichOneof("action") == "transfer"
    assert send(keeper, ledger, 1001) == []


def test_a_step_of_several_transactions_goes_on_with_each_block() -> None:
    """The step is still due after its first part was executed, and the next part is another transaction."""
    ledger = Ledger()
    keeper = make_keeper(ledger)
    (first,) = send(keeper, ledger, 1000, number=1)
    ledger.decide(first, None)
    (second,) = send(keeper, ledger, 1000, number=2)
    assert second.batch_id != first.batch_id


def test_a_refused_step_is_tried_again_later_and_later() -> None:
    """After the delay, twice the delay, and so on up to `RETRY_S_MAX`."""
    ledger = Ledger()
    keeper = make_keeper(ledger)
    now_s, waits = 1000, []
    for number in range(10):
        (sent,) = send(keeper, ledger, now_s, number)
        ledger.decide(sent, Refusal("", "TooEarlyError", "wait"))
        started_s = now_s
        while not (retried := send(keeper, ledger, now_s, 100 + number)):
            now_s += 1
        waits.append(now_s - started_s)
        ledger.pending.clear()
        ledger.decided[retried[0].batch_id] = StoredBatch(1, retried[0], (), None)
    assert waits == [min(FALLBACK_S << n, RETRY_S_MAX) for n in range(10)]


def test_two_keepers_share_a_step_by_turn_and_fallback() -> None:
    """The first sends at once; the second only if the step is still due after the delay."""
    ledgers = [Ledger(), Ledger()]
    keepers = [make_keeper(ledger, key, HEX[:2]) for ledger, key in zip(ledgers, KEYS[:2], strict=True)]
    now = [bool(send(k, ledger, 1000)) for k, ledger in zip(keepers, ledgers, strict=True)]
    assert sorted(now) == [False, True]
    late = now.index(False)
    assert not send(keepers[late], ledgers[late], 1000 + FALLBACK_S - 1)
    assert send(keepers[late], ledgers[late], 1000 + FALLBACK_S)


def test_a_node_sends_its_due_steps_through_admission() -> None:
    """They are accepted like anybody's batches, and executed with the next block."""
    node = Node.open(
        NodeConfig(None),
        genesis=GENESIS,
        families=[ScriptHandler(), FAMILY],
        key=NODE_KEY,
        clock=SteppedClock(START_MS),
        due_steps={FAMILY: lambda _reader, _now_s: [STEP]},
    )
    (sent,) = node.send_due_steps()
    assert node.pending.find(sent.batch_id) == sent
    assert node.send_due_steps() == []
    block = node.produce_block()
    assert block is not None
    assert block.refused_batches == 1  # the node's key has no money to transfer
    assert node.send_due_steps() == []
