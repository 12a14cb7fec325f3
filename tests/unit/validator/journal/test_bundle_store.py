"""Bundles on disk: by content, within each author's room, until their epoch ends."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.types import Bundle, Digest, PeerId
from validator.journal.bundle_store import BundleLimits, BundleStore
from validator.journal.bundles import BUNDLE_BATCHES_MAX, MalformedBundleError, encode_bundle
from validator.journal.errors import BundleBudgetError
from validator.storage import MemoryStore, WriteBatch

ALICE, BOB = PeerId(b"\x02" + b"a" * 32), PeerId(b"\x02" + b"b" * 32)


class WatchedStore(MemoryStore):
    """Notes which writes were synced."""

    def __init__(self) -> None:
        super().__init__()
        self.synced: list[bool] = []

    def write(self, batch: WriteBatch, *, sync: bool) -> None:
        """Write."""
        self.synced.append(sync)
        super().write(batch, sync=sync)


def bundle(*batches: bytes) -> bytes:
    return encode_bundle(batches)


def test_a_bundle_is_found_by_the_digest_of_its_bytes() -> None:
    """Own or a peer's, at once and after a restart; others are not here."""
    store = MemoryStore()
    bundles = BundleStore(store)
    own = bundles.put_own(0, [b"one", b"two"])
    data = bundle(b"three")
    theirs = bundles.put(0, data, ALICE)
    assert own == Bundle(Digest(sha256(bundle(b"one", b"two")).digest()), len(bundle(b"one", b"two")))
    assert theirs == sha256(data).digest()
    for opened in (bundles, BundleStore(store)):
        assert opened.find(own.digest) == bundle(b"one", b"two")
        assert opened.find(theirs) == data
        assert opened.has(theirs)
        assert opened.find(Digest(bytes(32))) is None
        assert not opened.has(Digest(bytes(32)))


def test_own_bundles_are_synced_and_those_of_peers_are_not() -> None:
    """A vertex must never name an own bundle that a power failure takes; a peer's is fetched again."""
    store = WatchedStore()
    bundles = BundleStore(store)
    bundles.put(0, bundle(b"theirs"), ALICE)
    bundles.put_own(0, [b"own"])
    assert store.synced == [False, True]


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x10\x01", encode_bundle([b""] * (BUNDLE_BATCHES_MAX + 1))])
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    """Nothing, junk, a bundle without a batch, one with too many; every node refuses the same."""
    store = MemoryStore()
    with pytest.raises(MalformedBundleError):
        BundleStore(store).put(0, data, ALICE)
    assert not list(store.iterate())


def test_an_own_bundle_holds_a_batch() -> None:
    """A vertex that carries nothing names no bundle."""
    with pytest.raises(MalformedBundleError, match="without a batch"):
        BundleStore(MemoryStore()).put_own(0, [])


def test_an_authors_room_is_bounded_until_its_bundles_are_committed() -> None:
    """Another author's is its own; what the ordering wants is taken in any case."""
    bundles = BundleStore(MemoryStore(), BundleLimits(undecided_bytes_max=20))
    first = bundles.put(0, bundle(b"0123456789"), ALICE)
    with pytest.raises(BundleBudgetError, match="20 bytes"):
        bundles.put(0, bundle(b"9876543210"), ALICE)
    bundles.put(0, bundle(b"bobs bytes"), BOB)
    bundles.put(0, bundle(b"is wanted."), ALICE, is_wanted=True)
    bundles.mark_committed(first)
    bundles.mark_committed(first)
    assert bundles.undecided_bytes(ALICE) == 12


def test_a_bundle_that_is_here_takes_no_room_again() -> None:
    """Neither from its author nor from who sends it again."""
    bundles = BundleStore(MemoryStore())
    data = bundle(b"0123456789")
    bundles.put(0, data, ALICE)
    bundles.put(0, data, BOB)
    bundles.put(1, data, BOB)
    assert (bundles.undecided_bytes(ALICE), bundles.undecided_bytes(BOB)) == (12, 0)


