"""Drawn DAGs in tests: what the rules decide, as text that can be read beside the drawing."""

from consensus_engine.simulation.drawn_decisions import DrawnOrder, decide_drawing


def decisions_of(drawing: str) -> list[str]:
    """Return each decided slot of a drawing, as ``A1 direct-commit A1`` or ``B2 direct-skip``."""
    decided = decide_drawing(drawing).decisions
    return [str(each) for each in decided if each.decision.value != "undecided"]


def undecided_of(drawing: str) -> list[str]:
    """Return the slots of a drawing that nothing decides yet."""
    decided = decide_drawing(drawing).decisions
    return [str(each.slot) for each in decided if each.decision.value == "undecided"]


def commits_of(order: DrawnOrder) -> list[str]:
    """Return each commit's vertices as a set would be written: sorted, since the order is hash-seeded."""
    return [" ".join(sorted(str(name) for name in commit)) for commit in order.commits]
