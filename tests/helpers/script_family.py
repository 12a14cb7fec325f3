"""A transaction family whose payload says what the handler does: for tests of everything around handlers."""

import json
from typing import Any

from signing.batches import sign_batch
from signing.keys import PrivateKey
from signing.transactions import sign_transaction
from signing.types import SignedBatch, SignedTransaction, TransactionId
from transaction_families.addressing import entry_address, namespace_of
from transaction_families.errors import InvalidTransaction

NAME = "script"
NAMESPACE = namespace_of(NAME)
ALICE = PrivateKey.for_demo("alice")
BOB = PrivateKey.for_demo("bob")


def address(key: str) -> str:
    """Return the address of a test's entry."""
    return entry_address(NAMESPACE, 0, key)


class RefusedByScriptError(InvalidTransaction):
    """The script says so."""


class ScriptHandler:
    """Runs scripts: lists of steps such as ``["set", key, text]``."""

    family_name = NAME
    family_versions = ("1.0",)

    def __init__(self) -> None:
        self.runs = 0

    def apply(self, transaction: SignedTransaction, context: Any) -> None:
        """Carry out the steps in order."""
        self.runs += 1
        for step, *arguments in json.loads(transaction.payload):
            getattr(self, f"_{step}")(context, *arguments)

    def _set(self, context: Any, key: str, value: str) -> None:
        context.set_state({address(key): value.encode()})

    def _append(self, context: Any, key: str, value: str) -> None:
        found = context.get_state([address(key)])
        context.set_state({address(key): (found[0].data if found else b"") + value.encode()})

    def _delete(self, context: Any, key: str) -> None:
        context.delete_state([address(key)])

    def _event(self, context: Any, text: str) -> None:
        context.add_event("script/event", [("text", text)], b"data")

    def _data(self, context: Any, text: str) -> None:
        context.add_receipt_data(text.encode())

    def _refuse(self, _context: Any, text: str) -> None:
        raise RefusedByScriptError(text)

    def _crash(self, _context: Any, text: str) -> None:
        raise ZeroDivisionError(text)

    def _memory(self, _context: Any) -> None:
        raise MemoryError


def script(
    *steps: list[str],
    signer: PrivateKey = ALICE,
    batcher: PrivateKey | None = None,
    nonce: str = "",
    inputs: tuple[str, ...] = (NAMESPACE,),
    outputs: tuple[str, ...] = (NAMESPACE,),
    dependencies: tuple[TransactionId, ...] = (),
    family: str = NAME,
    version: str = "1.0",
) -> SignedTransaction:
    """Return a signed transaction that carries out ``steps``."""
    return sign_transaction(
        signer,
        family_name=family,
        family_version=version,
        payload=json.dumps(steps).encode(),
        inputs=inputs,
        outputs=outputs,
        nonce=nonce,
        dependencies=dependencies,
        batcher_public_key=(batcher or signer).public_key.hex,
    )


def batch_of(*transactions: SignedTransaction, batcher: PrivateKey = ALICE) -> SignedBatch:
    """Return a signed batch."""
    return sign_batch(batcher, transactions)


def batch(*steps: list[str], nonce: str = "") -> SignedBatch:
    """Return a signed batch of one transaction that carries out ``steps``."""
    return batch_of(script(*steps, nonce=nonce))