def test_an_epochs_bundles_go_with_it_unless_they_came_in_another() -> None:
    """And give their room back."""
    store = MemoryStore()
    bundles = BundleStore(store)
    old = bundles.put(0, bundle(b"old"), ALICE)
    both = bundles.put(0, bundle(b"both"), ALICE)
    bundles.put(1, bundle(b"both"), ALICE)
    assert bundles.forget_epoch(0) == 1
    assert not bundles.has(old)
    assert bundles.find(old) is None
    assert bundles.find(both) == bundle(b"both")
    assert bundles.forget_epoch(1) == 1
    assert bundles.undecided_bytes(ALICE) == 0
    assert not list(store.iterate())


CONTENTS = st.sampled_from([b"a", b"bb", b"ccc" * 9, b"dd" * 20])
ACTIONS = st.lists(
    st.tuples(st.just("put"), st.integers(0, 2), CONTENTS)
    | st.tuples(st.just("commit"), st.just(0), CONTENTS)
    | st.tuples(st.just("forget"), st.integers(0, 2), st.just(b"")),
    max_size=30,
)


@given(actions=ACTIONS, recent_bytes_max=st.integers(0, 60))
def test_what_was_put_and_not_forgotten_is_here(
    actions: list[tuple[str, int, bytes]], recent_bytes_max: int
) -> None:
    """However little is kept in memory; room taken is that of bundles here and not committed."""
    bundles = BundleStore(MemoryStore(), BundleLimits(recent_bytes_max=recent_bytes_max))
    here: dict[bytes, set[int]] = {}
    undecided: set[bytes] = set()
    for action, epoch, content in actions:
        data = bundle(content)
        match action:
            case "put":
                if not here.get(data):
                    undecided.add(data)
                bundles.put(epoch, data, ALICE)
                here.setdefault(data, set()).add(epoch)
            case "commit":
                bundles.mark_committed(Digest(sha256(data).digest()))
                undecided.discard(data)
            case "forget":
                bundles.forget_epoch(epoch)
                for each, epochs in here.items():
                    epochs.discard(epoch)
                    if not epochs:
                        undecided.discard(each)
        for each, epochs in here.items():
            digest = Digest(sha256(each).digest())
            assert bundles.has(digest) == bool(epochs)
            assert bundles.find(digest) == (each if epochs else None)
        assert bundles.undecided_bytes(ALICE) == sum(map(len, undecided))


def test_memory_holds_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those used last are served without reading the disk."""
    store = MemoryStore()
    bundles = BundleStore(store, BundleLimits(recent_bytes_max=30))
    first, second, third = (bundles.put(0, bundle(name * 10), ALICE) for name in (b"1", b"2", b"3"))
    reads: list[Any] = []
    get = store.get
    monkeypatch.setattr(store, "get", lambda key: reads.append(key) or get(key))
    assert bundles.find(third)
    assert bundles.find(second)
    assert not reads
    assert bundles.find(first)
    assert len(reads) == 1
    assert bundles.find(second)
    assert len(reads) == 1


def test_a_bundle_kept_for_a_later_epoch_outlives_its_own() -> None:
    """Kept twice is kept once; what is not here is not kept, and does not come to be."""
    bundles = BundleStore(MemoryStore())
    own = bundles.put_own(0, [b"one"])
    unknown = Digest(bytes(32))
    for _ in range(2):
        bundles.keep(3, own.digest)
        bundles.keep(3, unknown)
    assert not bundles.forget_before(3)
    assert bundles.has(own.digest)
    assert not bundles.has(unknown)
    assert bundles.forget_before(4) == 1
    assert not bundles.has(own.digest)


def test_all_epochs_before_one_are_forgotten() -> None:
    """A node that leaps over epochs leaves none of them behind."""
    bundles = BundleStore(MemoryStore())
    digests = [bundles.put(epoch, bundle(b"%d" % epoch), ALICE) for epoch in range(4)]
    assert bundles.forget_before(3) == 3
    assert [bundles.has(digest) for digest in digests] == [False, False, False, True]
