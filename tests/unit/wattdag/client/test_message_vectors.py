"""Clients in other languages can check themselves against known transactions."""

import json
import re
from pathlib import Path

from signing.batches import decode_batch
from signing.verification import verify_checks
from tests.helpers.message_vectors import FILE, make_vectors

REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "messages.md"


def test_the_vectors_are_what_the_wallet_makes() -> None:
    """A change of any byte that is signed shows here; it needs a new version of the family."""
    assert json.loads(FILE.read_text()) == make_vectors()


def test_the_vectors_batches_are_sound() -> None:
    """They decode in canonical form and all their signatures hold."""
    for batch in make_vectors()["batches"].values():
        decoded = decode_batch(bytes.fromhex(batch["encoded"]))
        assert decoded.encoded.hex() == batch["encoded"]
        assert all(verify_checks(decoded.signature_checks()))


def test_the_reference_shows_the_vectors_first_order() -> None:
    """Payload and ids in the documentation are those of the vectors."""
    (order,) = make_vectors()["batches"]["an order"]["transactions"]
    text = re.sub(r"\s", "", REFERENCE.read_text())
    assert order["payload"] in text
    assert order["transaction_id"] in text
    assert all(address in text for address in order["inputs"])
