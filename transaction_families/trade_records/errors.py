"""Why a transaction of the trade records family is refused."""

from transaction_families.errors import InvalidTransaction
from transaction_families.periods import DeliveryPeriod


class PeriodNotClearedError(InvalidTransaction):
    """A period is to be published before its clearing is complete."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"period: {period} is not cleared yet; clear it first")
        self.period = period


class NothingTradedError(InvalidTransaction):
    """A period without trades is to be published."""

    def __init__(self, period: DeliveryPeriod) -> None:
        super().__init__(f"period: {period} has no trades; only periods with trades make a block")
        self.period = period


class AnchorLengthError(InvalidTransaction):
    """An anchor does not say that the private chain has grown."""

    def __init__(self, participant_id: str, length: int, anchored: int) -> None:
        super().__init__(
            f"length: {length} is not over {anchored}, which {participant_id} has anchored; "
            "a private chain only grows"
        )
        self.participant_id = participant_id
        self.length = length
        self.anchored = anchored


class AnchorMismatchError(InvalidTransaction):
    """An anchor does not continue from the one on the ledger."""

    def __init__(self, participant_id: str, given: bytes, anchored: bytes) -> None:
        super().__init__(
            f"previous_commitment: {given.hex() or 'empty'} is not {participant_id}'s last anchor, "
            f"{anchored.hex() or 'which is none: give no bytes'}"
        )
        self.participant_id = participant_id
        self.given = given
        self.anchored = anchored
