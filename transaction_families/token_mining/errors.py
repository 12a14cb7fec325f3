"""Why a transaction of the token mining family is refused."""

from transaction_families.errors import InvalidTransaction


class WeekOrderError(InvalidTransaction):
    """A week is to be rolled before an earlier one."""

    def __init__(self, week: int, next_week: int) -> None:
        super().__init__(f"week: {week} cannot be rolled yet; weeks go in order, roll week {next_week} first")
        self.week = week
        self.next_week = next_week


class InsufficientTokensError(InvalidTransaction):
    """A participant holds fewer tokens than the transaction takes from it."""

    def __init__(self, participant_id: str, needed_utoken: int, available_utoken: int) -> None:
        super().__init__(f"{participant_id} needs {needed_utoken} µtoken but has {available_utoken}")
        self.participant_id = participant_id
        self.needed_utoken = needed_utoken
        self.available_utoken = available_utoken


class AllotmentClosedError(InvalidTransaction):
    """Founding stock is allotted after the first week has ended."""

    def __init__(self, closed_s: int, now_s: int) -> None:
        super().__init__(
            f"tokens are allotted until {closed_s} (UTC seconds), the first week's end; "
            f"the ledger's time is {now_s}; from then on tokens are mined"
        )
        self.closed_s = closed_s
        self.now_s = now_s
