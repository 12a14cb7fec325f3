"""What can be wrong with a private chain or with bytes that claim to be part of one."""


class PrivateChainError(Exception):
    """Base of this package's errors."""


class UnusableReaderKeyError(PrivateChainError):
    """A reader's registered key is no X25519 key that anything can be sealed to."""

    def __init__(self, key: bytes) -> None:
        super().__init__(f"nothing can be sealed to encryption key {key.hex()}; register another X25519 key")
        self.key = key


class TooManyReadersError(PrivateChainError):
    """An entry has no reader, or more than a sealed entry carries."""

    def __init__(self, readers: int, readers_max: int) -> None:
        super().__init__(f"an entry has 1 to {readers_max} readers, not {readers}")
        self.readers = readers


class MalformedEntryError(PrivateChainError):
    """Bytes are no sealed entry, or what was sealed is no entry."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no private entry: {what}")


class NotAReaderError(PrivateChainError):
    """The entry is not sealed to this key, or was tampered with."""

    def __init__(self) -> None:
        super().__init__("the entry cannot be opened with this key: it is not sealed to it, or was changed")


class CommitmentMismatchError(PrivateChainError):
    """An opened entry is not the one that was committed to."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the opened entry, number {number}, is not the one that was committed to")
        self.number = number


class DuplicateTradeError(PrivateChainError):
    """A trade is in the chain already."""

    def __init__(self, trade_id: str, number: int) -> None:
        super().__init__(f"trade {trade_id} is entry {number} of the chain; each trade is written once")
        self.trade_id = trade_id
        self.number = number


class NothingToAnchorError(PrivateChainError):
    """The chain has no entry beyond the ledger's anchor."""

    def __init__(self, length: int) -> None:
        super().__init__(f"all {length} entries are anchored")
        self.length = length


class BrokenChainError(PrivateChainError):
    """Base of what verification finds; ``number`` is the first entry that is wrong."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(f"private chain, entry {number}: {text}")
        self.number = number


class ChangedEntryError(BrokenChainError):
    """An entry or its link is not what the links after it rest on."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "it or its link was changed")


class MissingEntryError(BrokenChainError):
    """An entry is missing between others, or at the end up to the anchored length."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "it is missing")


class MovedEntryError(BrokenChainError):
    """An entry stands at another one's place."""

    def __init__(self, number: int, belongs_to: int) -> None:
        super().__init__(number, f"here stands entry {belongs_to}; entries were moved, added or dropped")
        self.belongs_to = belongs_to


class ForeignEntryError(BrokenChainError):
    """An entry is well linked, but this agent did not write it: its salt is not of the agent's secret."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "the participant's own agent did not write it; it was added")


class RewrittenChainError(BrokenChainError):
    """The chain is consistent in itself, but it is not the one that was anchored."""

    def __init__(self, length: int) -> None:
        super().__init__(length, "the chain up to here is not the anchored one; it was written anew")
