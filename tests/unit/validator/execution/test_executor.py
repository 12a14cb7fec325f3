"""Atomic batches, duplicates, dependencies, refusals and crashes."""

import logging
from collections.abc import Iterable

import pytest

from protos.sawtooth import block_info_pb2
from protos.sawtooth.transaction_receipt_pb2 import StateChange, TransactionReceipt
from signing.errors import BadSignatureError
from signing.types import BatchId, SignedBatch, TransactionId
from tests.helpers.script_family import (
    ALICE,
    BOB,
    NAME,
    ScriptHandler,
    address,
    batch,
    batch_of,
    script,
)
from transaction_families.ledger_time import BLOCK_INFO_CONFIG_ADDRESS, block_info_address
from validator.errors import CorruptStateError
from validator.execution.block_info import BLOCKS_DESCRIBED
from validator.execution.executor import Executor
from validator.execution.handlers import Handlers
from validator.execution.outcomes import (
    REFUSAL_MESSAGE_CHARS_MAX,
    BlockContext,
    CheckedBatch,
    Execution,
    Refusal,
)
from validator.execution.receipts import make_receipt

BLOCK = BlockContext(number=7, previous_id="p", time_ms=1_700_000_000_999)


class Decisions:
    """What the chain decided, as the block store would tell it."""

    def __init__(self) -> None:
        self.batches: set[BatchId] = set()
        self.executed: set[TransactionId] = set()
        self.refused: set[TransactionId] = set()

    def is_batch_decided(self, batch_id: BatchId) -> bool:
        return batch_id in self.batches

    def is_transaction_decided(self, transaction_id: TransactionId) -> bool:
        return transaction_id in self.executed | self.refused

    def is_transaction_executed(self, transaction_id: TransactionId) -> bool:
        return transaction_id in self.executed


def execute(
    *batches: SignedBatch | CheckedBatch,
    decided: Decisions | None = None,
    handler: ScriptHandler | None = None,
    state: dict[str, bytes] | None = None,
    block: BlockContext = BLOCK,
) -> Execution:
    """Execute batches over a state of dictionary form."""
    checked: Iterable[CheckedBatch] = (
        entry if isinstance(entry, CheckedBatch) else CheckedBatch(entry) for entry in batches
    )
    executor = Executor(Handlers([handler or ScriptHandler()]))
    return executor.execute(block, checked, {} if state is None else state, decided or Decisions())


def refusal_of(execution: Execution, index: int = -1) -> Refusal:
    refusal = execution.outcomes[index].refusal
    assert refusal is not None
    return refusal


def test_a_batch_takes_effect_whole() -> None:
    """Each transaction sees the changes of those before it; all take effect together."""
    both = batch_of(script(["append", "k", "a"]), script(["append", "k", "b"]))
    execution = execute(both)
    assert execution.outcomes[0].refusal is None
    assert execution.changes[address("k")] == b"ab"


def test_a_batch_with_a_refused_transaction_takes_no_effect() -> None:
    """Not even that of the transactions before it; the refusal names the transaction, its rule and why."""
    bad = script(["append", "k", "b"], ["refuse", "not today"])
    execution = execute(batch_of(script(["append", "k", "a"]), bad, script(["append", "k", "c"])))
    assert address("k") not in execution.changes
    assert execution.outcomes[0].effects == ()
    assert refusal_of(execution) == Refusal(bad.transaction_id, "RefusedByScriptError", "not today")


def test_batches_after_a_refused_one_are_executed() -> None:
    """One batch's fate is not another's."""
    execution = execute(batch(["refuse", ""]), batch(["set", "k", "v"]))
    assert [outcome.refusal is None for outcome in execution.outcomes] == [False, True]
    assert execution.changes[address("k")] == b"v"


