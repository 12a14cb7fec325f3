"""Public proofs: one file that shows anybody, offline, that a public-chain block is on the ledger.

The file is JSON in one canonical form (two spaces of indentation, members in the order below, ASCII, a
newline at the end), so that no byte of it can differ and still verify::

    {
      "format": "wattdag-public-proof/1",
      "block": {"number", "period_start_s", "period_minutes", "spare": [{"kind", "power_milliw"}, ...],
                "price_uyuan_per_kwh", "previous_hash", "hash"},
      "state_proof": the block's membership proof as `validator.state.proofs` encodes it, in hex,
      "ledger_block": {every field of the ledger block's header},
      "signatures": [{"public_key", "signature"}, ...]    ascending by key
    }

The chain of reasoning: the public-chain block is an entry, at the address of its number, of the state whose
root the header names; the header's digest is the ledger block's id; the signatures are of the checkpoint
with chain id, epoch, number, id and root. That a signer may speak for the ledger is for the reader to know:
give the keys that you trust.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Protocol

from signing.errors import SigningError
from signing.keys import PublicKey
from transaction_families.accounts.state import ParticipantKind
from transaction_families.errors import InvalidTransaction, UnknownEntryError
from transaction_families.periods import DeliveryPeriod, check_period
from transaction_families.trade_records.state import KindPower, PublicChainBlock, public_chain_address
from validator.journal.checkpoint import Checkpoint, SignedCheckpoint
from validator.journal.ledger_block import LedgerBlock
from validator.state.errors import InvalidProofError
from validator.state.proofs import StateProof, encode_proof, verify_proof

FORMAT: Final = "wattdag-public-proof/1"
PROOF_FILE_BYTES_MAX: Final = 1 << 20
SIGNATURES_MAX: Final = 1000

_HEADER_FIELDS: Final = tuple(field.name for field in fields(LedgerBlock) if field.init)
_HEADER_BYTES_FIELDS: Final = frozenset({"state_root", "batches_digest"})
_HEADER_TEXT_FIELDS: Final = frozenset({"chain_id", "previous_id"})


class PublicProofError(Exception):
    """Base of the reasons why a file proves nothing."""


class MalformedPublicProofError(PublicProofError):
    """The file is no public proof, or not in its canonical form."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no public proof: {what}")


