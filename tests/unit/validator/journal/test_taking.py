"""Taking what is pending, in fair shares, and giving it back."""

from hypothesis import given
from hypothesis import strategies as st

from signing.keys import PrivateKey
from signing.types import BatchId, SignedBatch, TransactionId
from tests.helpers.script_family import ALICE, BOB, batch_of, script
from validator.journal.pending import DEPENDENCY_WAIT_MS_MAX, PendingBatches
from validator.storage import MemoryStore, WriteBatch

CAROL = PrivateKey.for_demo("carol")
SENDERS = (ALICE, BOB, CAROL)
POOL = {
    (sender, index): batch_of(
        script(["set", "k", str(index)], signer=SENDERS[sender]), batcher=SENDERS[sender]
    )
    for sender in range(3)
    for index in range(6)
}


class Chain:
    """What the chain has decided."""

    def __init__(self) -> None:
        self.batches: set[BatchId] = set()
        self.transactions: set[TransactionId] = set()

    def is_batch_decided(self, batch_id: BatchId) -> bool:
        return batch_id in self.batches

    def is_transaction_decided(self, transaction_id: TransactionId) -> bool:
        return transaction_id in self.transactions

    def is_transaction_executed(self, transaction_id: TransactionId) -> bool:
        raise NotImplementedError


class Scene:
    """Pending batches, a chain that decides them, and a clock that somebody moves."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.chain = Chain()
        self.now_ms = 0
        self.pending = PendingBatches(self.store, self.chain, now_ms=lambda: self.now_ms)

    def take(self, batches_max: int = 1000, bytes_max: int = 10**9) -> list[SignedBatch]:
        return self.pending.take(batches_max=batches_max, bytes_max=bytes_max)

    def give_back(self, *batches: SignedBatch) -> None:
        self.pending.give_back([entry.batch_id for entry in batches])

    def decide(self, *batches: SignedBatch) -> None:
        for entry in batches:
            self.chain.batches.add(entry.batch_id)
            self.chain.transactions |= {each.transaction_id for each in entry.transactions}
        write = WriteBatch()
        removed = self.pending.stage_removal([entry.batch_id for entry in batches], write)
        self.store.write(write, sync=True)
        self.pending.remove(removed)


def of(sender: PrivateKey, index: int) -> SignedBatch:
    return POOL[SENDERS.index(sender), index]


def depending_on(first: SignedBatch, *, signer: PrivateKey = BOB) -> SignedBatch:
    dependency = first.transactions[0].transaction_id
    return batch_of(script(["set", "k", "v"], signer=signer, dependencies=(dependency,)), batcher=signer)


def test_what_is_taken_is_not_taken_again() -> None:
    """Until it is decided or given back."""
    scene = Scene()
    scene.pending.add([of(ALICE, 0), of(ALICE, 1)])
    assert scene.pending.untaken == 2
    assert scene.take(batches_max=1) == [of(ALICE, 0)]
    assert scene.pending.untaken == 1
    assert scene.take() == [of(ALICE, 1)]
    assert scene.take() == []
    assert len(scene.pending) == 2


def test_senders_take_turns() -> None:
    """Who sends much does not delay who sends little; the turn is remembered from taking to taking."""
    scene = Scene()
    scene.pending.add([*(of(ALICE, index) for index in range(4)), of(BOB, 0), of(CAROL, 0)])
    assert scene.take(batches_max=2) == [of(ALICE, 0), of(BOB, 0)]
    assert scene.take() == [of(CAROL, 0), of(ALICE, 1), of(ALICE, 2), of(ALICE, 3)]


def test_taking_is_bounded_by_bytes_but_one_goes_in_any_case() -> None:
    """Or a long batch would wait for ever; what does not fit keeps its turn."""
    scene = Scene()
    scene.pending.add([of(ALICE, 0), of(BOB, 0), of(ALICE, 1)])
    assert scene.take(bytes_max=1) == [of(ALICE, 0)]
    assert scene.take(bytes_max=len(of(BOB, 0).encoded)) == [of(BOB, 0)]


def test_what_is_given_back_takes_its_old_place() -> None:
    """Before what came after it; ids that are decided, unknown or not taken change nothing."""
    scene = Scene()
    scene.pending.add([of(ALICE, index) for index in range(3)])
    first, second = scene.take(batches_max=2)
    scene.decide(second)
    scene.give_back(first, second, of(ALICE, 2), of(BOB, 5), first)
    assert scene.pending.untaken == 2
    assert scene.take() == [first, of(ALICE, 2)]


def test_nothing_is_taken_after_a_restart() -> None:
    """What was put forward before may be so again; it has one verdict all the same."""
    scene = Scene()
    scene.pending.add([of(ALICE, 0), of(BOB, 0)])
    scene.take()
    reopened = PendingBatches(scene.store, scene.chain)
    assert reopened.take(batches_max=9, bytes_max=10**9) == [of(ALICE, 0), of(BOB, 0)]


def test_a_batch_goes_behind_what_it_depends_on() -> None:
    """Also where its sender's turn comes first."""
    scene = Scene()
    first = of(ALICE, 0)
    second = depending_on(first)
    scene.pending.add([second, first])
    assert scene.take() == [first, second]


