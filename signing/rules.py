"""The rules that every transaction and batch keeps, whoever signed it.

`check_transaction` and `check_batch` are the rules, in words and one by one. `is_plainly_valid` answers for
the usual transaction in a fifth of the time, by looking at all its hex digits at once: True means that
`check_transaction` would pass, False means nothing.

Source: Sawtooth's transaction and batch specification and its validator's structure checks; the limits are
this ledger's.
"""

import re
from collections.abc import Sequence
from hashlib import sha512
from typing import Final

from signing.errors import (
    BatcherMismatchError,
    DuplicateTransactionError,
    EmptyBatchError,
    MalformedAddressError,
    MalformedDependencyError,
    MalformedPublicKeyError,
    MalformedSignatureError,
    PayloadHashMismatchError,
    TooLargeError,
    TooManyError,
    TransactionOrderError,
)
from signing.limits import (
    ADDRESSES_MAX,
    DEPENDENCIES_MAX,
    HEADER_BYTES_MAX,
    PAYLOAD_BYTES_MAX,
    TEXT_CHARS_MAX,
    TRANSACTIONS_PER_BATCH_MAX,
)
from signing.types import SignedTransaction

_ADDRESS_PREFIX: Final = re.compile(r"([0-9a-f]{2}){0,35}")
_PUBLIC_KEY: Final = re.compile(r"0[23][0-9a-f]{64}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")
_ADDRESS_LENGTHS: Final = frozenset(range(0, 71, 2))
_HEX_DIGITS: Final = b"0123456789abcdef"
_KEY_BEGINNINGS: Final = ("02", "03")


def check_signature_form(field: str, text: str) -> None:
    """Raise `MalformedSignatureError` unless ``text`` is 128 lowercase hex digits."""
    if not _SIGNATURE.fullmatch(text):
        raise MalformedSignatureError(field, text)


def check_public_key_form(field: str, text: str) -> None:
    """Raise `MalformedPublicKeyError` unless ``text`` is written as a compressed key.

    Whether it is a point of the curve shows when its signature is verified: the one of a key that is
    none never fits.
    """
    if not _PUBLIC_KEY.fullmatch(text):
        raise MalformedPublicKeyError(field, text)


def check_size(field: str, content: str | bytes, limit: int) -> None:
    """Raise `TooLargeError` if ``content`` is longer than ``limit`` bytes or characters."""
    if len(content) > limit:
        unit = "bytes" if isinstance(content, bytes) else "characters"
        raise TooLargeError(field, len(content), limit, unit)


def check_count(field: str, entries: Sequence[object], limit: int) -> None:
    """Raise `TooManyError` if there are more than ``limit`` entries."""
    if len(entries) > limit:
        raise TooManyError(field, len(entries), limit)


def check_transaction(transaction: SignedTransaction) -> None:
    """Raise the error of the first rule that a transaction breaks by itself.

    Raises:
        InvalidFormatError: A field is malformed, too long, or not the payload's hash; the subclass
            says which rule, the error's ``field`` where.
    """
    header = transaction.header
    check_signature_form("header_signature", transaction.transaction_id)
    check_size("header", transaction.header_bytes, HEADER_BYTES_MAX)
    check_size("payload", transaction.payload, PAYLOAD_BYTES_MAX)
    check_public_key_form("header.signer_public_key", header.signer_public_key)
    check_public_key_form("header.batcher_public_key", header.batcher_public_key)
    check_size("header.family_name", header.family_name, TEXT_CHARS_MAX)
    check_size("header.family_version", header.family_version, TEXT_CHARS_MAX)
    check_size("header.nonce", header.nonce, TEXT_CHARS_MAX)
    check_count("header.inputs", header.inputs, ADDRESSES_MAX)
    for index, address in enumerate(header.inputs):
        if not _ADDRESS_PREFIX.fullmatch(address):
            raise MalformedAddressError(f"header.inputs[{index}]", address)
    check_count("header.outputs", header.outputs, ADDRESSES_MAX)
    for index, address in enumerate(header.outputs):
        if not _ADDRESS_PREFIX.fullmatch(address):
            raise MalformedAddressError(f"header.outputs[{index}]", address)
    check_count("header.dependencies", header.dependencies, DEPENDENCIES_MAX)
    for index, dependency in enumerate(header.dependencies):
        if not _SIGNATURE.fullmatch(dependency):
            raise MalformedDependencyError(f"header.dependencies[{index}]", dependency)
    if header.payload_sha512 != sha512(transaction.payload).hexdigest():
        raise PayloadHashMismatchError("header.payload_sha512", header.payload_sha512)


def is_plainly_valid(transaction: SignedTransaction) -> bool:
    """Return True only if `check_transaction` passes; False for every doubt and every rare form.

    The usual transaction has no dependencies.
    """
    transaction_id, header, header_bytes, payload = transaction
    name, version, signer, batcher, inputs, outputs, dependencies, nonce, payload_sha512 = header
    addresses = inputs + outputs
    hex_text = "".join((transaction_id, signer, batcher, *addresses))
    return (
        set(map(len, addresses)) <= _ADDRESS_LENGTHS
        and not dependencies
        and not hex_text.encode().translate(None, _HEX_DIGITS)
        and len(transaction_id) == 128
        and len(signer) == 66 == len(batcher)
        and signer.startswith(_KEY_BEGINNINGS)
        and batcher.startswith(_KEY_BEGINNINGS)
        and len(name) + len(version) + len(nonce) <= TEXT_CHARS_MAX
        and len(addresses) <= ADDRESSES_MAX
        and len(header_bytes) <= HEADER_BYTES_MAX
        and len(payload) <= PAYLOAD_BYTES_MAX
        and payload_sha512 == sha512(payload).hexdigest()
    )


def check_batch(
    batch_id: str,
    signer_public_key: str,
    transaction_ids: list[str],
    transactions: Sequence[SignedTransaction],
) -> None:
    """Raise the error of the first rule that a batch of valid transactions breaks.

    Args:
        batch_id: The batch header's signature.
        signer_public_key: The batch header's signer.
        transaction_ids: The batch header's ids.
        transactions: The batch's transactions, each of which passed `check_transaction`.

    Raises:
        InvalidFormatError: The subclass says which rule, the error's ``field`` where.
    """
    check_signature_form("header_signature", batch_id)
    check_public_key_form("header.signer_public_key", signer_public_key)
    if not transactions:
        raise EmptyBatchError("transactions")
    check_count("transactions", transactions, TRANSACTIONS_PER_BATCH_MAX)
    actual_ids = [transaction.transaction_id for transaction in transactions]
    if transaction_ids != actual_ids:
        raise TransactionOrderError("header.transaction_ids", transaction_ids)
    if len(set(actual_ids)) != len(actual_ids):
        twice = next(entry for entry in actual_ids if actual_ids.count(entry) > 1)
        raise DuplicateTransactionError("header.transaction_ids", twice)
    for index, transaction in enumerate(transactions):
        if transaction.header.batcher_public_key != signer_public_key:
            raise BatcherMismatchError(
                f"transactions[{index}].header.batcher_public_key",
                transaction.header.batcher_public_key,
            )
