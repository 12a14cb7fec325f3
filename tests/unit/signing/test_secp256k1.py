import pytest

from signing import secp256k1
from signing.errors import MalformedPrivateKeyError, MalformedPublicKeyError
from tests.helpers.signed_messages import ALICE, BOB

# The order of the group; s and ORDER - s verify alike in plain ECDSA.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
MESSAGE = b"kilowatt-hours"
UNCOMPRESSED_GENERATOR = bytes.fromhex(
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)


def test_a_signature_is_the_published_one_for_its_key_and_message() -> None:
    """RFC 6979 leaves one signature for a key and a message; this one is among Bitcoin's test vectors."""
    signature = secp256k1.sign((1).to_bytes(32, "big"), b"Satoshi Nakamoto")

    assert signature.hex() == (
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
        "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
    )


def test_the_key_one_has_the_generator_as_its_public_key() -> None:
    """The compressed form keeps x and the parity of y."""
    assert secp256k1.get_public_key((1).to_bytes(32, "big"))[1:] == UNCOMPRESSED_GENERATOR[1:33]


def test_a_signature_fits_its_own_key_and_message_only() -> None:
    signature = secp256k1.sign(ALICE.secret, MESSAGE)
    alice, bob = ALICE.public_key.compressed, BOB.public_key.compressed

    assert secp256k1.verify(alice, MESSAGE, signature)
    assert not secp256k1.verify(bob, MESSAGE, signature)
    assert not secp256k1.verify(alice, MESSAGE + b".", signature)


def test_the_twin_of_a_signature_with_the_higher_s_is_refused() -> None:
    """Otherwise anybody could make a second id for somebody's transaction."""
    signature = secp256k1.sign(ALICE.secret, MESSAGE)
    high_s = ORDER - int.from_bytes(signature[32:], "big")
    twin = signature[:32] + high_s.to_bytes(32, "big")

    assert int.from_bytes(signature[32:], "big") <= ORDER // 2
    assert not secp256k1.verify(ALICE.public_key.compressed, MESSAGE, twin)


@pytest.mark.parametrize(
    "signature",
    [b"", bytes(63), bytes(64), bytes(65), b"\xff" * 64],
    ids=["empty", "short", "zeros", "long", "over the order"],
)
def test_a_malformed_signature_is_false_and_no_crash(signature: bytes) -> None:
    assert not secp256k1.verify(ALICE.public_key.compressed, MESSAGE, signature)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        ALICE.public_key.compressed[:-1],
        ALICE.public_key.compressed + b"\x00",
        b"\x05" + ALICE.public_key.compressed[1:],
        b"\x02" + b"\xff" * 32,
        UNCOMPRESSED_GENERATOR,
        b"\x06" + UNCOMPRESSED_GENERATOR[1:],
    ],
    ids=["empty", "short", "long", "wrong prefix", "no point", "uncompressed", "hybrid"],
)
def test_a_public_key_of_any_other_form_is_refused(key: bytes) -> None:
    """One key has one form, so that it is one identity."""
    with pytest.raises(MalformedPublicKeyError, match="66 lowercase hex digits"):
        secp256k1.check_public_key(key)
    assert not secp256k1.verify(key, MESSAGE, ALICE.sign(MESSAGE))


@pytest.mark.parametrize(
    "secret",
    [b"", bytes(31), bytes(33), bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32],
    ids=["empty", "short", "long", "zero", "order", "over the order"],
)
def test_a_private_key_outside_the_group_is_refused(secret: bytes) -> None:
    with pytest.raises(MalformedPrivateKeyError):
        secp256k1.sign(secret, MESSAGE)
    with pytest.raises(MalformedPrivateKeyError):
        secp256k1.get_public_key(secret)


def test_junk_keys_do_not_enter_the_cache_of_parsed_keys() -> None:
    """A flood of keys that are none must not push out those in use."""
    before = secp256k1._parse_public_key.cache_info().currsize

    for index in range(100):
        secp256k1.verify(b"\x05" + index.to_bytes(32, "big"), MESSAGE, bytes(64))

    assert secp256k1._parse_public_key.cache_info().currsize == before
    assert secp256k1._parse_public_key.cache_info().maxsize == secp256k1.PARSED_KEYS_MAX
