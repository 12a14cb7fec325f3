"""Outside the committee, batches are passed on until they have their verdict."""

from consensus_engine.types import PeerId
from tests.helpers.signed_messages import make_batch
from tests.helpers.waiting_batches import WaitingBatches
from validator.host.passing import PATIENCE_MS, Passing

A, B = PeerId(b"a"), PeerId(b"b")


class Scene:
    """Passing with what surrounds it."""

    def __init__(self, count: int = 2) -> None:
        self.pending = WaitingBatches(make_batch(1, nonce=str(each)) for each in range(count))
        self.super_nodes = [A, B]
        self.sent: list[tuple[PeerId, int, tuple[bytes, ...]]] = []
        self.is_connected = True
        self.passing = Passing(self.pending, lambda: self.super_nodes, self.send)
        self.passing.is_open = True

    def send(self, peer: PeerId, passing_id: int, batches: tuple[bytes, ...]) -> bool:
        self.sent.append((peer, passing_id, batches))
        return self.is_connected


def test_what_waits_goes_to_one_super_node() -> None:
    """All of it in one list, since lists are small."""
    scene = Scene()
    scene.passing.run(0)
    scene.passing.run(1)
    assert len(scene.sent) == 1
    assert len(scene.sent[0][2]) == 2


def test_without_a_verdict_in_time_it_is_passed_on_again() -> None:
    """The super node may have lost it, or may never have got it."""
    scene = Scene()
    scene.passing.run(0)
    scene.passing.answered(1, (True, True), 10)
    scene.passing.run(PATIENCE_MS - 1)
    assert len(scene.sent) == 1
    scene.passing.run(PATIENCE_MS)
    assert [passing_id for _, passing_id, _ in scene.sent] == [1, 2]


def test_what_a_super_node_has_no_room_for_goes_to_another_soon() -> None:
    """A full one says so; that is no reason to wait for long."""
    scene = Scene()
    scene.passing.run(0)
    scene.passing.answered(1, (True, False), 10)
    scene.passing.run(PATIENCE_MS // 2)
    assert len(scene.sent) == 2


def test_a_list_that_did_not_go_out_is_tried_at_once() -> None:
    """A super node that has just gone costs no waiting."""
    scene = Scene()
    scene.is_connected = False
    scene.passing.run(0)
    scene.is_connected = True
    scene.passing.run(1)
    assert len(scene.sent) == 2


def test_with_no_super_node_in_reach_everything_waits() -> None:
    """And goes out with the first that comes."""
    scene = Scene()
    scene.super_nodes.clear()
    scene.passing.run(0)
    assert scene.pending.untaken == 2
    scene.super_nodes.append(B)
    scene.passing.run(1)
    assert scene.sent[0][0] == B


def test_a_node_that_is_elected_puts_its_batches_forward_itself() -> None:
    """Closing gives back what was passed on and not decided; an answer that comes later says nothing."""
    scene = Scene()
    scene.passing.run(0)
    scene.passing.close()
    scene.passing.answered(1, (True, True), 10)
    assert scene.pending.untaken == 2
    scene.passing.run(20)
    assert len(scene.sent) == 1
