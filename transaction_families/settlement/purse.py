"""Money moved by several steps of one transaction, and what is left owing."""

from dataclasses import replace

from transaction_families.accounts.contracts import SETTLEMENT
from transaction_families.accounts.money import credited, debited, read_account
from transaction_families.accounts.state import (
    ContractAccount,
    ExternallyOwnedAccount,
    Participant,
    ParticipantId,
    contract_account_address,
    participant_address,
)
from transaction_families.handler import PublicKey
from transaction_families.periods import DeliveryPeriod
from transaction_families.settlement.state import Receivable
from transaction_families.state_view import Entry, StateView


class Purse:
    """Accounts as they stand after the steps so far; read from state when first touched."""

    def __init__(self, state: StateView, period: DeliveryPeriod) -> None:
        self._state = state
        self._period = period
        self._contract_accounts: dict[ParticipantId, ContractAccount] = {}
        self._own_accounts: dict[PublicKey, ExternallyOwnedAccount] = {}
        self._receivables: list[Receivable] = []

    def release(self, participant_id: ParticipantId, escrow_uyuan: int) -> None:
        """Unlock escrow: it stays in the contract account, free for orders or withdrawal."""
        if escrow_uyuan:
            account = self._contract_account(participant_id)
            self._put(replace(account, locked_uyuan=account.locked_uyuan - escrow_uyuan))

    def collect(self, participant_id: ParticipantId, owed_uyuan: int) -> int:
        """Return how much of ``owed_uyuan`` a participant pays.

        It comes from what nothing locks in its contract account, then from its payout account.
        """
        if owed_uyuan == 0:
            return 0
        account = self._contract_account(participant_id)
        from_contract_uyuan = min(owed_uyuan, max(account.available_uyuan, 0))
        self._put(replace(account, balance_uyuan=account.balance_uyuan - from_contract_uyuan))
        return from_contract_uyuan + self.collect_from_payout_account(
            participant_id, owed_uyuan - from_contract_uyuan
        )

    def collect_from_payout_account(self, participant_id: ParticipantId, owed_uyuan: int) -> int:
        """Return how much of ``owed_uyuan`` a participant's payout account pays."""
        if owed_uyuan == 0:
            return 0
        account = self._payout_account(participant_id)
        paid_uyuan = min(owed_uyuan, account.balance_uyuan)
        self._own_accounts[account.public_key] = debited(account, paid_uyuan)
        return paid_uyuan

    def pay_out(self, participant_id: ParticipantId, amount_uyuan: int) -> None:
        """Pay into a participant's payout account."""
        if amount_uyuan:
            account = self._payout_account(participant_id)
            self._own_accounts[account.public_key] = credited(account, amount_uyuan)

    def deposit(self, participant_id: ParticipantId, amount_uyuan: int) -> None:
        """Pay into a contract account; one that is not open yet is opened."""
        if amount_uyuan:
            account = self._contract_account(participant_id)
            self._put(replace(account, balance_uyuan=account.balance_uyuan + amount_uyuan))

    def owe(self, debtor_id: ParticipantId, creditor_id: ParticipantId, amount_uyuan: int) -> None:
        """Write down what is left owing; the debtor's contract account bars new orders from now on."""
        if amount_uyuan:
            account = self._contract_account(debtor_id)
            self._put(replace(account, owed_uyuan=account.owed_uyuan + amount_uyuan))
            self._receivables.append(Receivable(debtor_id, creditor_id, self._period, amount_uyuan))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What has changed."""
        return (*self._contract_accounts.values(), *self._own_accounts.values(), *self._receivables)

    def _contract_account(self, participant_id: ParticipantId) -> ContractAccount:
        if (account := self._contract_accounts.get(participant_id)) is None:
            address = contract_account_address(participant_id, SETTLEMENT)
            account = self._state.find(ContractAccount, address)
        return account or ContractAccount(participant_id, SETTLEMENT, 0, 0, 0)

    def _put(self, account: ContractAccount) -> None:
        self._contract_accounts[account.participant_id] = account

    def _payout_account(self, participant_id: ParticipantId) -> ExternallyOwnedAccount:
        participant = self._state.get(Participant, participant_address(participant_id), participant_id)
        key = participant.payout_key
        return self._own_accounts.get(key) or read_account(self._state, key)
