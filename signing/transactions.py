"""Making signed transactions, and reading those that strangers sent.

The header's bytes are signed and kept exactly as they came: they are never encoded again, so fields unknown
here, or an unusual order of fields, stay under the signature. What lies outside the header is not signed;
there only the header, its signature and the payload are read, and anything else is dropped.
"""

from collections.abc import Sequence
from hashlib import sha512

from google.protobuf.message import DecodeError

from protos.sawtooth import transaction_pb2
from signing.errors import UndecodableBytesError
from signing.keys import PrivateKey
from signing.limits import HEADER_BYTES_MAX, PAYLOAD_BYTES_MAX
from signing.rules import check_size, check_transaction, is_plainly_valid
from signing.types import (
    AddressPrefix,
    PublicKeyHex,
    SignedTransaction,
    TransactionHeader,
    TransactionId,
)


def sign_transaction(
    signer: PrivateKey,
    *,
    family_name: str,
    family_version: str,
    payload: bytes,
    inputs: Sequence[str],
    outputs: Sequence[str],
    nonce: str,
    dependencies: Sequence[str] = (),
    batcher_public_key: PublicKeyHex | None = None,
) -> SignedTransaction:
    """Return a transaction signed by ``signer``; its bytes are those that Sawtooth's own SDK would make.

    Args:
        signer: Who answers for it.
        family_name: The transaction family, such as ``energy_orders``.
        family_version: Its version, such as ``1.0``.
        payload: The family's own bytes.
        inputs: Addresses, or prefixes of addresses, that it may read.
        outputs: Addresses, or prefixes of addresses, that it may write.
        nonce: Any text that the signer has not used with an otherwise equal transaction.
        dependencies: Ids of the transactions that must be committed before it.
        batcher_public_key: Who will put it into a batch; the signer if left out.

    Raises:
        InvalidFormatError: An argument breaks a rule of the format.
    """
    header = TransactionHeader(
        family_name=family_name,
        family_version=family_version,
        signer_public_key=signer.public_key.hex,
        batcher_public_key=batcher_public_key or signer.public_key.hex,
        inputs=tuple(map(AddressPrefix, inputs)),
        outputs=tuple(map(AddressPrefix, outputs)),
        dependencies=tuple(map(TransactionId, dependencies)),
        nonce=nonce,
        payload_sha512=sha512(payload).hexdigest(),
    )
    header_bytes = transaction_pb2.TransactionHeader(**header._asdict()).SerializeToString()
    transaction = SignedTransaction(
        TransactionId(signer.sign(header_bytes).hex()), header, header_bytes, payload
    )
    check_transaction(transaction)
    return transaction


def encode_transaction(transaction: SignedTransaction) -> bytes:
    """Return the transaction as a Sawtooth ``Transaction`` message."""
    return to_message(transaction).SerializeToString()


def decode_transaction(data: bytes) -> SignedTransaction:
    """Return the transaction in an encoded ``Transaction`` message from anywhere.

    Raises:
        InvalidFormatError: The bytes are no such message or break a rule; the error says where.
    """
    check_size("transaction", data, HEADER_BYTES_MAX + PAYLOAD_BYTES_MAX)
    try:
        message = transaction_pb2.Transaction.FromString(data)
    except DecodeError:
        raise UndecodableBytesError("transaction", data) from None
    return from_message(message)


def to_message(transaction: SignedTransaction) -> transaction_pb2.Transaction:
    """Return the protobuf message of a transaction."""
    return transaction_pb2.Transaction(
        header=transaction.header_bytes,
        header_signature=transaction.transaction_id,
        payload=transaction.payload,
    )


def from_message(message: transaction_pb2.Transaction) -> SignedTransaction:
    """Return the transaction in a protobuf message, its form checked.

    Raises:
        InvalidFormatError: It breaks a rule; the error's field is relative to the message.
    """
    header_bytes = message.header
    try:
        header = transaction_pb2.TransactionHeader.FromString(header_bytes)
    except DecodeError:
        raise UndecodableBytesError("header", header_bytes) from None
    transaction = SignedTransaction(
        message.header_signature,  # type: ignore[arg-type] # its form is checked below
        TransactionHeader(
            header.family_name,
            header.family_version,
            header.signer_public_key,  # type: ignore[arg-type]
            header.batcher_public_key,  # type: ignore[arg-type]
            tuple(header.inputs[:]),  # type: ignore[arg-type]
            tuple(header.outputs[:]),  # type: ignore[arg-type]
            tuple(header.dependencies[:]),  # type: ignore[arg-type]
            header.nonce,
            header.payload_sha512,
        ),
        header_bytes,
        message.payload,
    )
    if not is_plainly_valid(transaction):
        check_transaction(transaction)
    return transaction
