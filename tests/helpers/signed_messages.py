"""Well-signed transactions and batches, also such as break a rule and the package would not make."""

from collections.abc import Sequence
from hashlib import sha512
from typing import Any

from protos.sawtooth import batch_pb2, transaction_pb2
from signing.batches import sign_batch
from signing.keys import PrivateKey
from signing.transactions import sign_transaction
from signing.types import SignedBatch, SignedTransaction

ALICE = PrivateKey.for_demo("alice")
BOB = PrivateKey.for_demo("bob")
ADDRESS = "1cf126" + 64 * "a"


def make_transaction(nonce: str = "0", signer: PrivateKey = BOB) -> SignedTransaction:
    """Return a transaction of ``signer`` that Alice may put into a batch."""
    return sign_transaction(
        signer,
        family_name="intkey",
        family_version="1.0",
        payload=b"payload " + nonce.encode(),
        inputs=[ADDRESS, "1cf126"],
        outputs=[ADDRESS],
        nonce=nonce,
        batcher_public_key=ALICE.public_key.hex,
    )


def make_batch(count: int = 3, nonce: str = "") -> SignedBatch:
    """Return Alice's batch of ``count`` transactions of Bob."""
    return sign_batch(ALICE, [make_transaction(f"{nonce}{index}") for index in range(count)])


def sign_transaction_message(
    payload: bytes = b"payload", **header_fields: Any
) -> transaction_pb2.Transaction:
    """Return Bob's transaction with any header fields at all, correctly signed."""
    fields: dict[str, Any] = {
        "batcher_public_key": ALICE.public_key.hex,
        "family_name": "intkey",
        "family_version": "1.0",
        "inputs": [ADDRESS],
        "nonce": "0",
        "outputs": [ADDRESS],
        "payload_sha512": sha512(payload).hexdigest(),
        "signer_public_key": BOB.public_key.hex,
    }
    header = transaction_pb2.TransactionHeader(**fields | header_fields).SerializeToString()
    return transaction_pb2.Transaction(
        header=header, header_signature=BOB.sign(header).hex(), payload=payload
    )


def sign_batch_message(
    transactions: Sequence[transaction_pb2.Transaction], **header_fields: Any
) -> batch_pb2.Batch:
    """Return Alice's batch with any header fields at all, correctly signed."""
    fields: dict[str, Any] = {
        "signer_public_key": ALICE.public_key.hex,
        "transaction_ids": [transaction.header_signature for transaction in transactions],
    }
    header = batch_pb2.BatchHeader(**fields | header_fields).SerializeToString()
    return batch_pb2.Batch(
        header=header, header_signature=ALICE.sign(header).hex(), transactions=transactions
    )
