"""Transactions and batches as values, and the kinds of text in them.

These are named tuples where the rest of the project has frozen dataclasses, since a node makes several for
each transaction: a frozen dataclass of ten fields takes 1.2 us to make, a named tuple 0.3 us.
"""

from typing import NamedTuple, NewType

# 66 lowercase hex digits: a compressed secp256k1 public key.
PublicKeyHex = NewType("PublicKeyHex", str)
# 128 lowercase hex digits: the compact signature of the transaction's header.
TransactionId = NewType("TransactionId", str)
# 128 lowercase hex digits: the compact signature of the batch's header.
BatchId = NewType("BatchId", str)
# 0 to 70 lowercase hex digits, an even number: a state address, or the beginning of many.
AddressPrefix = NewType("AddressPrefix", str)


class SignatureCheck(NamedTuple):
    """A question for a verifier: is ``signature`` this key's for the SHA-256 of ``message``?"""

    public_key: bytes  # 33 bytes
    message: bytes
    signature: bytes  # 64 bytes


class TransactionHeader(NamedTuple):
    """What a transaction's signer signed."""

    family_name: str
    family_version: str
    signer_public_key: PublicKeyHex
    batcher_public_key: PublicKeyHex
    inputs: tuple[AddressPrefix, ...]  # what it may read
    outputs: tuple[AddressPrefix, ...]  # what it may write
    dependencies: tuple[TransactionId, ...]  # to be committed before it
    nonce: str
    payload_sha512: str  # 128 lowercase hex digits


class SignedTransaction(NamedTuple):
    """A transaction whose form was checked; its signature is checked apart."""

    transaction_id: TransactionId
    header: TransactionHeader
    header_bytes: bytes  # as signed
    payload: bytes

    def signature_check(self) -> SignatureCheck:
        """Return the check of the signer's signature."""
        return SignatureCheck(
            bytes.fromhex(self.header.signer_public_key),
            self.header_bytes,
            bytes.fromhex(self.transaction_id),
        )


class SignedBatch(NamedTuple):
    """A batch whose form was checked; its signatures are checked apart."""

    batch_id: BatchId
    signer_public_key: PublicKeyHex
    header_bytes: bytes  # as signed
    transactions: tuple[SignedTransaction, ...]
    encoded: bytes  # the whole batch as a protobuf message, in its one canonical form

    def signature_checks(self) -> list[SignatureCheck]:
        """Return the checks of all its signatures: the batcher's, then one for each transaction, in order."""
        batcher = SignatureCheck(
            bytes.fromhex(self.signer_public_key), self.header_bytes, bytes.fromhex(self.batch_id)
        )
        return [batcher, *(transaction.signature_check() for transaction in self.transactions)]
