"""Which block is committed follows from committed vertices alone."""

from consensus_engine.chain_mode import CANDIDATES_KEPT_MAX, BlockChoice, BlockDecision, BlockVerdict
from consensus_engine.types import (
    NO_PAYLOAD,
    AuthorityIndex,
    BlockProposal,
    Commit,
    CommitIndex,
    CommittedSubDag,
    Digest,
    Epoch,
    Payload,
    Round,
    TimestampMs,
)
from consensus_engine.vertex_codec import make_vertex

HEAD, A, B, C = (bytes((number,)) * 64 for number in range(4))


def sub_dag(*payloads: tuple[int, Payload]) -> CommittedSubDag:
    vertices = tuple(
        make_vertex(
            chain_id=Digest(bytes(32)),
            epoch=Epoch(0),
            round=Round(1),
            author=AuthorityIndex(author),
            timestamp_ms=TimestampMs(1),
            parents=(),
            payload=payload,
        )
        for author, payload in payloads
    )
    leader = vertices[-1].ref
    refs = tuple(vertex.ref for vertex in vertices)
    commit = Commit(Epoch(0), CommitIndex(1), Digest(bytes(32)), leader, TimestampMs(1), refs)
    return CommittedSubDag(commit, Digest(bytes(32)), vertices)


def choice() -> BlockChoice:
    return BlockChoice(quorum=3, validity=2, head=HEAD)


def publish(block_id: bytes, previous_id: bytes = HEAD) -> BlockProposal:
    return BlockProposal(block_id, previous_id)


def valid(*ids: bytes) -> BlockProposal:
    return BlockProposal(b"", b"", valid_ids=ids)


def invalid(*ids: bytes) -> BlockProposal:
    return BlockProposal(b"", b"", invalid_ids=ids)


def test_block_that_a_quorum_reports_valid_is_the_new_head() -> None:
    """Three of four distinct authors; a second report by one counts once."""
    blocks = choice()
    assert blocks.apply(sub_dag((0, publish(A)), (0, valid(A)), (0, valid(A)), (1, valid(A)))) == ()

    assert blocks.apply(sub_dag((2, valid(A)))) == (BlockDecision(A, BlockVerdict.COMMIT),)
    assert blocks.head == A


def test_rival_of_the_committed_block_is_ignored() -> None:
    """Both were published on one head; the first to reach a quorum in linear order is committed."""
    blocks = choice()
    blocks.apply(sub_dag((0, publish(A)), (1, publish(B)), (0, valid(A, B)), (1, valid(B)), (2, valid(A))))

    decisions = blocks.apply(sub_dag((3, valid(B)), (3, valid(A))))

    assert decisions == (BlockDecision(B, BlockVerdict.COMMIT), BlockDecision(A, BlockVerdict.IGNORE))


def test_block_that_f_plus_one_report_invalid_fails() -> None:
    """At least one honest validator refuses it."""
    blocks = choice()
    assert blocks.apply(sub_dag((0, publish(A)), (1, invalid(A)))) == ()

    assert blocks.apply(sub_dag((2, invalid(A)))) == (BlockDecision(A, BlockVerdict.FAIL),)
    assert blocks.head == HEAD


def test_block_on_another_head_is_ignored() -> None:
    """Its author did not know of the head that the order had by then."""
    assert choice().apply(sub_dag((0, publish(B, A)))) == (BlockDecision(B, BlockVerdict.IGNORE),)


def test_reports_before_the_publication_count_once_it_is_committed() -> None:
    """Linear order may bring the publishing vertex last."""
    blocks = choice()
    assert blocks.apply(sub_dag((0, valid(A)), (1, valid(A)), (2, valid(A)))) == ()

    assert blocks.apply(sub_dag((3, publish(A)))) == (BlockDecision(A, BlockVerdict.COMMIT),)


def test_chain_grows_block_by_block() -> None:
    """The next candidate follows the new head."""
    blocks = choice()
    blocks.apply(sub_dag((0, publish(A)), *((author, valid(A)) for author in range(3))))

    blocks.apply(sub_dag((1, publish(B, A)), *((author, valid(B)) for author in range(3)), (0, NO_PAYLOAD)))

    assert blocks.head == B


def test_what_liars_can_make_a_node_keep_is_bounded() -> None:
    """Reports on blocks that nobody publishes push each other out, the oldest first."""
    blocks = choice()
    for number in range(CANDIDATES_KEPT_MAX + 10):
        blocks.apply(sub_dag((3, valid(number.to_bytes(64, "big")))))

    assert len(blocks._candidates) == CANDIDATES_KEPT_MAX
