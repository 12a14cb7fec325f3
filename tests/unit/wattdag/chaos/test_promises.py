"""What is owed follows from what nodes said, and from what they lost since."""

from wattdag.chaos.promises import Promises


def test_what_a_node_accepted_is_owed() -> None:
    """It is on a disk that nobody has deleted."""
    promises = Promises(faulty_max=2)
    promises.accept(0, ["a", "b"])
    assert promises.owed == {"a", "b"}
    assert promises.undecided == 2


def test_what_only_a_wiped_node_accepted_is_not_owed() -> None:
    """It may have been lost with the disk; what the node accepts later is owed again."""
    promises = Promises(faulty_max=2)
    promises.accept(0, ["a"])
    promises.wipe(0)
    assert not promises.owed
    promises.accept(0, ["b"])
    assert promises.owed == {"b"}


def test_what_one_sound_node_accepted_is_owed_whoever_was_wiped() -> None:
    """The sound one brings it in."""
    promises = Promises(faulty_max=2)
    promises.accept(0, ["a"])
    promises.accept(1, ["a"])
    promises.wipe(0)
    assert promises.owed == {"a"}


def test_what_more_nodes_accepted_than_may_be_faulty_is_owed_even_if_all_were_wiped() -> None:
    """They were not wiped at the same time, so one of them had handed it on."""
    promises = Promises(faulty_max=1)
    for node in range(2):
        promises.accept(node, ["a"])
        promises.wipe(node)
    assert promises.owed == {"a"}


def test_what_was_reported_committed_is_owed_whatever_happens_to_who_reported_it() -> None:
    """A quorum has it."""
    promises = Promises(faulty_max=2)
    promises.accept(0, ["a"])
    promises.commit(1, 5, "root", ["a", "not of the load"])
    promises.wipe(0)
    promises.wipe(1)
    assert promises.owed == {"a"}
    assert promises.reported == {"a": 5}
    assert not promises.undecided


def test_only_the_first_report_of_a_height_is_progress() -> None:
    """Others repeat it."""
    promises = Promises(faulty_max=2)
    assert promises.commit(0, 5, "root", [])
    assert not promises.commit(1, 5, "root", [])
    assert not promises.commit(1, 4, "other root", [])
    assert promises.height == 5
    assert not promises.contradictions


def test_two_roots_of_one_height_are_a_contradiction() -> None:
    """Whoever reports them."""
    promises = Promises(faulty_max=2)
    promises.commit(0, 5, "aa", [])
    promises.commit(1, 5, "bb", [])
    assert [violation.rule for violation in promises.contradictions] == ["state roots reported differ"]


def test_a_batch_in_two_blocks_is_a_contradiction() -> None:
    """It is carried out once."""
    promises = Promises(faulty_max=2)
    promises.accept(0, ["a"])
    promises.commit(0, 5, "aa", ["a"])
    promises.commit(1, 5, "aa", ["a"])
    promises.commit(0, 6, "bb", ["a"])
    assert [violation.rule for violation in promises.contradictions] == ["committed twice"]
