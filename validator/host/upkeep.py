"""What a node sends of its own accord: steps that fall due, and proofs of equivocation.

Every node looks for both; whose turn it is to send follows from `validator.keeper_turns`, so that usually
one does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from consensus_engine.types import Evidence, PeerId
from consensus_engine.vertex_codec import encode_signed_header
from signing.batches import sign_batch
from signing.keys import PrivateKey
from signing.transactions import sign_transaction
from signing.types import SignedBatch
from transaction_families.fdpos_registry.family import FAMILY as FDPOS_REGISTRY
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex
from transaction_families.fdpos_registry.payload import ReportEquivocation
from transaction_families.fdpos_registry.state import (
    ConsensusKey,
    consensus_key_address,
    equivocation_address,
)
from transaction_families.handler import Family, PublicKey
from transaction_families.state_view import RangeReader
from validator.keeper import FindDue, Keeper, PendingLookup, Verdicts
from validator.keeper_turns import is_turn

PROOFS_MAX: Final = 1_024
"""Proofs that wait to be on the ledger; one for each key and epoch suffices."""


@dataclass(slots=True)
class _Proof:
    key: PeerId
    evidence: Evidence
    seen_s: int
    is_sent: bool = False


class Upkeep:
    """Finds what this node should send.

    Args:
        key: The node's own.
        due_steps: Each family with its search for due steps.
        fallback_s: See `validator.keeper_turns`.
        verdicts: What became of what was sent.
        pending: What of it is under way.
    """

    def __init__(
        self,
        key: PrivateKey,
        due_steps: Mapping[Family, FindDue],
        *,
        fallback_s: int,
        verdicts: Verdicts,
        pending: PendingLookup,
    ) -> None:
        self._key = key
        self._due_steps = due_steps
        self._fallback_s = fallback_s
        self._verdicts = verdicts
        self._pending = pending
        self._keepers: tuple[str, ...] = ()
        self._keeper = self._make_keeper((key.public_key.hex,))
        self._proofs: dict[tuple[PeerId, int], _Proof] = {}

    def set_keepers(self, keepers: Sequence[str]) -> None:
        """Share the work among these validators, by their public keys."""
        if tuple(keepers) != self._keepers:
            self._keeper = self._make_keeper(keepers)

    def report(self, author: PeerId, evidence: Evidence, now_s: int) -> None:
        """Have a proof that an author equivocated put on the ledger."""
        name = (author, evidence.first.epoch)
        if name not in self._proofs and len(self._proofs) < PROOFS_MAX:
            self._proofs[name] = _Proof(author, evidence, now_s)

    def find_batches(self, state: RangeReader, now_s: int, block_number: int) -> list[SignedBatch]:
        """Return what is this node's to send now.

        Args:
            state: State at the head.
            now_s: The ledger's time, UTC seconds.
            block_number: The head's number.
        """
        batches = self._keeper.find_batches(state, now_s, block_number)
        for name, proof in list(self._proofs.items()):
            address = equivocation_address(ConsensusKeyHex(proof.key.hex()), proof.evidence.first.epoch)
            if state.get(address) is not None:
                del self._proofs[name]
            elif not proof.is_sent and self._is_turn(proof, now_s):
                proof.is_sent = True
                batches += _report(self._key, state, proof)
        return batches

    def _is_turn(self, proof: _Proof, now_s: int) -> bool:
        return is_turn(
            proof.key + proof.evidence.first.epoch.to_bytes(8, "big"),
            self._keepers,
            self._key.public_key.hex,
            due_for_s=now_s - proof.seen_s,
            fallback_s=self._fallback_s,
        )

    def _make_keeper(self, keepers: Sequence[str]) -> Keeper:
        self._keepers = tuple(keepers)
        return Keeper(
            self._key,
            self._keepers,
            self._due_steps,
            fallback_s=self._fallback_s,
            verdicts=self._verdicts,
            pending=self._pending,
        )


def _report(key: PrivateKey, state: RangeReader, proof: _Proof) -> list[SignedBatch]:
    """Return the batch that proves an equivocation; none if the key is no candidate's.

    A founding super node that never registered has no bond to take: the engine alone bars it.
    """
    consensus_key = ConsensusKeyHex(proof.key.hex())
    data = state.get(consensus_key_address(consensus_key))
    if data is None:
        return []
    payload = ReportEquivocation(
        consensus_key,
        ConsensusKey.CODEC.decode(data).organisation,
        encode_signed_header(proof.evidence.first),
        encode_signed_header(proof.evidence.second),
    )
    footprint = FDPOS_REGISTRY.footprint(payload, PublicKey(key.public_key.hex))
    transaction = sign_transaction(
        key,
        family_name=FDPOS_REGISTRY.name,
        family_version=FDPOS_REGISTRY.version,
        payload=FDPOS_REGISTRY.encode(payload),
        inputs=footprint.inputs,
        outputs=footprint.outputs,
        nonce="evidence",
    )
    return [sign_batch(key, [transaction])]
