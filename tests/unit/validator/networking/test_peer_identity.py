"""The Hello: what it says, and whom it convinces."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus_engine.types import PeerId
from protos.peers import peers_pb2 as pb
from signing.certificates import issue_client
from tests.helpers.peer_links import AUTHORITY, key_of, make_identity, tls_of
from validator.networking.errors import Refusal, RefusedError
from validator.networking.identity import (
    NodeIdentity,
    check_hello,
    decode_hello,
    encode_hello,
    read_node_key,
    tls_host,
)

OWN = make_identity(key_of(1), key_of(2))
OTHER = make_identity(key_of(3), key_of(4))


def test_a_hello_says_who_sends_it() -> None:
    assert decode_hello(encode_hello(OTHER)) == OTHER
    check_hello(OTHER, OWN, OTHER.validator_key)


@pytest.mark.parametrize(
    ("hello", "refusal", "text"),
    [
        (replace(OTHER, chain_id="elsewhere"), Refusal.CHAIN, "'elsewhere'"),
        (replace(OTHER, validator_key=OWN.validator_key), Refusal.KEY, "TLS proves"),
        (replace(OTHER, validator_key=b""), Refusal.KEY, "TLS proves"),
        (replace(OTHER, binding=OWN.binding), Refusal.BINDING, "does not stand by"),
        (replace(OTHER, binding=b""), Refusal.BINDING, "does not stand by"),
        (replace(OTHER, consensus_key=OWN.consensus_key), Refusal.BINDING, "does not stand by"),
        (replace(OTHER, consensus_key=PeerId(b"no key")), Refusal.BINDING, "does not stand by"),
        (make_identity(key_of(3), key_of(4), "elsewhere"), Refusal.CHAIN, "'elsewhere'"),
    ],
)
def test_a_hello_that_contradicts_tls_or_itself_is_refused(
    hello: NodeIdentity, refusal: Refusal, text: str
) -> None:
    with pytest.raises(RefusedError, match=text) as caught:
        check_hello(hello, OWN, OTHER.validator_key)
    assert caught.value.refusal is refusal


def test_a_binding_to_the_chain_of_another_ledger_is_refused() -> None:
    """The same keys on a test network prove nothing here."""
    elsewhere = make_identity(key_of(3), key_of(4), "elsewhere")
    with pytest.raises(RefusedError, match="does not stand by"):
        check_hello(replace(OTHER, binding=elsewhere.binding), OWN, OTHER.validator_key)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"protocol_version": 2}, "protocol version 2; this node speaks 1"),
        ({"endpoint": "a" * 256}, "at most 255 characters"),
        ({"endpoint": "host\n:1"}, "printable"),
        ({"binding": bytes(5_000)}, "at most 4096 are read"),
    ],
)
def test_a_hello_of_another_form_is_refused(changes: dict[str, object], text: str) -> None:
    hello = pb.Frame.FromString(encode_hello(OTHER)).hello
    for name, value in changes.items():
        setattr(hello, name, value)
    with pytest.raises(RefusedError, match=text):
        decode_hello(pb.Frame(hello=hello).SerializeToString())


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_a_hello_or_refused(frame: bytes) -> None:
    with suppress(RefusedError):
        check_hello(decode_hello(frame), OWN, OTHER.validator_key)


def test_a_nodes_certificate_gives_its_validator_key() -> None:
    assert read_node_key(tls_of(key_of(3)).certificate_pem) == OTHER.validator_key


@pytest.mark.parametrize(
    ("certificate", "text"),
    [
        (issue_client(AUTHORITY, "a utility", key_of(3).public_key.hex).certificate_pem, "client's"),
        (AUTHORITY.certificate_pem, "subject alternative names"),
        (b"", "no X.509 certificate"),
    ],
    ids=["client", "authority", "none"],
)
def test_a_certificate_of_no_node_is_refused(certificate: bytes, text: str) -> None:
    with pytest.raises(RefusedError, match=text) as caught:
        read_node_key(certificate)
    assert caught.value.refusal is Refusal.CERTIFICATE


def test_two_validators_answer_to_two_names() -> None:
    assert tls_host(OWN.validator_key) != tls_host(OTHER.validator_key)


def test_tls_credentials_do_not_show_their_key() -> None:
    assert "PRIVATE" not in repr(tls_of(key_of(3)))
