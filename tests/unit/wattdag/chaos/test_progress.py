"""A stall counts only while a quorum could go on."""

from wattdag.chaos.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def make() -> tuple[Clock, Progress]:
    clock = Clock()
    progress = Progress(clock)
    clock.now_s = 100.0
    progress.begin()
    return clock, progress


def test_the_longest_time_between_two_blocks_counts() -> None:
    """From the beginning of the load to its end."""
    clock, progress = make()
    for now_s in (101.0, 104.0, 105.0):
        clock.now_s = now_s
        progress.advance()
    assert progress.longest_stall_s == 3.0
    clock.now_s = 109.0
    progress.stop()
    assert progress.longest_stall_s == 4.0
    clock.now_s = 200.0
    progress.advance()
    assert progress.longest_stall_s == 4.0


def test_nothing_is_owed_without_a_quorum() -> None:
    """The time before counts, and the time after begins anew; two causes may overlap."""
    clock, progress = make()
    clock.now_s = 102.0
    with progress.without_quorum():
        clock.now_s = 150.0
        with progress.without_quorum():
            clock.now_s = 160.0
        clock.now_s = 170.0
    assert progress.longest_stall_s == 2.0
    clock.now_s = 175.0
    progress.advance()
    assert progress.longest_stall_s == 5.0


def test_coming_back_is_measured_from_the_end_of_the_last_fault() -> None:
    """To the first new block."""
    clock, progress = make()
    assert progress.last_fault_s is None
    progress.end_fault()
    clock.now_s = 101.0
    progress.advance()
    progress.end_fault()
    assert progress.back_after_s is None
    clock.now_s = 104.0
    progress.advance()
    clock.now_s = 109.0
    progress.advance()
    assert progress.back_after_s == 3.0
