"""How fast a network's ledger time may pass on this machine.

A network keeps real time in its protocol, so a machine can be too slow for a week in two minutes. How many
signatures it verifies in a second says how much it can carry out: each node verifies each transaction.
"""

from dataclasses import dataclass
from typing import Final

from transaction_families.token_mining.weeks import WEEK_S
from wattdag.localnet.figures import measure_verification_limit

WEEK_REAL_S: Final = 140
"""A week passes in little more than two minutes where the machine can carry out what is traded in it."""

QUIET_WEEK_REAL_S: Final = 20
"""Where next to nothing is traded."""

TIME_SCALE_MIN: Final = 60
BUSY_SHARE: Final = 0.07
"""Of the signatures that all cores verify, what the transactions may take; the rest is for all other work."""

LAG_S: Final = 3
"""Real seconds until what is sent is committed and its effect seen, with a margin, where time passes at its
fastest; a machine that is slower has as much more."""

START_CHECKS: Final = 12_000
"""Signatures that a core verifies while it starts a node."""

START_S_MIN: Final = 8
MEASURED_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes on a network.

    Attributes:
        time_scale: Ledger seconds in a real one.
        lag_s: Ledger seconds until what is sent has had its effect.
        start_s: Real seconds that the nodes have for starting.
    """

    time_scale: int
    lag_s: int
    start_s: float


def measure_pace(nodes: int, busy_per_period: int, period_s: int) -> Pace:
    """Return what this machine can keep up with, measured for `MEASURED_MS` by as many processes as nodes.

    Args:
        nodes: How many share it.
        busy_per_period: Transactions in one delivery period.
        period_s: A period's length, in ledger seconds.
    """
    rate = measure_verification_limit(nodes, MEASURED_MS)
    return pace_of(rate, nodes, busy_per_period, period_s)


def pace_of(checks_per_second: float, nodes: int, busy_per_period: int, period_s: int) -> Pace:
    """Return what a machine can keep up with that verifies so many signatures in a second."""
    bearable = int(BUSY_SHARE * checks_per_second / nodes * period_s / busy_per_period)
    fastest = WEEK_S // (WEEK_REAL_S if busy_per_period > 1 else QUIET_WEEK_REAL_S)
    start_s = START_S_MIN + 2 * nodes * START_CHECKS / checks_per_second
    return Pace(min(max(bearable, TIME_SCALE_MIN), fastest), LAG_S * fastest, start_s)
