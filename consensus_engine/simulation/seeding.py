"""Randomness that a seed and a name give, so that one stream's use does not move another's."""

from random import Random


def stream(seed: int, name: str) -> Random:
    """Return the generator of this name; the same for the same seed on every machine and version."""
    return Random(f"{seed}/{name}")  # noqa: S311 - a simulation must repeat