class BlockNotProvenError(PublicProofError):
    """The state at the ledger block's root does not hold this public-chain block."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"public-chain block {number} is not in the state of the ledger block: {reason}")
        self.number = number


class BadCheckpointSignatureError(PublicProofError):
    """A signature does not fit the checkpoint of the ledger block in the file."""

    def __init__(self, public_key: PublicKey) -> None:
        super().__init__(f"the signature of {public_key.hex} does not fit the ledger block in the file")
        self.public_key = public_key


class UntrustedProofError(PublicProofError):
    """A key that the reader trusts has not signed."""

    def __init__(self, missing: PublicKey) -> None:
        super().__init__(f"trusted key {missing.hex} has not signed the ledger block in the file")
        self.missing = missing


class StateReader(Protocol):
    """The state after one ledger block."""

    def get(self, address: str) -> bytes | None:
        """Return the value at an address."""
        ...

    def prove(self, address: str) -> StateProof:
        """Return a proof of it."""
        ...


@dataclass(frozen=True, slots=True)
class PublicProof:
    """What a file claims; `verify_public_proof` says whether it is so."""

    block: PublicChainBlock
    state_proof: bytes
    ledger_block: LedgerBlock
    signatures: tuple[SignedCheckpoint, ...]  # of the ledger block's checkpoint, ascending by key


def make_public_proof(
    number: int, state: StateReader, ledger_block: LedgerBlock, checkpoints: Sequence[SignedCheckpoint]
) -> PublicProof:
    """Return the proof of a public-chain block.

    Args:
        number: Of the public-chain block.
        state: The state after ``ledger_block``.
        ledger_block: Any block from the one that published on.
        checkpoints: Signed for ``ledger_block``, at least one.

    Raises:
        UnknownEntryError: The state holds no such block.
    """
    assert checkpoints
    assert all(one.checkpoint == Checkpoint.of(ledger_block) for one in checkpoints)
    address = public_chain_address(number)
    if (data := state.get(address)) is None:
        raise UnknownEntryError("public-chain block", number)
    return PublicProof(
        PublicChainBlock.CODEC.decode(data),
        encode_proof(state.prove(address)),
        ledger_block,
        tuple(sorted(checkpoints, key=lambda one: one.public_key.hex)),
    )


def verify_public_proof(data: bytes, trusted: Collection[PublicKey] = ()) -> PublicProof:
    """Return what a file from anywhere proves; needs nothing but the file and the keys.

    Args:
        data: The file's bytes.
        trusted: Keys each of which must have signed. Without any, the proof shows only that whoever
            holds the keys in the file vouches for it.

    Raises:
        MalformedPublicProofError: It is no public proof, or not in its canonical form.
        BlockNotProvenError: The state proof does not lead from the root to this block.
        BadCheckpointSignatureError: A signature in the file is not of this ledger block.
        UntrustedProofError: A trusted key has not signed.
    """
    proof = decode_public_proof(data)
    number = proof.block.number
    try:
        proven = verify_proof(proof.ledger_block.state_root, public_chain_address(number), proof.state_proof)
    except InvalidProofError as error:
        raise BlockNotProvenError(number, str(error)) from error
    if proven != PublicChainBlock.CODEC.encode(proof.block):
        raise BlockNotProvenError(number, "another block, or none, stands at its address")
    for signed in proof.signatures:
        if not signed.verify():
            raise BadCheckpointSignatureError(signed.public_key)
    signers = {signed.public_key for signed in proof.signatures}
    for key in trusted:
        if key not in signers:
            raise UntrustedProofError(key)
    return proof


def encode_public_proof(proof: PublicProof) -> bytes:
    """Return the canonical file of a proof."""
    block = proof.block
    document = {
        "format": FORMAT,
        "block": {
            "number": block.number,
            "period_start_s": block.period.start_s,
            "period_minutes": block.period.minutes,
            "spare": [{"kind": one.kind.name, "power_milliw": one.power_milliw} for one in block.spare],
            "price_uyuan_per_kwh": block.price_uyuan_per_kwh,
            "previous_hash": block.previous_hash.hex(),
            "hash": block.hash.hex(),
        },
        "state_proof": proof.state_proof.hex(),
        "ledger_block": {name: _header_value(proof.ledger_block, name) for name in _HEADER_FIELDS},
        "signatures": [
            {"public_key": one.public_key.hex, "signature": one.signature.hex()} for one in proof.signatures
        ],
    }
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


def decode_public_proof(data: bytes) -> PublicProof:
    """Return what the bytes claim; nothing about it has been verified.

    Raises:
        MalformedPublicProofError: They are too many, no such file, or not in its canonical form.
    """
    if len(data) > PROOF_FILE_BYTES_MAX:
        raise MalformedPublicProofError(f"{len(data)} bytes; at most {PROOF_FILE_BYTES_MAX} are allowed")
    try:
        proof = _parse(_Members(json.loads(data.decode("ascii")), "the file"))
        canonical = encode_public_proof(proof)
    except (ValueError, RecursionError, SigningError, InvalidTransaction) as error:
        raise MalformedPublicProofError(str(error)) from error
    if canonical != data:
        raise MalformedPublicProofError("it is not written in its one canonical form")
    return proof


def _parse(document: _Members) -> PublicProof:
    if document.text("format") != FORMAT:
        raise MalformedPublicProofError(f"its format is not {FORMAT}")
    block = document.members("block")
    period = DeliveryPeriod(block.integer("period_start_s"), block.integer("period_minutes"))
    public = PublicChainBlock(
        number=block.integer("number"),
        period=check_period(period),
        spare=tuple(
            KindPower(_kind(one.text("kind")), one.integer("power_milliw")) for one in block.list("spare")
        ),
        price_uyuan_per_kwh=block.integer("price_uyuan_per_kwh"),
        previous_hash=block.hex("previous_hash"),
        hash=block.hex("hash"),
    )
    if public.number < 1:
        raise MalformedPublicProofError("blocks are numbered from 1")
    PublicChainBlock.CODEC.encode(public)  # raises where a number does not fit the ledger's integers
    header = document.members("ledger_block")
    ledger_block = LedgerBlock(**{name: _parse_header_value(header, name) for name in _HEADER_FIELDS})
    checkpoint = Checkpoint.of(ledger_block)
    signatures = tuple(
        SignedCheckpoint(checkpoint, PublicKey.from_hex(one.text("public_key")), one.hex("signature"))
        for one in document.list("signatures")
    )
    keys = [one.public_key.hex for one in signatures]
    if not 1 <= len(keys) <= SIGNATURES_MAX or keys != sorted(set(keys)):
        raise MalformedPublicProofError(f"it needs 1 to {SIGNATURES_MAX} signatures, ascending by key")
    return PublicProof(public, document.hex("state_proof"), ledger_block, signatures)


def _header_value(block: LedgerBlock, name: str) -> int | str:
    value: int | str | bytes = getattr(block, name)
    return value.hex() if isinstance(value, bytes) else value


def _parse_header_value(header: _Members, name: str) -> Any:
    if name in _HEADER_BYTES_FIELDS:
        return header.hex(name)
    return header.text(name) if name in _HEADER_TEXT_FIELDS else header.integer(name)


def _kind(name: str) -> ParticipantKind:
    try:
        return ParticipantKind[name]
    except KeyError:
        raise ValueError(f"{name!r:.80} is no kind of participant") from None


class _Members:
    """A JSON object, read with the type that each member must have."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{where} is not an object")
        self._value: Mapping[str, object] = value
        self._where = where

    def _get(self, name: str, kind: type) -> Any:
        value = self._value.get(name)
        if type(value) is not kind:  # a bool is no int here
            raise ValueError(f"{self._where} has no {kind.__name__} {name!r}")
        return value

    def integer(self, name: str) -> int:
        value: int = self._get(name, int)
        return value

    def text(self, name: str) -> str:
        value: str = self._get(name, str)
        return value

    def hex(self, name: str) -> bytes:
        return bytes.fromhex(self.text(name))

    def members(self, name: str) -> _Members:
        return _Members(self._value.get(name), name)

    def list(self, name: str) -> list[_Members]:
        return [_Members(one, f"an entry of {name}") for one in self._get(name, list)]
