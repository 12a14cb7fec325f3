"""ECDSA over secp256k1 and SHA-256, as Sawtooth signs: libsecp256k1 called directly.

The library is the one that the ``coincurve`` package ships; its cffi binding is called without the
package's own classes, which know only DER signatures and parse a public key anew for each. Each call
releases the interpreter's lock.

Signatures are deterministic (RFC 6979) and 64 bytes: r, then s, big-endian. Of the two values of s that
would verify, only the lower is made and only the lower is accepted, so that nobody but the signer can make
a second id for a transaction.
"""

import os
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from coincurve._libsecp256k1 import ffi, lib

from signing.errors import MalformedPrivateKeyError, MalformedPublicKeyError

PRIVATE_KEY_BYTES: Final = 32
PUBLIC_KEY_BYTES: Final = 33
SIGNATURE_BYTES: Final = 64
# Parsing a key costs 6 us. A full cache holds about 6 MB.
PARSED_KEYS_MAX: Final = 16_384


def _make_signing_context() -> Any:
    """Return a context of its own, blinded against timing attacks; blinding does not change signatures."""
    context = ffi.gc(lib.secp256k1_context_create(lib.SECP256K1_CONTEXT_NONE), lib.secp256k1_context_destroy)
    randomized = lib.secp256k1_context_randomize(context, os.urandom(32))
    assert randomized == 1
    return context


_SIGNING_CONTEXT: Final = _make_signing_context()
_VERIFYING_CONTEXT: Final = lib.secp256k1_context_static


@lru_cache(maxsize=PARSED_KEYS_MAX)
def _parse_public_key(public_key: bytes) -> Any:
    """Return the library's form of a compressed key, from the cache if it was parsed before.

    Raises:
        MalformedPublicKeyError: It is no compressed point of the curve; this is not cached, so that
            junk cannot push good keys out.
    """
    parsed = ffi.new("secp256k1_pubkey *")
    if len(public_key) != PUBLIC_KEY_BYTES or not lib.secp256k1_ec_pubkey_parse(
        _VERIFYING_CONTEXT, parsed, public_key, PUBLIC_KEY_BYTES
    ):
        raise MalformedPublicKeyError("public key", public_key.hex())
    return parsed


def check_public_key(public_key: bytes) -> None:
    """Raise unless ``public_key`` is a compressed point of the curve.

    Raises:
        MalformedPublicKeyError: It is not; uncompressed and hybrid forms are refused too.
    """
    _parse_public_key(public_key)


def check_private_key(private_key: bytes) -> None:
    """Raise unless ``private_key`` is 32 bytes that mean a number between 1 and the group's order.

    Raises:
        MalformedPrivateKeyError: It is not.
    """
    if len(private_key) != PRIVATE_KEY_BYTES or not lib.secp256k1_ec_seckey_verify(
        _VERIFYING_CONTEXT, private_key
    ):
        raise MalformedPrivateKeyError("private key")


def get_public_key(private_key: bytes) -> bytes:
    """Return the compressed public key, 33 bytes, of a private key.

    Raises:
        MalformedPrivateKeyError: The private key is not one.
    """
    check_private_key(private_key)
    point = ffi.new("secp256k1_pubkey *")
    created = lib.secp256k1_ec_pubkey_create(_SIGNING_CONTEXT, point, private_key)
    assert created == 1
    output = ffi.new("unsigned char[]", PUBLIC_KEY_BYTES)
    length = ffi.new("size_t *", PUBLIC_KEY_BYTES)
    lib.secp256k1_ec_pubkey_serialize(_SIGNING_CONTEXT, output, length, point, lib.SECP256K1_EC_COMPRESSED)
    return bytes(ffi.buffer(output))


def sign(private_key: bytes, message: bytes) -> bytes:
    """Return the signature, 64 bytes, of the SHA-256 of ``message``.

    Raises:
        MalformedPrivateKeyError: The private key is not one.

    Source: RFC 6979 with SHA-256 and no extra data; the lower s of SEC 1, section 4.1.
    """
    check_private_key(private_key)
    signature = ffi.new("secp256k1_ecdsa_signature *")
    digest = sha256(message).digest()
    signed = lib.secp256k1_ecdsa_sign(_SIGNING_CONTEXT, signature, digest, private_key, ffi.NULL, ffi.NULL)
    assert signed == 1  # fails only for a bad key, and that was checked
    output = ffi.new("unsigned char[]", SIGNATURE_BYTES)
    lib.secp256k1_ecdsa_signature_serialize_compact(_SIGNING_CONTEXT, output, signature)
    return bytes(ffi.buffer(output))


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether ``signature`` is the key's of the SHA-256 of ``message``; False for any malformed input.

    A signature with the higher s is false: `sign` never makes one, nor does Sawtooth.
    """
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        key = _parse_public_key(public_key)
    except MalformedPublicKeyError:
        return False
    parsed = ffi.new("secp256k1_ecdsa_signature *")
    if not lib.secp256k1_ecdsa_signature_parse_compact(_VERIFYING_CONTEXT, parsed, signature):
        return False
    digest = sha256(message).digest()
    return bool(lib.secp256k1_ecdsa_verify(_VERIFYING_CONTEXT, parsed, digest, key))
