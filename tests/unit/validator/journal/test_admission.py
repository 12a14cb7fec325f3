"""What a node says about submitted bytes."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.errors import BadSignatureError, InvalidFormatError
from signing.types import SignedBatch
from tests.helpers.script_family import batch, batch_of, script
from tests.helpers.single_node import open_node
from validator.journal.admission import SUBMITTED_BATCHES_MAX, AdmissionStatus
from validator.journal.errors import PendingFullError, TooManySubmittedError
from validator.journal.pending import PendingLimits
from validator.node import Node


@pytest.fixture
def node() -> Iterator[Node]:
    with open_node(pending=PendingLimits(batches_max=3)) as opened:
        yield opened


def forged(true: SignedBatch) -> bytes:
    """Return a batch with another's signature."""
    other = batch(["set", "other", "x"], nonce="forged")
    return true.encoded.replace(true.batch_id.encode(), other.batch_id.encode())


def test_a_good_batch_is_accepted_and_pending(node: Node) -> None:
    """And again when it comes again."""
    good = batch(["set", "k", "v"])
    for _ in range(2):
        (verdict,) = node.submit([good.encoded])
        assert verdict.status is AdmissionStatus.ACCEPTED
        assert verdict.batch_id == good.batch_id
    assert len(node.pending) == 1


def test_every_batch_of_a_call_has_its_own_verdict_in_order(node: Node) -> None:
    """Good ones beside malformed, forged and decided ones."""
    done, good, other = (batch(["set", "k", str(index)]) for index in range(3))
    node.submit([done.encoded])
    node.produce_block()
    verdicts = node.submit([b"junk", done.encoded, good.encoded, forged(other), good.encoded])
    assert [verdict.status for verdict in verdicts] == [
        AdmissionStatus.REFUSED,
        AdmissionStatus.DECIDED,
        AdmissionStatus.ACCEPTED,
        AdmissionStatus.REFUSED,
        AdmissionStatus.ACCEPTED,
    ]
    assert isinstance(verdicts[0].error, InvalidFormatError)
    assert isinstance(verdicts[3].error, BadSignatureError)
    assert len(node.pending) == 1


def test_a_full_queue_refuses_with_a_hint_when_to_retry(node: Node) -> None:
    """Before any signature is verified, and once more when the batch is to be added."""
    entries = [batch(["set", "k", str(index)]).encoded for index in range(4)]
    verdicts = node.submit(entries)
    assert [verdict.status for verdict in verdicts][2:] == [AdmissionStatus.ACCEPTED, AdmissionStatus.REFUSED]
    error = node.submit(entries[3:])[0].error
    assert isinstance(error, PendingFullError)
    assert error.retry_after_ms > 0


def test_a_batch_decided_while_its_signatures_were_verified_is_not_pending_again(node: Node) -> None:
    """Between the two halves of a submission a block may have been made."""
    good = batch(["append", "k", "v"])
    checking = node.begin_submit([good.encoded])
    node.submit([good.encoded])
    node.produce_block()
    assert node.finish_submit(checking)[0].status is AdmissionStatus.DECIDED
    assert len(node.pending) == 0


def test_submissions_are_bounded(node: Node) -> None:
    """So that no call takes for ever."""
    with pytest.raises(TooManySubmittedError):
        node.submit([b""] * (SUBMITTED_BATCHES_MAX + 1))


NODE = open_node()
GOOD = batch_of(script(["set", "k", "v"], nonce="flipped"))


@given(st.binary(max_size=300))
def test_no_bytes_can_crash_admission(data: bytes) -> None:
    """Whatever comes, there is a verdict."""
    assert NODE.submit([data])[0].status is AdmissionStatus.REFUSED


@given(position=st.integers(0, len(GOOD.encoded) - 1), bit=st.integers(0, 7))
def test_no_flipped_bit_gets_a_batch_accepted_as_another(position: int, bit: int) -> None:
    """A changed batch is refused, or the change touched nothing that anybody signed."""
    changed = bytearray(GOOD.encoded)
    changed[position] ^= 1 << bit
    (verdict,) = NODE.submit([bytes(changed)])
    if verdict.status is AdmissionStatus.ACCEPTED:
        assert NODE.pending.find(GOOD.batch_id) == GOOD
