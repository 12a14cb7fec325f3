"""Peers' batches are verified once, before they are executed."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signing.types import BatchId, SignatureCheck, SignedBatch
from signing.verification import InlineVerifier
from tests.helpers.script_family import batch, batch_of, script
from tests.helpers.single_node import START_MS, commit, open_node
from validator.journal.bundles import MalformedBundleError, OrderedPayloads, encode_bundle
from validator.journal.verified import SLICE_WORK, VerifiedBundles, VerifiedLimits
from validator.node import Node
from validator.storage import WriteBatch

BATCHES = [batch(["append", "k", str(index)]) for index in range(6)]


class CountingVerifier(InlineVerifier):
    """Counts the signatures it verifies."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    @property
    def count(self) -> int:
        """Signatures verified."""
        return sum(self.calls)

    def submit(self, checks: Sequence[SignatureCheck]) -> Future[list[bool]]:
        """Verify."""
        self.calls.append(len(checks))
        return super().submit(checks)


class SlowVerifier(CountingVerifier):
    """Gives its verdicts when it is told to, as one with processes of its own does later."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[Future[list[bool]], list[bool]]] = []

    def submit(self, checks: Sequence[SignatureCheck]) -> Future[list[bool]]:
        """Verify, and keep the verdicts back."""
        later: Future[list[bool]] = Future()
        self.waiting.append((later, super().submit(checks).result()))
        return later

    def answer(self) -> None:
        """Give all verdicts."""
        for later, verdicts in self.waiting:
            later.set_result(verdicts)


class Scene:
    """A node with verified bundles beside its pending batches."""

    def __init__(
        self, node: Node, limits: VerifiedLimits | None = None, verifier: CountingVerifier | None = None
    ) -> None:
        self.node = node
        self.verifier = verifier or CountingVerifier()
        self.verified = VerifiedBundles(node.pending, node.blocks, self.verifier, limits)

    def verify(self, *encoded: bytes) -> None:
        asyncio.run(self.verified.verify(encode_bundle(encoded)))

    def decide(self, *batch_ids: BatchId) -> None:
        self.verified.remove(self.verified.stage_removal([*batch_ids], WriteBatch()))


def scene(limits: VerifiedLimits | None = None) -> Scene:
    return Scene(open_node(), limits)


def encodings(batches: Iterable[SignedBatch]) -> list[bytes]:
    return [entry.encoded for entry in batches]


def forge(victim: SignedBatch, other: SignedBatch) -> bytes:
    """Return a batch with another's id, which its signer never signed."""
    return victim.encoded.replace(victim.batch_id.encode(), other.batch_id.encode())


def test_what_was_verified_is_found_by_its_bytes() -> None:
    """With its verdict, good or bad, and the word that it is undecided."""
    here = scene()
    forged = forge(BATCHES[0], BATCHES[1])
    here.verify(BATCHES[0].encoded, forged)
    good, bad = (here.verified.find_by_encoding(each) for each in (BATCHES[0].encoded, forged))
    assert good is not None
    assert bad is not None
    assert (good.batch, good.bad_signature, good.is_known_undecided) == (BATCHES[0], None, True)
    assert bad.bad_signature is not None
    assert here.verified.find_by_encoding(BATCHES[1].encoded) is None


def test_nothing_is_verified_twice() -> None:
    """Not what is pending, nor what came in another bundle or twice in one, nor what is known to be bad."""
    here = scene()
    here.node.submit([BATCHES[0].encoded])
    here.verify(*encodings(BATCHES[:2]))
    assert here.verifier.count == 2
    forged = forge(BATCHES[2], BATCHES[3])
    here.verify(BATCHES[1].encoded, forged, forged)
    here.verify(forged)
    assert here.verifier.count == 4


def test_what_two_calls_want_at_once_is_verified_once_and_both_wait() -> None:
    """As where execution comes upon a bundle that is being verified."""
    verifier = SlowVerifier()
    here = Scene(open_node(), verifier=verifier)
    bundle = encode_bundle(encodings(BATCHES))

    async def race() -> None:
        calls = [asyncio.create_task(here.verified.verify(bundle)) for _ in range(2)]
        for _ in range(5):
            await asyncio.sleep(0)
        assert not any(call.done() for call in calls)
        verifier.answer()
        await asyncio.gather(*calls)
        assert all(here.verified.find_by_encoding(each.encoded) for each in BATCHES)

    asyncio.run(race())
    assert verifier.count == 2 * len(BATCHES)


