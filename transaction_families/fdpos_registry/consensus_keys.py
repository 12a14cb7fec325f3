"""Consensus keys and endpoints: their form, and the proof that who registers a key holds it."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from signing.errors import MalformedPublicKeyError
from signing.keys import PrivateKey, PublicKey
from signing.tagged import Domain, sign_tagged, verify_tagged
from transaction_families.accounts.state import LEDGER_FOUNDING_ADDRESS, LedgerFounding
from transaction_families.errors import MalformedPayloadError
from transaction_families.fdpos_registry.errors import UnprovenConsensusKeyError
from transaction_families.fdpos_registry.identifiers import ConsensusKeyHex, Organisation
from transaction_families.state_view import StateView

REGISTRATION_DOMAIN: Final = Domain("consensus-key-registration/1")
HOST_CHARACTERS_MAX: Final = 253  # RFC 1035, section 2.3.4

_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, section 2.1
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_PORT_MAX: Final = 65535
_ENDPOINT_RULE: Final = (
    "HOST:PORT with a lowercase DNS name, an IPv4 address or an IPv6 address in brackets, and port 1 to 65535"
)


def get_chain_id(state: StateView) -> str:
    """Return the ledger's name.

    Raises:
        UnknownEntryError: The ledger has not been founded.
    """
    return state.get(LedgerFounding, LEDGER_FOUNDING_ADDRESS, "(found the ledger first)").chain_id


def parse_consensus_key(field: str, public_key: str) -> PublicKey:
    """Return a consensus key.

    Raises:
        MalformedPayloadError: It is no compressed secp256k1 key in lowercase hex digits.
    """
    try:
        return PublicKey.from_hex(public_key)
    except MalformedPublicKeyError as error:
        raise MalformedPayloadError(
            field, public_key, "a compressed secp256k1 key: 66 lowercase hex digits, a point of the curve"
        ) from error


def sign_registration(key: PrivateKey, chain_id: str, organisation: Organisation, endpoint: str) -> bytes:
    """Return the consensus key's word, 64 bytes, that it belongs to an organisation of a ledger."""
    return sign_tagged(key, REGISTRATION_DOMAIN, _registration(chain_id, organisation, endpoint))


def check_consensus_key(
    chain_id: str, public_key: ConsensusKeyHex, organisation: Organisation, endpoint: str, signature: bytes
) -> None:
    """Check that the holder of a consensus key agreed to its registration.

    Raises:
        MalformedPayloadError: The key has another form.
        UnprovenConsensusKeyError: The signature is not its own over this registration.
    """
    key = parse_consensus_key("consensus_public_key", public_key)
    message = _registration(chain_id, organisation, endpoint)
    if not verify_tagged(key, REGISTRATION_DOMAIN, message, signature):
        raise UnprovenConsensusKeyError(public_key)


def check_endpoint(endpoint: str) -> None:
    """Check where a super node can be reached.

    Raises:
        MalformedPayloadError: It is not ``HOST:PORT``.
    """
    host, _, port = endpoint.rpartition(":")
    if not _PORT.fullmatch(port) or int(port) > _PORT_MAX or not _is_host(host):
        raise MalformedPayloadError("endpoint", endpoint, _ENDPOINT_RULE)


def _is_host(host: str) -> bool:
    try:
        if host.startswith("[") and host.endswith("]"):
            return "%" not in host and bool(IPv6Address(host[1:-1]))  # zones are local to a host
        if host.replace(".", "").isdigit():
            return bool(IPv4Address(host))
    except AddressValueError:
        return False
    return len(host) <= HOST_CHARACTERS_MAX and all(map(_LABEL.fullmatch, host.split(".")))


def _registration(chain_id: str, organisation: str, endpoint: str) -> bytes:
    parts = (part.encode() for part in (chain_id, organisation, endpoint))
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
