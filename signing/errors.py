"""What can be wrong with keys, signatures and signed bytes.

The base class says whose trouble it is: `InvalidFormatError` and `BadSignatureError` are the sender's and
say the same on every node; `KeyFileError` is the operator's; `VerifierError` is this machine's and says
nothing about a signature.
"""

from pathlib import Path
from typing import ClassVar, Final

VALUE_CHARS_MAX: Final = 80


def shorten(value: object) -> str:
    """Return ``value`` as text for a message: its repr, cut to `VALUE_CHARS_MAX` characters."""
    if isinstance(value, str | bytes) and len(value) > VALUE_CHARS_MAX:
        return f"{value[: VALUE_CHARS_MAX // 2]!r}... ({len(value)} long)"
    text = repr(value)
    return text if len(text) <= VALUE_CHARS_MAX else f"{text[:VALUE_CHARS_MAX]}..."


class SigningError(Exception):
    """Base of this package's errors."""


class InvalidFormatError(SigningError):
    """Signed bytes break a rule of their format. Each rule has a subclass.

    Attributes:
        field: Path of the offending field, such as ``transactions[3].header.inputs[0]``.
        value: What the field holds.
        rule: What it must be instead.
    """

    rule: ClassVar[str] = "well formed"

    def __init__(self, field: str, value: object, rule: str | None = None) -> None:
        self.field = field
        self.value = value
        self.broken_rule = rule or self.rule
        super().__init__(field, value, self.broken_rule)

    def move_under(self, container: str) -> None:
        """Put the path of the containing message before the field, as the error passes through it."""
        self.field = f"{container}.{self.field}"

    def __str__(self) -> str:
        return f"{self.field} is {shorten(self.value)}; it must be {self.broken_rule}"


class UndecodableBytesError(InvalidFormatError):
    """Bytes are no protobuf message of the expected kind."""

    rule = "an encoded protobuf message of its kind"


class MalformedPublicKeyError(InvalidFormatError):
    """A public key has another form, or is no point of the curve."""

    rule = "a compressed secp256k1 public key: 66 lowercase hex digits, the first two 02 or 03"


class MalformedPrivateKeyError(InvalidFormatError):
    """A private key has another form. Its value is never shown."""

    rule = "a secp256k1 private key: 64 hex digits, between 1 and the order of the group"

    def __init__(self, field: str) -> None:
        super().__init__(field, "(hidden)")


class MalformedSignatureError(InvalidFormatError):
    """A header signature, which is also an id, has another form."""

    rule = "a compact signature: 128 lowercase hex digits"


class MalformedAddressError(InvalidFormatError):
    """An input or output is no state address or prefix of one."""

    rule = "a state address or prefix: an even number of lowercase hex digits, at most 70"


class MalformedDependencyError(InvalidFormatError):
    """A dependency is no transaction id, possibly empty."""

    rule = "a transaction id: 128 lowercase hex digits"


class MalformedDomainError(InvalidFormatError):
    """A signing domain's name has another form."""

    rule = "1 to 64 characters out of a-z, 0-9, '-', '.' and '/'"


class PayloadHashMismatchError(InvalidFormatError):
    """The header's ``payload_sha512`` is not the payload's."""

    rule = "the SHA-512 of the payload, 128 lowercase hex digits"


class BatcherMismatchError(InvalidFormatError):
    """A transaction names another batcher than the key that signs the batch."""

    rule = "the key that signs the batch"


class TransactionOrderError(InvalidFormatError):
    """The batch header's ids are not those of the batch's transactions, in order."""

    rule = "the ids of the batch's transactions, in their order"


class DuplicateTransactionError(InvalidFormatError):
    """A batch holds a transaction twice."""

    rule = "in the batch once"


class EmptyBatchError(InvalidFormatError):
    """A batch holds no transaction."""

    rule = "at least one transaction"

    def __init__(self, field: str) -> None:
        super().__init__(field, ())


class TooLargeError(InvalidFormatError):
    """A field is longer than its limit."""

    def __init__(self, field: str, length: int, limit: int, unit: str) -> None:
        super().__init__(field, length, f"at most {limit} {unit} long")


class TooManyError(InvalidFormatError):
    """A field has more entries than its limit."""

    def __init__(self, field: str, count: int, limit: int) -> None:
        super().__init__(field, count, f"at most {limit} entries")


class BadSignatureError(SigningError):
    """A signature does not fit its message and key."""

    def __init__(self, what: str, signature_hex: str, public_key_hex: str) -> None:
        super().__init__(
            f"{what}: signature {shorten(signature_hex)} does not fit its header under key {public_key_hex}"
        )
        self.what = what
        self.signature_hex = signature_hex
        self.public_key_hex = public_key_hex


class KeyFileError(SigningError):
    """A key file cannot be used; the text says why and how to mend it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"key file {path}: {problem}")
        self.path = path


class ExposedKeyFileError(KeyFileError):
    """A private key file that others on the machine may read or write."""

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(
            path,
            f"its mode {mode:04o} lets others read or change the private key; run: chmod 600 {path}",
        )


class CertificateError(SigningError):
    """A TLS certificate cannot be used; the text says which, why and how to mend it."""


class VerifierError(SigningError):
    """A verifier could not answer: it was closed, or its workers keep dying."""
