"""Decimal arithmetic that gives every node the same digits.

All operations run in one context of this module's own: 34 digits, half-even, as IEEE 754's
decimal128. The thread's context, which any library may change, is never read, so operators such
as ``a * b`` and ``-a`` must not appear where a score is computed. Decimal's ``exp`` and ``ln`` are
correctly rounded, hence their digits depend neither on the platform nor on the C library.
"""

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Final

DIGITS: Final = 34
CONTEXT: Final = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
ONE: Final = Decimal(1)
SCORE_DECIMALS: Final = 18
SCORE_QUANTUM: Final = Decimal((0, (1,), -SCORE_DECIMALS))


def total(*terms: Decimal) -> Decimal:
    """Return the sum of ``terms``, added from left to right."""
    result = Decimal(0)
    for term in terms:
        result = CONTEXT.add(result, term)
    return result


def product(*factors: Decimal) -> Decimal:
    """Return the product of ``factors``, multiplied from left to right."""
    result = ONE
    for factor in factors:
        result = CONTEXT.multiply(result, factor)
    return result


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Return ``dividend / divisor``; the divisor is not 0."""
    return CONTEXT.divide(dividend, divisor)


def difference(minuend: Decimal, subtrahend: Decimal) -> Decimal:
    """Return ``minuend - subtrahend``."""
    return CONTEXT.subtract(minuend, subtrahend)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Return ``base ** exponent`` as ``exp(exponent * ln base)``; the base is over 0."""
    return CONTEXT.exp(CONTEXT.multiply(exponent, CONTEXT.ln(base)))


def quantise(value: Decimal) -> Decimal:
    """Return ``value`` rounded to 18 decimals; it must be under 10^16."""
    return CONTEXT.quantize(value, SCORE_QUANTUM)


def in_e18(value: Decimal) -> int:
    """Return ``value`` in units of 10^-18, what is finer cut off."""
    return int(CONTEXT.scaleb(value, SCORE_DECIMALS))


def find_fault(value: Decimal) -> str | None:
    """Return what keeps ``value`` from being a figure this arithmetic takes exactly, or ``None``.

    A figure is finite, of at most 34 significant digits, and 0 or between 10^-34 and 10^34 in size.
    """
    if not value.is_finite():
        return "it must be a finite number"
    if len(value.as_tuple().digits) > DIGITS:
        return f"it must have at most {DIGITS} significant digits"
    if not -DIGITS <= value.adjusted() < DIGITS:  # of a 0, how many zeros it is written with
        return f"it must be 0 or between 10^-{DIGITS} and 10^{DIGITS} in size"
    return None
