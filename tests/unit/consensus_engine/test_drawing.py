"""The drawing language says what it cannot read, and where."""

import pytest

from consensus_engine.errors import DrawingError
from consensus_engine.simulation.drawing import author_index, author_letters, parse_drawing


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello", "line 1: cannot read 'hello'"),
        ("1: *\nA2: A1 B1", "line 2: A2 is no valid vertex"),
        ("1: *\nA2: B1 C1 D1", "line 2: A2 lacks a parent by its own author"),
        ("1: *\nA1: A0 B0 C0", "line 2: A1 is drawn twice; a twin is called A1'"),
        ("A2: A1 B1 C1", "line 1: A2 has parent A1, which no earlier round draws"),
        ("A1: A0 B0 B1 C0", "A1 has two parents by one author"),
        ("A0: A0", "A0 is genesis"),
        ("A1: A0 B0 C0 x", "'x' names no vertex"),
        ("authorities 3", "line 1: `authorities` takes a number from 4 to 128"),
        ("authorities four", "`authorities` takes a number"),
        ("authorities 4\nE1: *", "E1 is by an author beyond the 4 who sit"),
        ("set gc_depth 1", "gc_depth is 1: must be at least 4"),
        ("set speed 3", "`set` takes one of gc_depth"),
        ("3..2: *", "rounds run upwards"),
        ("1..9999: *", "rounds run upwards"),
        ("A9999: *", "A9999 is beyond round 2000"),
        ("1: *\nmissing A2", "A2 is named as missing or viewed but never drawn"),
        ("1: *\nA2: * !B1", "A2 carries !B1, but B1 and B1' are not drawn"),
    ],
)
def test_mistake_in_a_drawing_is_named_with_its_line(text: str, message: str) -> None:
    """A drawing is input of people: the error says what, where and which rule."""
    with pytest.raises(DrawingError) as caught:
        parse_drawing(text)
    assert message in str(caught.value)


def test_drawing_over_the_size_limit_is_refused() -> None:
    """A drawing has at most a million characters."""
    with pytest.raises(DrawingError, match="at most"):
        parse_drawing("#" * 1_000_001)


def test_committee_is_as_large_as_the_drawing_names() -> None:
    """G is the seventh author; without a name beyond D there are four."""
    assert len(parse_drawing("A1: A0 B0 C0 D0 G0").context.committee) == 7
    assert len(parse_drawing("1 A B C: *").context.committee) == 4


def test_letters_name_every_author() -> None:
    """After Z comes AA; letters and indexes convert both ways."""
    assert [author_letters(index) for index in (0, 25, 26, 127)] == ["A", "Z", "AA", "DX"]
    assert all(author_index(author_letters(index)) == index for index in range(128))
