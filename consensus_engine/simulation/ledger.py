"""Execution in simulation: a small bank that runs each transaction once."""

from dataclasses import dataclass, field
from hashlib import sha256

from consensus_engine.effects import CommitExecuted, LedgerBlock
from consensus_engine.types import Bundle, CommitIndex, CommittedSubDag, Digest, Epoch

ACCOUNTS = 16
START_BALANCE = 1_000
FIRST_EPOCH = Epoch(0)
NO_COMMIT = CommitIndex(0)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transaction: moves an amount, if the payer has it."""

    transfer_id: int
    payer: int
    payee: int
    amount: int


@dataclass(slots=True)
class SimulatedLedger:
    """One node's durable state; what it executed survives any crash but a wipe."""

    balances: list[int] = field(default_factory=lambda: [START_BALANCE] * ACCOUNTS)
    executed_ids: set[int] = field(default_factory=set)
    epoch: Epoch = FIRST_EPOCH
    index: CommitIndex = NO_COMMIT
    block_number: int = 0
    state_root: bytes = bytes(32)
    executed_root: bytes = bytes(32)

    def execute(
        self, sub_dag: CommittedSubDag, bundles: dict[Digest, tuple[Transfer, ...]]
    ) -> CommitExecuted:
        """Apply a commit's bundles in order, leaving out transactions that were executed before."""
        commit = sub_dag.commit
        carried = False
        for vertex in sub_dag.vertices:
            if isinstance(vertex.payload, Bundle):
                carried = True
                for transfer in bundles[vertex.payload.digest]:
                    self._apply(transfer)
        self.epoch, self.index = commit.epoch, commit.index
        block = None
        if carried:
            self.block_number += 1
            block_id = self.state_root + sub_dag.digest
            block = LedgerBlock(self.block_number, block_id, self.state_root)
        return CommitExecuted(commit.epoch, commit.index, self.state_root, self.executed_root, block)

    def copy(self) -> "SimulatedLedger":
        """Return a snapshot."""
        return SimulatedLedger(
            list(self.balances),
            set(self.executed_ids),
            self.epoch,
            self.index,
            self.block_number,
            self.state_root,
            self.executed_root,
        )

    def _apply(self, transfer: Transfer) -> None:
        if transfer.transfer_id in self.executed_ids:
            return
        self.executed_ids.add(transfer.transfer_id)
        identity = transfer.transfer_id.to_bytes(8, "big")
        self.executed_root = sha256(self.executed_root + identity).digest()
        if self.balances[transfer.payer] >= transfer.amount:
            self.balances[transfer.payer] -= transfer.amount
            self.balances[transfer.payee] += transfer.amount
        touched = self.balances[transfer.payer].to_bytes(8, "big") + self.balances[transfer.payee].to_bytes(
            8, "big"
        )
        self.state_root = sha256(self.state_root + identity + touched).digest()
