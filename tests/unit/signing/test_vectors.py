"""Fixed keys and fields have the fixed bytes that Sawtooth's own SDK once made of them."""

import json
from pathlib import Path
from typing import Any

from signing.batches import decode_batch, sign_batch
from signing.keys import PrivateKey
from signing.tagged import Domain, sign_tagged
from signing.transactions import sign_transaction

VECTORS = Path(__file__).parents[2] / "vectors" / "signing" / "signed_formats.json"


def read_vectors() -> Any:
    return json.loads(VECTORS.read_text(encoding="utf-8"))


def test_demo_keys_are_the_same_everywhere() -> None:
    vectors = read_vectors()
    for entry in (vectors["signer"], vectors["batcher"]):
        key = PrivateKey.for_demo(entry["seed"])
        assert (key.hex, key.public_key.hex) == (entry["private_key"], entry["public_key"])


def test_headers_ids_and_batches_have_the_recorded_bytes() -> None:
    vectors = read_vectors()
    signer = PrivateKey.from_hex(vectors["signer"]["private_key"])
    batcher = PrivateKey.from_hex(vectors["batcher"]["private_key"])
    transactions = []
    for entry in vectors["transactions"]:
        header, transaction_id = entry.pop("header"), entry.pop("transaction_id")
        transaction = sign_transaction(
            signer,
            **entry | {"payload": bytes.fromhex(entry["payload"])},
            batcher_public_key=batcher.public_key.hex,
        )
        assert transaction.header_bytes.hex() == header
        assert transaction.transaction_id == transaction_id
        transactions.append(transaction)

    batch = sign_batch(batcher, transactions)

    assert batch.header_bytes.hex() == vectors["batch"]["header"]
    assert batch.batch_id == vectors["batch"]["batch_id"]
    assert batch.encoded.hex() == vectors["batch"]["encoded"]
    assert decode_batch(batch.encoded) == batch


def test_a_tagged_signature_has_the_recorded_bytes() -> None:
    vectors = read_vectors()
    tagged = vectors["tagged"]
    signer = PrivateKey.from_hex(vectors["signer"]["private_key"])

    signature = sign_tagged(signer, Domain(tagged["domain"]), bytes.fromhex(tagged["message"]))

    assert signature.hex() == tagged["signature"]