def test_a_batch_that_comes_twice_is_executed_once() -> None:
    """Several producers may carry the same batch, in one commit or in several."""
    twice = batch(["append", "k", "a"])
    handler = ScriptHandler()
    execution = execute(twice, twice, handler=handler)
    assert (len(execution.outcomes), handler.runs) == (1, 1)

    decided = Decisions()
    decided.batches.add(twice.batch_id)
    assert execute(twice, decided=decided, handler=handler).outcomes == ()
    assert handler.runs == 1


def test_a_transaction_in_a_second_batch_is_refused() -> None:
    """Executed before in this block or on the chain; it keeps its first verdict."""
    payment = script(["append", "k", "a"])
    again = batch_of(payment, script(["set", "other", ""], nonce="2"))
    execution = execute(batch_of(payment), again)
    assert refusal_of(execution).error == "DuplicateTransactionError"
    assert execution.outcomes[1].is_batch_decided
    assert not execution.outcomes[1].is_transaction_decided

    decided = Decisions()
    decided.executed.add(payment.transaction_id)
    assert refusal_of(execute(again, decided=decided)).error == "DuplicateTransactionError"


def test_a_refused_transaction_cannot_be_replayed_in_another_batch() -> None:
    """Its verdict stands, even where it would pass by now."""
    refused = script(["refuse", ""])
    execution = execute(batch_of(refused), batch_of(refused, script(["set", "k", "v"])))
    assert refusal_of(execution).error == "DuplicateTransactionError"


def test_a_bad_signature_refuses_a_batch_and_decides_nothing() -> None:
    """Anybody can put any id on a batch nobody signed: the true one of that id is still executed."""
    good = batch(["set", "k", "v"])
    error = BadSignatureError("batch", good.batch_id, good.signer_public_key)
    handler = ScriptHandler()
    execution = execute(CheckedBatch(good, error), CheckedBatch(good), handler=handler)
    forged, true = execution.outcomes
    assert not forged.is_batch_decided
    assert not forged.is_transaction_decided
    assert refusal_of(execution, 0).error == "BadSignatureError"
    assert refusal_of(execution, 0).transaction_id == ""
    assert true.refusal is None
    assert handler.runs == 1


def test_a_dependency_must_have_been_executed_before() -> None:
    """On the chain, in an earlier batch of the block, or earlier in the batch; a refused one never counts."""
    first = script(["set", "a", "1"])
    second = script(["set", "b", "2"], dependencies=(first.transaction_id,))
    assert execute(batch_of(first, second)).outcomes[0].refusal is None
    assert execute(batch_of(first), batch_of(second)).outcomes[1].refusal is None
    refusal = refusal_of(execute(batch_of(second), batch_of(first)), 0)
    assert (refusal.error, refusal.transaction_id) == ("MissingDependencyError", second.transaction_id)

    decided = Decisions()
    decided.refused.add(first.transaction_id)
    assert refusal_of(execute(batch_of(second), decided=decided)).error == "MissingDependencyError"
    decided.executed.add(first.transaction_id)
    assert execute(batch_of(second), decided=decided).outcomes[0].refusal is None


@pytest.mark.parametrize(("family", "version"), [("nobody", "1.0"), (NAME, "2.0")])
def test_an_unknown_family_or_version_is_refused(family: str, version: str) -> None:
    """The refusal says what is carried."""
    refusal = refusal_of(execute(batch_of(script(["set", "k", "v"], family=family, version=version))))
    assert refusal.error == "UnknownFamilyError"
    assert f"{NAME} 1.0" in refusal.message


def test_a_crash_in_a_handler_refuses_its_transaction_in_fixed_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What went wrong may read differently from node to node, so it is only logged."""
    with caplog.at_level(logging.ERROR):
        one, other = (
            refusal_of(execute(batch(["set", "k", "v"], ["crash", text]))) for text in ("one", "other")
        )
    assert one.error == "HandlerCrashError"
    assert one.message == other.message
    assert "ZeroDivisionError: other" in caplog.text


def test_a_receipt_that_cannot_be_made_is_a_crash() -> None:
    """What a handler puts out must fit Sawtooth's receipt; a lone surrogate does not."""
    assert refusal_of(execute(batch(["event", "\ud800"]))).error == "HandlerCrashError"