def test_a_batch_goes_once_what_it_depends_on_is_on_its_way() -> None:
    """Own bundles are executed in the order in which they were made."""
    scene = Scene()
    scene.pending.add([of(ALICE, 0)])
    scene.take()
    second = depending_on(of(ALICE, 0))
    scene.pending.add([second])
    assert scene.take() == [second]


def test_a_batch_waits_for_what_is_not_here_and_only_its_sender_waits_with_it() -> None:
    """It goes once the chain has decided what it depends on, be it by another node's bundle."""
    scene = Scene()
    elsewhere = of(ALICE, 0)
    waiting = depending_on(elsewhere, signer=BOB)
    scene.pending.add([waiting, of(BOB, 1), of(CAROL, 0)])
    assert scene.take() == [of(CAROL, 0)]
    assert scene.pending.untaken == 2
    scene.decide(elsewhere)
    assert scene.take() == [waiting, of(BOB, 1)]


def test_a_batch_does_not_wait_for_ever() -> None:
    """After the time allowed it goes, and execution refuses it."""
    scene = Scene()
    waiting = depending_on(of(ALICE, 0))
    scene.pending.add([waiting])
    assert scene.take() == []
    scene.now_ms = DEPENDENCY_WAIT_MS_MAX - 1
    assert scene.take() == []
    scene.now_ms = DEPENDENCY_WAIT_MS_MAX
    assert scene.take() == [waiting]


def test_a_batch_waits_no_longer_because_one_behind_it_is_decided() -> None:
    """As happens where its sender has sent the later one to another node as well."""
    scene = Scene()
    waiting = depending_on(of(ALICE, 0), signer=BOB)
    scene.pending.add([waiting, of(BOB, 1), of(BOB, 2)])
    assert scene.take() == []
    scene.now_ms = DEPENDENCY_WAIT_MS_MAX
    scene.decide(of(BOB, 1))
    assert scene.take() == [waiting, of(BOB, 2)]


def test_a_batch_that_depends_on_its_own_transactions_goes_at_once() -> None:
    """What comes first in a batch is executed first."""
    scene = Scene()
    first = script(["set", "a", "1"])
    second = script(["set", "b", "2"], dependencies=(first.transaction_id,))
    scene.pending.add([batch_of(first, second)])
    assert len(scene.take()) == 1


KEYS = st.sampled_from(sorted(POOL))
ACTIONS = st.lists(
    st.tuples(st.just("add"), KEYS)
    | st.tuples(st.just("take"), st.integers(1, 4))
    | st.tuples(st.just("give_back"), KEYS)
    | st.tuples(st.just("decide"), KEYS),
    max_size=40,
)


@given(actions=ACTIONS)
def test_every_undecided_batch_is_either_taken_or_waits_in_its_senders_order(
    actions: list[tuple[str, object]],
) -> None:
    """Whatever happens: none is lost, none taken twice, and no sender has two more than another's share."""
    scene = Scene()
    here: list[SignedBatch] = []  # undecided, by arrival
    taken: set[BatchId] = set()
    for action, what in actions:
        match action, what:
            case "add", key if POOL[key].batch_id not in scene.chain.batches:
                scene.pending.add([POOL[key]])
                here += [POOL[key]] if POOL[key] not in here else []
            case "take", int(count):
                waiting = [entry for entry in here if entry.batch_id not in taken]
                chosen = scene.take(batches_max=count)
                assert len(chosen) == min(count, len(waiting))
                for sender in SENDERS:
                    own = [each for each in waiting if each.signer_public_key == sender.public_key.hex]
                    share = [each for each in chosen if each.signer_public_key == sender.public_key.hex]
                    assert share == own[: len(share)]
                    assert len(share) >= min(len(own), count // len(SENDERS))
                taken |= {entry.batch_id for entry in chosen}
            case "give_back", key:
                scene.give_back(POOL[key])
                taken.discard(POOL[key].batch_id)
            case "decide", key:
                scene.decide(POOL[key])
                here = [entry for entry in here if entry != POOL[key]]
                taken.discard(POOL[key].batch_id)
        assert scene.pending.untaken == len(here) - len(taken)
    assert {entry.batch_id for entry in scene.take()} == {entry.batch_id for entry in here} - taken
