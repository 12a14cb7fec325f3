"""An election worked out a second way, to hold the product's digits against.

Written from the paper's equation (1) alone and sharing no code with the product: fractions all the
way, and x^(p/q) as the q-th root of x^p, found by Newton's method on integers to 60 decimals. No
logarithm, exponential or Decimal appears. Exponents are therefore rational with a small
denominator, as 3/4 is.

    python -m tests.helpers.exact_election ROUND.json    prints the outcome of a round
"""

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

SCALE = 10**60


def integer_root(radicand: int, degree: int) -> int:
    """Return the largest integer whose ``degree``-th power is at most ``radicand``."""
    if radicand < 2:
        return radicand
    guess = 1 << -(-radicand.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + radicand // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def rational_power(base: Fraction, exponent: Fraction) -> Fraction:
    """Return ``base ** exponent`` to 60 decimals; base over 0."""
    if exponent < 0:
        base, exponent = 1 / base, -exponent
    degree = exponent.denominator
    powered = base**exponent.numerator * SCALE**degree
    return Fraction(integer_root(powered.numerator // powered.denominator, degree), SCALE)


def in_18_decimals(value: Fraction) -> str:
    """Return ``value`` rounded half to even."""
    units = round(value * 10**18)
    return f"{units // 10**18}.{units % 10**18:018}"


def work_out(document: dict[str, Any]) -> dict[str, Any]:
    """Return weights and ranking of the round in ``document``, in the command's JSON form."""
    given = document["parameters"]
    rho, eta, gamma, epsilon = (Fraction(given[name]) for name in ("rho", "eta", "gamma", "epsilon"))
    mu = 1 - rho
    rows = [
        {
            "id": one["id"],
            "c": Fraction(one["computing_power"]),
            "i": Fraction(one["growth_rate"]),
            "v": Fraction(one["votes"]),
        }
        for one in document["candidates"]
    ]
    standard = Fraction(given["computing_power_min"])
    able = [row for row in rows if row["c"] >= standard]
    unable = [row for row in rows if row["c"] < standard]

    d1, d2, d3 = map(Fraction, given["weights"])
    if given["weight_mode"] == "adaptive":
        h = herfindahl([row["v"] for row in able])
        moved = d3 * h
        d1, d2, d3 = d1 + moved * d1 / (d1 + d2), d2 + moved * d2 / (d1 + d2), d3 - moved

    for letter in "civ":
        largest = max((row[letter] for row in able), default=Fraction(0))
        for row in able:
            row["scaled_" + letter] = max(row[letter] / largest, epsilon) if largest else epsilon
    for row in able:
        c, i, v = row["scaled_c"], row["scaled_i"], row["scaled_v"]
        inside = (
            d1 * rational_power(c, -rho)
            + d2 * eta * rational_power(c / i, -mu) * rational_power(i, -rho)
            + d3 * rational_power(v, -rho)
        )
        row["score"] = in_18_decimals(gamma * rational_power(inside, -1 / rho))
    able.sort(key=lambda row: row["id"])
    able.sort(key=lambda row: (Fraction(row["score"]), row["v"]), reverse=True)
    unable.sort(key=lambda row: row["id"])
    unable.sort(key=lambda row: row["v"], reverse=True)
    ranking = [
        {"id": row["id"], "eligible": True, "score": row["score"], "seated": place < int(given["seats"])}
        for place, row in enumerate(able)
    ]
    ranking += [
        {"id": row["id"], "eligible": False, "score": in_18_decimals(Fraction(0)), "seated": False}
        for row in unable
    ]
    return {"weights": [in_18_decimals(share) for share in (d1, d2, d3)], "ranking": ranking}


def herfindahl(votes: list[Fraction]) -> Fraction:
    """Return the normalised Herfindahl index of ``votes``."""
    m, cast = len(votes), sum(votes)
    if m < 2 or cast == 0:
        return Fraction(0)
    return (sum((v / cast) ** 2 for v in votes) - Fraction(1, m)) / (1 - Fraction(1, m))


if __name__ == "__main__":
    print(json.dumps(work_out(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), indent=2))
