"""Own bundles are offered one at a time, and no batch is ever left behind."""

from collections.abc import Sequence
from hashlib import sha256

from consensus_engine.types import Bundle, Digest, Epoch
from tests.helpers.signed_messages import make_batch
from tests.helpers.waiting_batches import WaitingBatches
from validator.host.bundling import UNCOMMITTED_MAX, BundleLimits, Bundling

PACE_MS = 100


class Store:
    """Bundles by digest."""

    def __init__(self) -> None:
        self.kept: dict[Digest, tuple[bytes, ...]] = {}
        self.kept_for: list[tuple[int, Digest]] = []

    def keep(self, epoch: int, digest: Digest) -> None:
        self.kept_for.append((epoch, digest))

    def put_own(self, epoch: int, encoded_batches: Sequence[bytes]) -> Bundle:
        data = b"".join(encoded_batches)
        digest = Digest(sha256(data).digest())
        self.kept[digest] = tuple(encoded_batches)
        return Bundle(digest, len(data))


class Scene:
    """Bundling with what surrounds it."""

    def __init__(self, count: int, batches_max: int = 2) -> None:
        self.pending = WaitingBatches(make_batch(1, nonce=str(each)) for each in range(count))
        self.store = Store()
        self.offers: list[Bundle] = []
        self.keeps_up = True
        self.bundling = Bundling(
            self.pending,
            self.store,
            BundleLimits(batches_max),
            PACE_MS,
            lambda: self.keeps_up,
            self.offers.append,
        )
        self.bundling.is_open = True

    def run(self, now_ms: int) -> None:
        self.bundling.run(Epoch(0), now_ms)


def test_the_first_batch_is_offered_at_once_and_nothing_more_until_it_is_taken() -> None:
    """An idle network wakes with the first batch; an offer stands until a vertex takes it."""
    scene = Scene(3)
    scene.run(0)
    scene.run(10 * PACE_MS)
    assert len(scene.offers) == 1
    assert len(scene.store.kept[scene.offers[0].digest]) == 2


def test_the_next_bundle_is_made_a_pace_after_one_was_taken() -> None:
    """Under load a bundle gathers what a round brings."""
    scene = Scene(3)
    scene.run(0)
    scene.bundling.taken(scene.offers[0].digest, 50)
    scene.run(50 + PACE_MS - 1)
    assert len(scene.offers) == 1
    assert scene.bundling.find_due_ms() == 50 + PACE_MS
    scene.run(50 + PACE_MS)
    assert len(scene.offers) == 2


def test_batches_of_a_bundle_that_comes_back_wait_again() -> None:
    """Whether its vertex was lost, or it was executed and some batches got no verdict."""
    scene = Scene(2)
    scene.run(0)
    digest = scene.offers[0].digest
    scene.bundling.taken(digest, 0)
    assert scene.pending.untaken == 0
    scene.bundling.settle(digest)
    assert scene.pending.untaken == 2


def test_an_offer_that_comes_back_untaken_frees_the_place() -> None:
    """As at the end of an epoch whose next committee lacks this node."""
    scene = Scene(2)
    scene.run(0)
    scene.bundling.settle(scene.offers[0].digest)
    scene.run(1)
    assert len(scene.offers) == 2


def test_a_new_engine_is_offered_what_the_last_one_was() -> None:
    """An engine that restarts has forgotten the offer; the batches are marked as taken."""
    scene = Scene(2)
    scene.run(0)
    scene.bundling.offer_again()
    assert scene.offers[0] == scene.offers[1]


def test_a_node_whose_execution_lags_puts_nothing_forward_until_it_has_caught_up() -> None:
    """Otherwise what is ordered would pile up in front of the slowest part."""
    scene = Scene(1)
    scene.keeps_up = False
    scene.run(0)
    assert scene.offers == []
    scene.keeps_up = True
    scene.run(1)
    assert len(scene.offers) == 1


def test_nothing_is_offered_while_closed_or_while_too_much_is_on_its_way() -> None:
    """A node outside the committee writes no vertices; one far ahead of execution waits for it."""
    scene = Scene(UNCOMMITTED_MAX + 2, batches_max=1)
    scene.bundling.is_open = False
    scene.run(0)
    assert scene.offers == []
    scene.bundling.is_open = True
    for turn in range(UNCOMMITTED_MAX + 1):
        scene.run(turn * PACE_MS)
        scene.bundling.taken(scene.offers[-1].digest, turn * PACE_MS)
    assert len(scene.offers) == UNCOMMITTED_MAX
    scene.bundling.settle(scene.offers[0].digest)
    scene.run(UNCOMMITTED_MAX * PACE_MS * 2)
    assert len(scene.offers) == UNCOMMITTED_MAX + 1


def test_an_offered_bundle_is_kept_for_the_epoch_that_begins_before_it_is_taken() -> None:
    """Else it would go with the epoch it was made in, and no peer could accept the vertex that names it."""
    scene = Scene(1)
    scene.run(0)
    scene.bundling.enter_epoch(Epoch(2))
    assert scene.store.kept_for == [(2, scene.offers[0].digest)]


def test_nothing_is_kept_for_an_epoch_while_nothing_is_offered() -> None:
    """What a vertex carries already is of that vertex's epoch."""
    scene = Scene(1)
    scene.run(0)
    scene.bundling.taken(scene.offers[0].digest, 0)
    scene.bundling.enter_epoch(Epoch(2))
    assert scene.store.kept_for == []