def test_a_refusal_with_unencodable_or_endless_words_can_be_stored() -> None:
    """The message is cut, and what is no text is escaped."""
    message = refusal_of(execute(batch(["refuse", "\ud800" + "x" * 5000]))).message
    assert message.startswith("\\ud800xxx")
    assert len(message) <= REFUSAL_MESSAGE_CHARS_MAX + 5


def test_a_node_without_memory_gives_no_verdict() -> None:
    """What is this node's own trouble must not become a verdict that other nodes do not share."""
    with pytest.raises(MemoryError):
        execute(batch(["memory"]))


def test_a_node_whose_disk_fails_gives_no_verdict() -> None:
    """The same for state that cannot be read."""

    class Damaged(dict[str, bytes]):
        def get(self, key: str, default: object = None) -> bytes:  # type: ignore[override]
            raise CorruptStateError("damaged")

    with pytest.raises(CorruptStateError):
        execute(batch(["append", "k", "v"]), state=Damaged())


def test_a_receipt_tells_changes_events_and_data() -> None:
    """In Sawtooth's form, in the order in which the handler made them."""
    done = script(["set", "a", "1"], ["delete", "b"], ["event", "hello"], ["data", "more"])
    execution = execute(batch_of(done), state={address("b"): b"gone"})
    receipt = TransactionReceipt.FromString(
        make_receipt(done.transaction_id, execution.outcomes[0].effects[0])
    )
    assert receipt.transaction_id == done.transaction_id
    assert [(c.address, c.value, c.type) for c in receipt.state_changes] == [
        (address("a"), b"1", StateChange.SET),
        (address("b"), b"", StateChange.DELETE),
    ]
    assert receipt.events[0].event_type == "script/event"
    assert [(a.key, a.value) for a in receipt.events[0].attributes] == [("text", "hello")]
    assert (receipt.events[0].data, list(receipt.data)) == (b"data", [b"more"])


def test_an_undeclared_address_refuses_the_transaction() -> None:
    """A handler cannot reach beyond what the transaction declared."""
    undeclared = script(["set", "k", "v"], outputs=(address("other"),))
    assert refusal_of(execute(batch_of(undeclared))).error == "UndeclaredAddressError"


def test_the_signer_and_the_batcher_may_be_two() -> None:
    """A broker batches what others signed."""
    order = script(["set", "k", "v"], signer=BOB, batcher=ALICE)
    assert execute(batch_of(order, batcher=ALICE)).outcomes[0].refusal is None


def test_the_block_describes_itself_before_its_first_batch() -> None:
    """Number, previous id, and the ledger's time in whole seconds, rounded down."""
    execution = execute(batch(["set", "k", "v"]))
    info = block_info_pb2.BlockInfo.FromString(execution.changes[block_info_address(7)] or b"")
    assert (info.block_num, info.previous_block_id, info.timestamp) == (7, "p", 1_700_000_000)
    config = block_info_pb2.BlockInfoConfig.FromString(execution.changes[BLOCK_INFO_CONFIG_ADDRESS] or b"")
    assert (config.latest_block, config.oldest_block, config.target_count) == (7, 0, BLOCKS_DESCRIBED)


def test_descriptions_beyond_the_target_count_go() -> None:
    """State keeps those of the last `BLOCKS_DESCRIBED` blocks."""
    number = BLOCKS_DESCRIBED + 10
    execution = execute(batch(["set", "k", "v"]), block=BlockContext(number, "p", 0))
    assert execution.changes[block_info_address(10)] is None
    config = block_info_pb2.BlockInfoConfig.FromString(execution.changes[BLOCK_INFO_CONFIG_ADDRESS] or b"")
    assert config.oldest_block == 11
