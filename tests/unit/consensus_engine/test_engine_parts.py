"""The parts of the engine's loop, each by itself."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from consensus_engine.api import BUNDLES_ASKED_MAX, BundleArrived, OrderedCommit
from consensus_engine.drivers import inbox as inbox_module
from consensus_engine.drivers.bundles_here import CommitGate, KnownBundles
from consensus_engine.drivers.engine_clock import EngineClock
from consensus_engine.drivers.inbox import Inbox
from consensus_engine.drivers.turn_draft import EvidenceReported, TurnDraft, encode_send, order_commit
from consensus_engine.effects import Effects, Send
from consensus_engine.log_records import VertexLogged
from consensus_engine.message_codec import MESSAGE_BYTES_MAX, decode_message
from consensus_engine.messages import Announce, StatusRequest
from consensus_engine.types import (
    AuthorityIndex,
    BlockProposal,
    Bundle,
    Checkpoint,
    Commit,
    CommitIndex,
    CommittedSubDag,
    CommitVote,
    Digest,
    Epoch,
    Payload,
    Round,
    TimestampMs,
    Vertex,
)
from consensus_engine.vertex_codec import CANDIDATES_MAX, COMMIT_VOTES_MAX, make_evidence, make_vertex
from tests.helpers.consensus import make_context
from tests.helpers.engines import SmallNetwork

CONTEXT = make_context()
COMMITTEES = {Epoch(0): CONTEXT.committee}
NONE_EXECUTED = (Epoch(0), CommitIndex(0))
ONE, TWO, THREE = (Digest(bytes((number,)) * 32) for number in (1, 2, 3))
ANN, BEN = CONTEXT.committee.members[0].public_key, CONTEXT.committee.members[1].public_key


BUNDLE = Bundle(ONE, 9)


def vertex_of(author: int, payload: Payload = BUNDLE, *, checkpoints: int = 0) -> Vertex:
    """Return a vertex of round 1."""
    return make_vertex(
        chain_id=CONTEXT.chain_id,
        epoch=Epoch(0),
        round=Round(1),
        author=AuthorityIndex(author),
        timestamp_ms=TimestampMs(1),
        parents=tuple(each.ref for each in CONTEXT.genesis),
        payload=payload,
        checkpoints=tuple(Checkpoint(n, bytes(64), bytes(32), bytes(64)) for n in range(checkpoints)),
    )


def commit_of(index: int, *vertices: Vertex) -> CommittedSubDag:
    """Return a commit of vertices."""
    refs = tuple(each.ref for each in vertices)
    commit = Commit(Epoch(0), CommitIndex(index), ONE, refs[-1], TimestampMs(5), refs)
    return CommittedSubDag(commit, TWO, vertices)


# --- Clock ------------------------------------------------------------------------------------------------


def test_clock_that_is_set_back_goes_on_by_the_monotonic_one() -> None:
    """The engine's time never goes back, and follows the clock again once it has caught up."""
    wall_ms, monotonic_s = [5_000], [10.0]
    clock = EngineClock(lambda: wall_ms[0], lambda: monotonic_s[0])
    shown = []
    for wall, monotonic in [(5_100, 10.1), (2_000, 10.1), (2_250, 10.35), (2_300, 10.4), (6_000, 11.0)]:
        wall_ms[0], monotonic_s[0] = wall, monotonic
        shown.append(clock.now_ms())

    assert shown[0] == shown[1] == 5_100
    assert shown[2] in (5_349, 5_350)
    assert shown[3] in (5_399, 5_400)
    assert shown[4] == 6_000


# --- Inbox ------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_full_inbox_makes_the_reader_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue has a bound, and nothing is lost at it."""
    monkeypatch.setattr(inbox_module, "WAITING_MAX", 2)
    inbox = Inbox()
    notifications = [BundleArrived(ONE), BundleArrived(TWO), BundleArrived(THREE)]

    async def fill() -> None:
        for each in notifications:
            await inbox.put(each)

    filling = asyncio.create_task(fill())
    await asyncio.sleep(0.01)
    assert not filling.done()

    taken = await inbox.take(10, 1)
    taken += await inbox.take(10, 1)
    assert taken == notifications
    await filling


@pytest.mark.asyncio
async def test_inbox_gives_what_waits_before_it_fails() -> None:
    """What came before the end is not lost."""
    inbox = Inbox()
    await inbox.put(BundleArrived(ONE))
    inbox.fail(ValueError("over"))

    assert await inbox.take(10, None) == [BundleArrived(ONE)]
    with pytest.raises(ValueError, match="over"):
        await inbox.take(10, None)


@pytest.mark.asyncio
async def test_inbox_waits_no_longer_than_it_may() -> None:
    """The core has timers."""
    assert await Inbox().take(10, 0.01) == []
    assert await Inbox().take(10, 0) == []


