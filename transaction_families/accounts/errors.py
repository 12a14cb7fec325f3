"""Why a transaction of the accounts family is refused."""

from collections.abc import Collection

from transaction_families.errors import InvalidTransaction


class UnknownContractError(InvalidTransaction):
    """A contract account names code that the ledger does not carry."""

    def __init__(self, code: str, known: Collection[str]) -> None:
        super().__init__(f"code: no contract {code!r:.80}; known are {', '.join(sorted(known))}")
        self.code = code


class InsufficientBalanceError(InvalidTransaction):
    """An account holds less than the transaction takes from it."""

    def __init__(self, account: str, needed_uyuan: int, available_uyuan: int) -> None:
        super().__init__(f"account {account} needs {needed_uyuan} µyuan but has {available_uyuan}")
        self.account = account
        self.needed_uyuan = needed_uyuan
        self.available_uyuan = available_uyuan


class ParticipantSuspendedError(InvalidTransaction):
    """The participant is suspended by the regulator."""

    def __init__(self, participant_id: str) -> None:
        super().__init__(f"participant {participant_id} is suspended; ask the regulator")
        self.participant_id = participant_id


class LedgerFoundedError(InvalidTransaction):
    """A ledger is founded once, by its first transaction."""

    def __init__(self, chain_id: str) -> None:
        super().__init__(f"the ledger has been founded as {chain_id}")
        self.chain_id = chain_id
