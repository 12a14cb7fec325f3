"""What a network must never do."""

from typing import NamedTuple


class Violation(NamedTuple):
    """A promise that was broken.

    Attributes:
        rule: Which.
        text: Where and how.
    """

    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"
