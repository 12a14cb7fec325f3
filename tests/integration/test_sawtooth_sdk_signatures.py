"""The unmodified ``sawtooth_signing`` and the SDK's own messages, against ours, in both directions."""

from hashlib import sha512
from typing import Any

import pytest
import sawtooth_signing
from sawtooth_signing.secp256k1 import Secp256k1PrivateKey, Secp256k1PublicKey

from protos.sawtooth import (
    batch_pb2,
    block_info_pb2,
    block_pb2,
    events_pb2,
    genesis_pb2,
    network_pb2,
    processor_pb2,
    setting_pb2,
    state_context_pb2,
    transaction_pb2,
    transaction_receipt_pb2,
    validator_pb2,
)
from signing.batches import decode_batch_list, encode_batch_list, sign_batch
from signing.keys import PrivateKey, PublicKey
from signing.transactions import encode_transaction, sign_transaction
from signing.verification import InlineVerifier, submit_batches
from tests.helpers.sawtooth_messages import get_sawtooth_message
from tests.helpers.signed_messages import ADDRESS, ALICE, BOB

CONTEXT = sawtooth_signing.create_context("secp256k1")


def as_sawtooth_signer(key: PrivateKey) -> Any:
    """Return the SDK's signer with this key."""
    return sawtooth_signing.CryptoFactory(CONTEXT).new_signer(Secp256k1PrivateKey.from_hex(key.hex))


def make_batch_list_with_sdk(count: int) -> bytes:
    """Return one batch of ``count`` transactions of Bob's by Alice, made as Sawtooth's guide says."""
    alice, bob = as_sawtooth_signer(ALICE), as_sawtooth_signer(BOB)
    transactions: list[Any] = []
    for index in range(count):
        payload = b"payload %d" % index
        header = get_sawtooth_message("transaction", "TransactionHeader")(
            family_name="intkey",
            family_version="1.0",
            inputs=[ADDRESS],
            outputs=[ADDRESS, "1cf126"],
            signer_public_key=bob.get_public_key().as_hex(),
            batcher_public_key=alice.get_public_key().as_hex(),
            dependencies=[transactions[-1].header_signature] if transactions else [],
            payload_sha512=sha512(payload).hexdigest(),
            nonce=str(index),
        ).SerializeToString()
        transactions.append(
            get_sawtooth_message("transaction", "Transaction")(
                header=header, header_signature=bob.sign(header), payload=payload
            )
        )
    header = get_sawtooth_message("batch", "BatchHeader")(
        signer_public_key=alice.get_public_key().as_hex(),
        transaction_ids=[transaction.header_signature for transaction in transactions],
    ).SerializeToString()
    batch = get_sawtooth_message("batch", "Batch")(
        header=header, header_signature=alice.sign(header), transactions=transactions
    )
    encoded: bytes = get_sawtooth_message("batch", "BatchList")(batches=[batch]).SerializeToString()
    return encoded


def make_batch_list_with_us(count: int) -> bytes:
    """Return the same batch, made by this project."""
    transactions: list[Any] = []
    for index in range(count):
        transactions.append(
            sign_transaction(
                BOB,
                family_name="intkey",
                family_version="1.0",
                payload=b"payload %d" % index,
                inputs=[ADDRESS],
                outputs=[ADDRESS, "1cf126"],
                nonce=str(index),
                dependencies=[transactions[-1].transaction_id] if transactions else [],
                batcher_public_key=ALICE.public_key.hex,
            )
        )
    return encode_batch_list([sign_batch(ALICE, transactions)])


@pytest.mark.parametrize("count", [1, 3])
def test_both_make_the_same_bytes_of_the_same_batch(count: int) -> None:
    """Keys, signatures, ids and encoding are all the same, hence the bytes."""
    assert make_batch_list_with_us(count) == make_batch_list_with_sdk(count)


def test_a_batch_made_with_the_sdk_is_accepted_and_its_signatures_fit() -> None:
    encoded = make_batch_list_with_sdk(3)

    batches = decode_batch_list(encoded)

    assert submit_batches(InlineVerifier(), batches).result() == [None]
    assert encode_batch_list(batches) == encoded


def test_a_batch_made_here_is_read_and_verified_by_the_sdk() -> None:
    batch_list = get_sawtooth_message("batch", "BatchList").FromString(make_batch_list_with_us(3))

    (batch,) = batch_list.batches
    header = get_sawtooth_message("batch", "BatchHeader").FromString(batch.header)
    alice = Secp256k1PublicKey.from_hex(header.signer_public_key)
    assert CONTEXT.verify(batch.header_signature, batch.header, alice)
    for transaction in batch.transactions:
        header = get_sawtooth_message("transaction", "TransactionHeader").FromString(transaction.header)
        bob = Secp256k1PublicKey.from_hex(header.signer_public_key)
        assert CONTEXT.verify(transaction.header_signature, transaction.header, bob)
        assert not CONTEXT.verify(transaction.header_signature, transaction.header, alice)


def test_both_sign_alike_and_verify_each_other_over_many_keys() -> None:
    """Deterministic signatures: not only valid for the other, but identical."""
    for index in range(50):
        key, message = PrivateKey.for_demo(f"key {index}"), b"message %d" % index
        theirs = as_sawtooth_signer(key)

        assert theirs.get_public_key().as_hex() == key.public_key.hex
        assert theirs.sign(message) == key.sign(message).hex()
        assert PublicKey.from_hex(theirs.get_public_key().as_hex()).verify(
            message, bytes.fromhex(theirs.sign(message))
        )
        assert CONTEXT.verify(key.sign(message).hex(), message, theirs.get_public_key())


def test_a_transaction_alone_has_the_sdk_s_bytes() -> None:
    transaction = sign_transaction(
        BOB, family_name="", family_version="", payload=b"", inputs=[], outputs=[], nonce=""
    )

    read = get_sawtooth_message("transaction", "Transaction").FromString(encode_transaction(transaction))
    assert read.header_signature == transaction.transaction_id
    assert read.SerializeToString() == encode_transaction(transaction)


@pytest.mark.parametrize(
    ("module", "ours"),
    [
        ("transaction", transaction_pb2),
        ("batch", batch_pb2),
        ("events", events_pb2),
        ("transaction_receipt", transaction_receipt_pb2),
        ("block", block_pb2),
        ("block_info", block_info_pb2),
        ("genesis", genesis_pb2),
        ("setting", setting_pb2),
        ("network", network_pb2),
        ("processor", processor_pb2),
        ("state_context", state_context_pb2),
        ("validator", validator_pb2),
    ],
)
def test_each_message_has_the_sdk_s_fields(module: str, ours: Any) -> None:
    """Same names, numbers, types and labels mean the same bytes for any content."""
    for name, descriptor in ours.DESCRIPTOR.message_types_by_name.items():
        theirs = get_sawtooth_message(module, name).DESCRIPTOR
        assert describe(descriptor) == describe(theirs)


def describe(descriptor: Any) -> dict[str, Any]:
    """Return everything about a message type that decides its bytes."""
    fields = {
        field.name: (
            field.number,
            field.type,
            field.is_repeated,
            field.message_type and field.message_type.name,
            field.enum_type and sorted(field.enum_type.values_by_number),
        )
        for field in descriptor.fields
    }
    return {"fields": fields, "nested": list(map(describe, descriptor.nested_types))}
