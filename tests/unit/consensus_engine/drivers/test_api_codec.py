"""What an engine and its validator say crosses the wire unchanged, and nothing else does."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consensus_engine.api import (
    MESSAGE_BYTES_MAX,
    Alert,
    BundleArrived,
    BundleOffered,
    BundleRefused,
    BundleWanted,
    ChainSynced,
    CommitDone,
    EpochInfo,
    Executed,
    Notification,
    OrderedCommit,
    Outgoing,
    PeerMessage,
    Progress,
    Registration,
    SeenCheckpoint,
    SuperNode,
    Turn,
    Welcome,
)
from consensus_engine.drivers import api_codec as codec
from consensus_engine.drivers.turn_codec import split_turn
from consensus_engine.effects import Alarm, LedgerBlock
from consensus_engine.errors import MalformedBytesError
from consensus_engine.types import (
    Bundle,
    CommitIndex,
    Digest,
    Epoch,
    Evidence,
    PeerId,
    SignedHeader,
    TimestampMs,
)
from protos.consensus import consensus_pb2 as pb
from tests.helpers.consensus import checkpoints, digests, signatures, u64

keys = st.binary(min_size=33, max_size=33).map(PeerId)
roots = st.binary(min_size=32, max_size=32)
epochs = u64.map(Epoch)
indices = u64.map(CommitIndex)
times = u64.map(TimestampMs)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
digest_lists = st.lists(digests, max_size=4).map(tuple)
blocks = st.builds(LedgerBlock, u64, st.binary(min_size=64, max_size=64), roots)
executions = st.builds(Executed, epochs, indices, roots, roots, u64, st.none() | blocks)
headers = st.builds(SignedHeader, digests, epochs, u64, st.integers(0, 2**16 - 1), times, digests, signatures)
notifications: st.SearchStrategy[Notification] = st.one_of(
    st.builds(PeerMessage, keys, st.binary(max_size=50), digest_lists),
    st.builds(BundleArrived, digests),
    st.builds(BundleRefused, digests),
    st.builds(BundleOffered, st.builds(Bundle, digests, st.integers(1, 2**64 - 1))),
    st.builds(CommitDone, executions),
    st.builds(ChainSynced, executions),
)


@st.composite
def commits(draw: st.DrawFn) -> OrderedCommit:
    bundles = draw(digest_lists)
    authors = tuple(draw(keys) for _ in bundles)
    return OrderedCommit(draw(epochs), draw(indices), draw(times), bundles, authors)


def tuples(entries: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(entries, max_size=3).map(tuple)


turns = st.builds(
    Turn,
    epoch=st.none()
    | st.builds(
        EpochInfo,
        epochs,
        tuples(st.builds(SuperNode, keys, u64)),
        st.integers(0, 2**32 - 1),
        times,
        st.binary(max_size=20),
    ),
    send=tuples(st.builds(Outgoing, st.none() | keys, st.binary(max_size=50), digest_lists)),
    wanted=tuples(st.builds(BundleWanted, digests, tuples(keys))),
    commits=tuples(commits()),
    taken=st.none() | digests,
    returned=digest_lists,
    checkpoints=tuples(st.builds(SeenCheckpoint, keys, epochs, checkpoints)),
    evidence=tuples(st.builds(Evidence, headers, headers)),
    alerts=tuples(st.builds(Alert, st.sampled_from(Alarm), texts, st.none() | keys)),
    sync_to=st.binary(max_size=20),
    halted=texts,
    progress=st.none() | st.builds(Progress, u64, indices, indices, st.none() | keys, u64, st.booleans()),
)


@given(st.lists(turns, max_size=3))
def test_joined_turns_are_read_as_they_were_written(written: list[Turn]) -> None:
    """A frame is the concatenation of frames with one turn each."""
    assert list(codec.decode_turns(b"".join(map(codec.encode_turn, written)))) == written


@given(st.lists(notifications, max_size=5))
def test_joined_notifications_are_read_as_they_were_written(written: list[Notification]) -> None:
    """A frame is the concatenation of frames with one notification each."""
    frame = b"".join(map(codec.encode_notification, written))
    assert list(codec.decode_notifications(frame)) == written


@given(st.builds(Registration, keys, st.integers(1, 2**64 - 1), signatures))
def test_registration_is_read_as_it_was_written(registration: Registration) -> None:
    """In the first frame of an engine."""
    assert codec.decode_registration(codec.encode_registration(registration)) == registration


@given(st.builds(Welcome, texts, keys, times, executions))
def test_welcome_is_read_as_it_was_written(welcome: Welcome) -> None:
    """In the first frame of a validator."""
    assert codec.decode_welcome(codec.encode_welcome(welcome)) == welcome


@given(
    st.lists(st.none() | st.binary(max_size=9)), st.lists(st.none() | texts), blocks, st.frozensets(digests)
)
def test_answers_are_read_as_they_were_written(
    entries: list[bytes | None], values: list[str | None], block: LedgerBlock, absent: frozenset[Digest]
) -> None:
    """What is not there stays apart from what is empty."""
    assert codec.decode_state(codec.encode_state(entries), len(entries)) == tuple(entries)
    assert codec.decode_settings(codec.encode_settings(values), len(values)) == tuple(values)
    assert codec.decode_head(codec.encode_head(block)) == block
    assert codec.decode_absent(codec.encode_absent(absent)) == absent


@given(turns, st.integers(1, 2000))
def test_split_turn_says_the_same_in_the_same_order(turn: Turn, bytes_target: int) -> None:
    """Each piece is a turn, and field order is the order of what is done."""
    pieces = list(split_turn(turn, bytes_target))

    assert said_by(pieces) == said_by([turn])


def said_by(pieces: list[Turn]) -> list[tuple[str, object]]:
    """Return what turns do, in the order they do it."""
    said: list[tuple[str, object]] = []
    for turn in pieces:
        for field in Turn.__dataclass_fields__:
            value = getattr(turn, field)
            said += [(field, entry) for entry in value] if isinstance(value, tuple) else [(field, value)]
    return [(field, entry) for field, entry in said if entry not in (None, b"", "")]


def test_small_turn_is_not_split() -> None:
    """Even one that says nothing stays one turn."""
    assert list(split_turn(Turn(), 1)) == [Turn()]
    both = Turn(returned=(Digest(b"1" * 32), Digest(b"2" * 32)), halted="why")
    assert list(split_turn(both, 1000)) == [both]


decoders = st.sampled_from(
    [
        codec.decode_registration,
        codec.decode_welcome,
        codec.decode_turns,
        codec.decode_notifications,
        codec.decode_find_absent,
        codec.decode_get_state,
        codec.decode_get_settings,
        codec.decode_get_head,
        codec.decode_absent,
        codec.decode_head,
        lambda data: codec.decode_state(data, 1),
        lambda data: codec.decode_settings(data, 1),
    ]
)


@settings(max_examples=300)
@given(decoders, st.binary(max_size=60) | turns.map(codec.encode_turn), st.data())
def test_garbage_is_malformed_and_nothing_else(decode: object, data: bytes, draw: st.DataObject) -> None:
    """Random bytes, and messages with a byte changed, are read or refused."""
    if data:
        at = draw.draw(st.integers(0, len(data) - 1))
        data = data[:at] + bytes((draw.draw(st.integers(0, 255)),)) + data[at + 1 :]
    try:
        assert callable(decode)
        decode(data)
    except MalformedBytesError:
        pass


KEY = PeerId(b"k" * 33)
DIGEST = Digest(b"d" * 32)
COMMIT = OrderedCommit(Epoch(0), CommitIndex(1), TimestampMs(1), (DIGEST,), (KEY,))


@pytest.mark.parametrize(
    ("turn", "field"),
    [
        (Turn(send=(Outgoing(PeerId(b"short"), b""),)), "to"),
        (Turn(send=(Outgoing(None, bytes(MESSAGE_BYTES_MAX + 1)),)), "data"),
        (Turn(send=(Outgoing(None, b"", (Digest(b"short"),)),)), "bundles"),
        (Turn(wanted=(BundleWanted(DIGEST, (KEY,) * 129),)), "holders"),
        (Turn(commits=(replace(COMMIT, authors=()),)), "authors"),
        (Turn(commits=(replace(COMMIT, index=CommitIndex(2**64)),)), "index"),
        (Turn(returned=(DIGEST,) * 65_537), "returned"),
        (Turn(alerts=(Alert(Alarm.SAFETY_HALT, "x" * 65_537),)), "text"),
        (Turn(halted="x" * 65_537), "halted"),
        (Turn(epoch=EpochInfo(Epoch(0), (SuperNode(KEY, 1),) * 129, 1, TimestampMs(0))), "committee"),
        (Turn(epoch=EpochInfo(Epoch(0), (), 2**32, TimestampMs(0))), "quorum"),
        (Turn(progress=Progress(-1, CommitIndex(0), CommitIndex(0), None, 0, is_rejoining=False)), "round"),
    ],
)
def test_turn_over_a_limit_is_not_written(turn: Turn, field: str) -> None:
    """The error names the field."""
    with pytest.raises(MalformedBytesError, match=field):
        codec.encode_turn(turn)


@pytest.mark.parametrize(
    ("turn", "field"),
    [
        (pb.Turn(taken=b"short"), "taken"),
        (pb.Turn(commits=[pb.OrderedCommit(bundles=b"d" * 33, authors=b"k" * 66)]), "bundles"),
        (pb.Turn(alerts=[pb.Alert(text="of no known kind")]), "alarm"),
        (pb.Turn(evidence=[pb.Evidence(first=b"no header")]), "signed header"),
    ],
)
def test_malformed_turn_is_not_read(turn: pb.Turn, field: str) -> None:
    """The error names the field."""
    with pytest.raises(MalformedBytesError, match=field):
        codec.decode_turns(pb.EngineFrame(turns=[turn]).SerializeToString())


def test_registration_stands_alone_in_the_first_frame() -> None:
    """Neither missing, nor beside turns, nor later."""
    first = codec.encode_registration(Registration(KEY, 1, b"b" * 64))

    with pytest.raises(MalformedBytesError, match="first frame"):
        codec.decode_registration(b"")
    with pytest.raises(MalformedBytesError, match="first frame"):
        codec.decode_registration(first + codec.encode_turn(Turn()))
    with pytest.raises(MalformedBytesError, match="first frame"):
        codec.decode_turns(first)


def test_answer_of_another_length_is_malformed() -> None:
    """Each address and key has its answer."""
    with pytest.raises(MalformedBytesError, match="2 asked"):
        codec.decode_state(codec.encode_state([b""]), 2)
    with pytest.raises(MalformedBytesError, match="0 asked"):
        codec.decode_settings(codec.encode_settings([""]), 0)