# --- Bundles ----------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_validator_is_asked_once_about_a_bundle_that_is_here(tmp_path: Path) -> None:
    """And about as many at a time as it answers."""
    validator = SmallNetwork(tmp_path).validators[0]
    validator.keep(ONE, b"a=1")
    asked: list[int] = []
    find = validator.find_absent

    async def count(digests: list[Digest]) -> frozenset[Digest]:
        asked.append(len(digests))
        return await find(digests)

    validator.find_absent = count  # type: ignore[method-assign,assignment]
    bundles = KnownBundles(validator)
    others = [Digest(number.to_bytes(32, "big")) for number in range(BUNDLES_ASKED_MAX + 5)]

    assert await bundles.find_absent([ONE, TWO, TWO]) == {TWO}
    assert await bundles.find_absent([ONE]) == frozenset()
    assert await bundles.find_absent(others) == set(others)
    assert asked == [2, BUNDLES_ASKED_MAX, 5]


@pytest.mark.asyncio
async def test_commit_waits_for_its_bundles_and_later_ones_for_it(tmp_path: Path) -> None:
    """Execution is handed commits in order, with all that they name here."""
    validator = SmallNetwork(tmp_path).validators[0]
    validator.keep(TWO, b"a=1")
    gate = CommitGate(KnownBundles(validator))
    first = OrderedCommit(Epoch(0), CommitIndex(1), TimestampMs(1), (ONE,), (ANN,))
    second = OrderedCommit(Epoch(0), CommitIndex(2), TimestampMs(2), (TWO,), (BEN,))

    wanted = await gate.add([first, second], [BEN])
    assert [(each.digest, each.holders) for each in wanted] == [(ONE, (ANN, BEN))]
    assert gate.is_awaited(ONE)
    assert gate.release() == []

    gate.arrive(ONE)
    assert gate.release() == [first, second]
    assert gate.release() == []


# --- Turns ------------------------------------------------------------------------------------------------


def test_commit_names_each_bundle_once_with_who_carried_it_first() -> None:
    """Two authors may carry one bundle: it is executed where it comes first."""
    ordered = order_commit(
        commit_of(1, vertex_of(1), vertex_of(0), vertex_of(2, Bundle(TWO, 4))), CONTEXT.committee
    )

    assert ordered.bundles == (ONE, TWO)
    assert ordered.authors == (BEN, CONTEXT.committee.members[2].public_key)


def test_commits_that_are_executed_are_not_handed_on() -> None:
    """Execution has made them durable."""
    draft = TurnDraft()
    effects = Effects(commits=(commit_of(1, vertex_of(0)), commit_of(2, vertex_of(1))))
    draft.add(effects, COMMITTEES, (Epoch(0), CommitIndex(1)), EvidenceReported())

    assert [each.index for each in draft.make().commits] == [2]


def test_accepted_vertices_bring_checkpoints_and_each_proof_once() -> None:
    """A proof of equivocation may stand in many vertices."""
    proof = make_evidence(vertex_of(3), vertex_of(3, Bundle(TWO, 4)))
    carriers = [replace(vertex_of(author, checkpoints=2), evidence=(proof,)) for author in (0, 1)]
    draft, reported = TurnDraft(), EvidenceReported()
    for carrier in carriers:
        draft.add(Effects(persist=(VertexLogged(carrier),)), COMMITTEES, NONE_EXECUTED, reported)
    turn = draft.make()

    assert turn.evidence == (proof,)
    assert [(each.author, each.checkpoint.block_number) for each in turn.checkpoints] == [
        (ANN, 0),
        (ANN, 1),
        (BEN, 0),
        (BEN, 1),
    ]


def test_turn_takes_one_offered_bundle_and_is_full_then() -> None:
    """A turn has room for one; the next goes with the next."""
    draft = TurnDraft()
    draft.add(Effects(taken=Bundle(ONE, 9)), COMMITTEES, NONE_EXECUTED, EvidenceReported())

    assert draft.is_full
    assert draft.make().taken == ONE


def test_message_over_the_limit_goes_in_parts() -> None:
    """All its vertices arrive, in messages that a peer accepts."""
    ids = tuple(number.to_bytes(64, "big") for number in range(CANDIDATES_MAX))
    light, heavy = vertex_of(0), vertex_of(0, BlockProposal(b"", b"", ids, ids), checkpoints=100)
    votes = tuple(CommitVote(CommitIndex(index), ONE) for index in range(COMMIT_VOTES_MAX))
    heavy = replace(heavy, parents=heavy.parents * 32, commit_votes=votes)

    assert len(encode_send(Send(None, Epoch(0), Announce((light,) * 256)))) == 1
    parts = encode_send(Send(ANN, Epoch(0), Announce((heavy,) * 256)))
    assert len(parts) > 1
    assert all(len(part.data) <= MESSAGE_BYTES_MAX for part in parts)
    decoded = [decode_message(part.data)[1] for part in parts]
    assert sum(len(each.vertices) for each in decoded if isinstance(each, Announce)) == 256


def test_message_names_the_bundles_of_its_vertices() -> None:
    """The validator sends them along."""
    carrying = encode_send(Send(None, Epoch(0), Announce((vertex_of(0), vertex_of(1)))))

    assert [part.bundles for part in carrying] == [(ONE,)]
    assert encode_send(Send(None, Epoch(0), StatusRequest(1)))[0].bundles == ()
