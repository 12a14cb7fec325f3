"""Whose word on the ledger a client takes: a quorum of super nodes', never one node's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError

from consensus_engine.commit_codec import checkpoint_message
from consensus_engine.committee import thresholds_of
from consensus_engine.ledger_binding import chain_digest
from consensus_engine.types import Epoch
from protos.ledger.ledger_pb2 import LedgerBlockHeader
from signing.errors import MalformedPublicKeyError
from signing.keys import PublicKey
from signing.tagged import Domain, verify_tagged
from signing.types import PublicKeyHex
from wattdag.client.values import block_id_of

CHECKPOINT_DOMAIN: Final = Domain("consensus-checkpoint/1")
HEADERS_MAX: Final = 10_000
EPOCHS_TRIED: Final = 2
"""A block may be signed by its own epoch's committee or, at an epoch's end, by the next."""


class UntrustedError(Exception):
    """Too few of those trusted vouch for a block, or the headers do not lead to the one they signed."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A committee that the client believes in.

    It holds as long as these super nodes serve. After an election seated others, take the new committee's
    keys from somebody trusted, or from a proof under the old one, and make a new value.

    Attributes:
        chain_id: The ledger's name.
        consensus_keys: Of the committee's members, 66 hex digits each.
    """

    chain_id: str
    consensus_keys: frozenset[PublicKeyHex]

    @classmethod
    def of(cls, chain_id: str, consensus_keys: Iterable[str]) -> "Trust":
        """Return the trust in a committee.

        Raises:
            MalformedPublicKeyError: One of the keys is none.
        """
        return cls(chain_id, frozenset(PublicKey.from_hex(key).hex for key in consensus_keys))

    @property
    def quorum(self) -> int:
        """How many of them must sign."""
        return thresholds_of(len(self.consensus_keys)).quorum

    def verify_block(
        self, number: int, headers: Sequence[bytes], signatures: Iterable[tuple[str, bytes]]
    ) -> tuple[LedgerBlockHeader, frozenset[PublicKeyHex]]:
        """Return a block's header and who vouches for it.

        Args:
            number: The block's.
            headers: The block's encoded header, and those that follow, up to the one that was signed.
            signatures: Consensus key and signature, 64 bytes, of each signer of the last.

        Raises:
            UntrustedError: That is not shown.
        """
        if not 1 <= len(headers) <= HEADERS_MAX:
            raise UntrustedError(f"{len(headers)} headers came; 1 to {HEADERS_MAX} are allowed")
        try:
            chain = [LedgerBlockHeader.FromString(encoded) for encoded in headers]
        except DecodeError as error:
            raise UntrustedError(f"a header is none: {error}") from None
        ids = [block_id_of(encoded) for encoded in headers]
        if chain[0].number != number:
            raise UntrustedError(f"the header of block {chain[0].number} came for that of {number}")
        if any(header.previous_id != before for header, before in zip(chain[1:], ids, strict=False)):
            raise UntrustedError("the headers do not name each other")
        if any(header.chain_id != self.chain_id for header in chain):
            raise UntrustedError(f"the headers are of another ledger than {self.chain_id}")
        signers = self._signers(chain[-1], ids[-1], list(signatures))
        if len(signers) < self.quorum:
            raise UntrustedError(
                f"{len(signers)} of {len(self.consensus_keys)} trusted super nodes vouch for block "
                f"{chain[-1].number}; it takes {self.quorum}"
            )
        return chain[0], signers

    def _signers(
        self, header: LedgerBlockHeader, block_id: str, signatures: Sequence[tuple[str, bytes]]
    ) -> frozenset[PublicKeyHex]:
        """Return the trusted who signed the block: all in one epoch, that with the most of them."""
        best: frozenset[PublicKeyHex] = frozenset()
        for epoch in range(header.epoch, header.epoch + EPOCHS_TRIED):
            message = checkpoint_message(
                chain_digest(self.chain_id),
                Epoch(epoch),
                header.number,
                bytes.fromhex(block_id),
                header.state_root,
            )
            signers = frozenset(
                PublicKeyHex(key)
                for key, signature in signatures
                if key in self.consensus_keys
                and verify_tagged(_public_key(key), CHECKPOINT_DOMAIN, message, signature)
            )
            best = max(best, signers, key=len)
        return best


def _public_key(key: str) -> PublicKey:
    try:
        return PublicKey.from_hex(key)
    except MalformedPublicKeyError as error:
        raise UntrustedError(str(error)) from None
