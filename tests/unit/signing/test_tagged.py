from hashlib import sha256

import pytest
from google.protobuf.message import DecodeError

from protos.sawtooth import batch_pb2, block_pb2, transaction_pb2
from signing import secp256k1
from signing.errors import MalformedDomainError
from signing.tagged import Domain, sign_tagged, verify_tagged
from tests.helpers.signed_messages import ALICE, BOB

READING = Domain("meter-reading/1")
CHECKPOINT = Domain("checkpoint/1")


def test_a_tagged_signature_fits_its_key_domain_and_message_only() -> None:
    signature = sign_tagged(ALICE, READING, b"42 kWh")

    assert verify_tagged(ALICE.public_key, READING, b"42 kWh", signature)
    assert not verify_tagged(ALICE.public_key, CHECKPOINT, b"42 kWh", signature)
    assert not verify_tagged(ALICE.public_key, READING, b"43 kWh", signature)
    assert not verify_tagged(BOB.public_key, READING, b"42 kWh", signature)


def test_the_signed_bytes_are_those_of_the_documented_layout() -> None:
    """0x00, "wattdag-signed", 0x00, domain, 0x00, message."""
    signed = b"\x00wattdag-signed\x00meter-reading/1\x0042 kWh"

    assert READING.tag(b"42 kWh") == signed
    assert secp256k1.verify(ALICE.public_key.compressed, signed, sign_tagged(ALICE, READING, b"42 kWh"))


def test_a_longer_domain_name_cannot_pass_as_a_shorter_one_with_more_message() -> None:
    """The name's end is part of what is signed."""
    signature = sign_tagged(ALICE, Domain("meter"), b"-reading/1\x0042 kWh")

    assert not verify_tagged(ALICE.public_key, READING, b"42 kWh", signature)


@pytest.mark.parametrize(
    "header", [transaction_pb2.TransactionHeader, batch_pb2.BatchHeader, block_pb2.BlockHeader]
)
def test_tagged_bytes_are_no_header_whatever_the_message(
    header: type[transaction_pb2.TransactionHeader],
) -> None:
    """A meter's signature must never commit a transaction: a protobuf field has no number 0."""
    for message in (b"", sha256(b"any").digest(), header().SerializeToString()):
        with pytest.raises(DecodeError):
            header.FromString(READING.tag(message))


@pytest.mark.parametrize("name", ["", "Reading", "meter reading", "a\x00b", "a" * 65, "a\n"])
def test_a_domain_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(MalformedDomainError, match="1 to 64 characters"):
        Domain(name)