def test_what_is_decided_is_neither_verified_nor_kept() -> None:
    """Duplicates cost no signature, in their arrival and in their execution."""
    here = scene()
    commit(here.node, BATCHES[0])
    here.verify(BATCHES[0].encoded)
    assert here.verifier.count == 0
    assert here.verified.bytes_kept == 0


def test_what_is_decided_while_it_is_verified_is_not_kept() -> None:
    """Or it would be taken for undecided."""
    here = scene()

    async def race() -> None:
        task = asyncio.create_task(here.verified.verify(encode_bundle([BATCHES[0].encoded])))
        await asyncio.sleep(0)
        commit(here.node, BATCHES[0])
        await task

    asyncio.run(race())
    assert here.verifier.count == 2
    assert here.verified.find_by_encoding(BATCHES[0].encoded) is None


def test_a_verdict_removes_every_batch_of_its_id() -> None:
    """The good one and forged ones; others stay."""
    here = scene()
    forged = forge(BATCHES[0], BATCHES[1])
    here.verify(BATCHES[1].encoded, forged, BATCHES[2].encoded)
    here.decide(BATCHES[1].batch_id)
    assert here.verified.find_by_encoding(forged) is None
    assert here.verified.find_by_encoding(BATCHES[1].encoded) is None
    assert here.verified.bytes_kept == len(BATCHES[2].encoded)


def test_what_is_kept_is_bounded_and_the_oldest_goes() -> None:
    """Execution verifies it again."""
    here = scene(VerifiedLimits(bytes_max=2 * len(BATCHES[0].encoded)))
    here.verify(*encodings(BATCHES[:3]))
    assert here.verified.find_by_encoding(BATCHES[0].encoded) is None
    assert here.verified.find_by_encoding(BATCHES[2].encoded) is not None


def test_a_long_bundle_is_verified_in_slices() -> None:
    """So that the event loop breathes; one long batch is a slice of its own."""
    here = scene()
    long = batch_of(*(script(["set", "k", "v"], nonce=str(index)) for index in range(SLICE_WORK)))
    many = [batch(["set", "k", "v"], nonce=str(index)) for index in range(SLICE_WORK)]
    here.verify(long.encoded, *encodings(many))
    assert len(here.verifier.calls) >= 4
    assert max(here.verifier.calls) == 1 + SLICE_WORK
    assert max(here.verifier.calls[1:]) <= SLICE_WORK


def test_malformed_batches_are_passed_over_and_malformed_bundles_refused() -> None:
    """Nothing that a peer sends makes verifying fail."""
    here = scene()
    here.verify(b"junk", BATCHES[0].encoded, b"")
    assert here.verified.find_by_encoding(BATCHES[0].encoded) is not None
    with pytest.raises(MalformedBundleError):
        asyncio.run(here.verified.verify(b"\xff"))


@settings(max_examples=30, deadline=None)
@given(
    picks=st.lists(st.lists(st.integers(0, 8), max_size=6), max_size=5),
    verified=st.sets(st.integers(0, 4)),
    pending=st.sets(st.integers(0, 5)),
)
def test_a_block_is_the_same_whether_its_batches_were_verified_before_or_not(
    picks: list[list[int]], verified: set[int], pending: set[int]
) -> None:
    """Pending, come in a bundle, or first seen at execution; good, refused, forged and no batch at all."""
    pool = [
        *encodings(BATCHES[:4]),
        batch(["refuse", "no"]).encoded,
        batch(["crash", "boom"]).encoded,
        forge(BATCHES[0], BATCHES[1]),
        forge(BATCHES[2], BATCHES[5]),
        b"junk",
    ]
    plain, other = open_node(), open_node()
    here = Scene(other)
    other.ledger._verified = here.verified  # as a node in a network is built
    other.submit([pool[index] for index in sorted(pending)])
    for index, chosen in enumerate(picks, start=1):
        bundle = encode_bundle([pool[pick] for pick in chosen])
        if index in verified:
            asyncio.run(here.verified.verify(bundle))
        ordered = OrderedPayloads(0, index, START_MS, (bundle,))
        assert plain.ledger.commit(ordered) == other.ledger.commit(ordered)
    assert plain.head == other.head
    assert plain.ledger.executed_root == other.ledger.executed_root
    assert not any(
        other.blocks.is_batch_decided(each.batch_id)
        for each in other.pending.peek(batches_max=99, bytes_max=10**9)
    )
