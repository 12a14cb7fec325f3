from hashlib import sha256

import pytest

from signing.errors import MalformedPrivateKeyError, MalformedPublicKeyError
from signing.keys import PrivateKey, PublicKey
from tests.helpers.signed_messages import ALICE, BOB


def test_a_private_key_shows_itself_in_no_text() -> None:
    """A key that is printed or logged by mistake is still a secret."""
    for text in (repr(ALICE), str(ALICE), f"{ALICE}", repr([ALICE]), repr({"key": ALICE})):
        assert ALICE.hex not in text
        assert repr(ALICE.secret) not in text
        assert ALICE.public_key.hex in text


def test_the_error_about_a_private_key_does_not_show_it() -> None:
    secret = "ff" * 32

    with pytest.raises(MalformedPrivateKeyError) as caught:
        PrivateKey.from_hex(secret)

    assert secret not in str(caught.value)
    assert "hidden" in str(caught.value)


def test_keys_come_back_from_their_hex_digits() -> None:
    assert PrivateKey.from_hex(ALICE.hex) == ALICE
    assert PublicKey.from_hex(ALICE.public_key.hex) == ALICE.public_key


@pytest.mark.parametrize(
    "text",
    ["", "0g" * 33, ALICE.public_key.hex.upper(), f" {ALICE.public_key.hex}", "05" + "11" * 32, "é"],
    ids=["empty", "not hex", "uppercase", "with a space", "wrong prefix", "not ASCII"],
)
def test_a_public_key_written_otherwise_is_refused(text: str) -> None:
    """A second spelling of a key would be a second participant."""
    with pytest.raises(MalformedPublicKeyError):
        PublicKey.from_hex(text)


def test_text_that_is_not_hex_is_no_private_key() -> None:
    with pytest.raises(MalformedPrivateKeyError):
        PrivateKey.from_hex("correct horse battery staple")


def test_a_demo_key_follows_from_its_seed_as_documented() -> None:
    """SHA-256("wattdag demo key" || 0x00 || seed)."""
    assert PrivateKey.for_demo("alice").secret == sha256(b"wattdag demo key\x00alice").digest()
    assert ALICE != BOB


def test_generated_keys_differ() -> None:
    assert PrivateKey.generate() != PrivateKey.generate()
