"""Signs payloads as transactions and batches, with the footprint that their family declares."""

from collections.abc import Callable, Sequence
from itertools import count
from secrets import token_hex

from signing.batches import sign_batch
from signing.keys import PrivateKey
from signing.transactions import sign_transaction
from signing.types import SignedBatch, SignedTransaction
from transaction_families.handler import PublicKey
from transaction_families.registry import family_of

_NONCE_BYTES = 16


def random_nonce() -> str:
    """Return a nonce that nobody has used."""
    return token_hex(_NONCE_BYTES)


def counting_nonces() -> Callable[[], str]:
    """Return nonces 0, 1, 2, ... for ledgers that must come out the same on every run."""
    numbers = count()
    return lambda: str(next(numbers))


class Wallet:
    """Signs for one key."""

    def __init__(self, key: PrivateKey, nonce: Callable[[], str] = random_nonce) -> None:
        self._key = key
        self._nonce = nonce
        self.public_key = PublicKey(key.public_key.hex)

    def transaction(self, payload: object) -> SignedTransaction:
        """Return a transaction that asks for ``payload``.

        Args:
            payload: A payload dataclass of any family.

        Raises:
            TypeError: It is none.
            OverflowInt64Error: A number does not fit its field.
            InvalidFormatError: The payload is larger than a transaction may be.
        """
        family = family_of(payload)
        footprint = family.footprint(payload, self.public_key)
        return sign_transaction(
            self._key,
            family_name=family.name,
            family_version=family.version,
            payload=family.encode(payload),
            inputs=footprint.inputs,
            outputs=footprint.outputs,
            nonce=self._nonce(),
        )

    def batch(self, *payloads: object) -> SignedBatch:
        """Return a batch that asks for ``payloads`` in this order, all of them or none."""
        return self.batch_of([self.transaction(payload) for payload in payloads])

    def batch_of(self, transactions: Sequence[SignedTransaction]) -> SignedBatch:
        """Return a batch of transactions of this wallet, in this order.

        Raises:
            InvalidFormatError: There is none or too many, one comes twice, or another key signed one.
        """
        return sign_batch(self._key, transactions)

    def __repr__(self) -> str:
        return f"Wallet(key hidden, public_key={self.public_key})"
