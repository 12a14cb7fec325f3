"""The keeper: sends what falls due, so that a market clears and settles without anybody's remembering it.

Due steps are ordinary transactions that anybody may send. The keeper looks for them in state after each
block, takes its turn among the keepers (`validator.keeper_turns`), and signs with a key that needs no role.
A step that is refused all the same is tried again later and later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from signing.batches import sign_batch
from signing.keys import PrivateKey
from signing.transactions import sign_transaction
from signing.types import BatchId, SignedBatch
from transaction_families.handler import Family, PublicKey
from transaction_families.state_view import RangeReader
from validator.journal.records import StoredBatch
from validator.keeper_turns import is_turn

STEPS_MAX: Final = 1_000
RETRY_S_MAX: Final = 3_600

FindDue = Callable[[RangeReader, int], Sequence[object]]
"""A family's search for due steps: state, ledger time in seconds -> payloads."""


class Verdicts(Protocol):
    """What became of a batch."""

    def find_batch(self, batch_id: str) -> StoredBatch | None:
        """Return a batch that has its verdict."""
        ...


class PendingLookup(Protocol):
    """What is still under way."""

    def find(self, batch_id: BatchId) -> SignedBatch | None:
        """Return a pending batch."""
        ...


@dataclass(slots=True)
class _Step:
    """A due step that the keeper has seen."""

    first_seen_s: int
    sent: BatchId | None = None
    not_before_s: int = 0
    refusals: int = 0


class Keeper:
    """Finds due steps and makes signed batches of them.

    Args:
        key: Signs the steps.
        keepers: Public keys of all keepers, this one's among them.
        due_steps: Each family with its search for due steps, in the order in which they are sent.
        fallback_s: See `keeper_turns`.
        verdicts: What became of what was sent.
        pending: What of it is under way.
    """

    def __init__(
        self,
        key: PrivateKey,
        keepers: Sequence[str],
        due_steps: Mapping[Family, FindDue],
        *,
        fallback_s: int,
        verdicts: Verdicts,
        pending: PendingLookup,
    ) -> None:
        self._key = key
        self._keepers = tuple(sorted({*keepers, key.public_key.hex}))
        self._due_steps = due_steps
        self._fallback_s = fallback_s
        self._verdicts = verdicts
        self._pending = pending
        self._steps: dict[bytes, _Step] = {}

    def find_batches(self, state: RangeReader, now_s: int, block_number: int) -> list[SignedBatch]:
        """Return a batch for each step that is due, not under way, and this keeper's to send.

        Args:
            state: State at the head.
            now_s: The ledger's time, UTC seconds.
            block_number: The head's number; with it, the same step sent again is another transaction.
        """
        known, self._steps = self._steps, {}
        batches: list[SignedBatch] = []
        for family, find_due in self._due_steps.items():
            for payload in find_due(state, now_s):
                if len(self._steps) >= STEPS_MAX:
                    return batches
                encoded = family.encode(payload)
                name = family.name.encode() + b"\x00" + encoded
                step = self._steps[name] = known.get(name) or _Step(first_seen_s=now_s)
                if self._may_send(name, step, now_s):
                    batch = self._sign(family, payload, encoded, block_number)
                    step.sent = batch.batch_id
                    batches.append(batch)
        return batches

    def _may_send(self, name: bytes, step: _Step, now_s: int) -> bool:
        if step.sent is not None:
            if self._pending.find(step.sent) is not None:
                return False
            stored = self._verdicts.find_batch(step.sent)
            step.sent = None
            if stored is not None and stored.refusal is not None:
                step.not_before_s = now_s + min(self._fallback_s << min(step.refusals, 12), RETRY_S_MAX)
                step.refusals += 1
        return now_s >= step.not_before_s and is_turn(
            name,
            self._keepers,
            self._key.public_key.hex,
            due_for_s=now_s - step.first_seen_s,
            fallback_s=self._fallback_s,
        )

    def _sign(self, family: Family, payload: object, encoded: bytes, block_number: int) -> SignedBatch:
        footprint = family.footprint(payload, PublicKey(self._key.public_key.hex))
        transaction = sign_transaction(
            self._key,
            family_name=family.name,
            family_version=family.version,
            payload=encoded,
            inputs=footprint.inputs,
            outputs=footprint.outputs,
            nonce=f"keeper/{block_number}",
        )
        return sign_batch(self._key, [transaction])
