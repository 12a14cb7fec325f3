"""Who sat when: the ends of epochs, verified one by the other."""

from itertools import pairwise

import pytest

from consensus_engine.drivers.consensus_key import ConsensusVerifier
from consensus_engine.epoch import EpochContext
from consensus_engine.errors import BadSignatureError, WrongChainError
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import Digest, Epoch, TimestampMs
from tests.helpers.super_nodes import SuperNodes
from validator.errors import CorruptStateError
from validator.journal.errors import UnknownEpochError
from validator.journal.handovers import Handovers
from validator.storage import MemoryStore, Table, WriteBatch

NAME = "test-ledger"
TERMS = [SuperNodes(epoch=epoch, size=size) for epoch, size in enumerate((4, 7, 4, 5))]
ENDS = [term.hand_over(following, NAME) for term, following in pairwise(TERMS)]
FIRST = EpochContext(
    chain_digest(NAME), Epoch(0), TERMS[0].committee, Digest(bytes(32)), TimestampMs(1_700_000_000_000)
)


def opened(store: MemoryStore | None = None) -> Handovers:
    return Handovers(store or MemoryStore(), FIRST, ConsensusVerifier())


def test_each_end_of_an_epoch_makes_the_next_committee_known() -> None:
    """At once and after a restart; what is known already changes nothing."""
    store = MemoryStore()
    handovers = opened(store)
    assert (handovers.epoch, handovers.find_committee(Epoch(0))) == (0, TERMS[0].committee)
    assert handovers.add(ENDS[:1]) == 1
    assert handovers.add(ENDS) == 2
    assert handovers.add(ENDS) == 0
    for each in (handovers, opened(store)):
        assert each.epoch == 3
        assert [each.get_committee(term.epoch) for term in TERMS] == [term.committee for term in TERMS]
        assert each.list_from(Epoch(1)) == tuple(ENDS[1:])
        assert each.list_from(Epoch(0), count_max=1) == tuple(ENDS[:1])
        assert each.find(Epoch(2)) == ENDS[2]
        assert each.find(Epoch(3)) is None


def test_an_unknown_committee_is_reported() -> None:
    """It comes with the ends of the epochs before."""
    with pytest.raises(UnknownEpochError, match="epoch 1"):
        opened().get_committee(Epoch(1))


def test_ends_that_leave_a_gap_are_refused() -> None:
    """Nobody here knows who signed them."""
    handovers = opened()
    with pytest.raises(WrongChainError):
        handovers.add(ENDS[1:])
    with pytest.raises(WrongChainError):
        handovers.add([ENDS[0], ENDS[2]])
    assert handovers.epoch == 0


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (TERMS[0].hand_over(TERMS[1], NAME, signers=2), BadSignatureError),
        (TERMS[0].hand_over(TERMS[1], "another"), WrongChainError),
    ],
)
def test_an_end_without_a_quorum_or_of_another_chain_is_refused(end: object, error: type[Exception]) -> None:
    """And nothing of what came with it is kept."""
    store = MemoryStore()
    handovers = opened(store)
    with pytest.raises(error):
        handovers.add([end])  # type: ignore[list-item] # a handover
    assert not list(store.iterate())


def test_damage_is_reported() -> None:
    """What is stored and cannot be read is never passed over."""
    store = MemoryStore()
    store.write(WriteBatch({Table.HANDOVER.prefix + bytes(8): b"junk"}), sync=True)
    with pytest.raises(CorruptStateError, match="end of epoch 0"):
        opened(store)
