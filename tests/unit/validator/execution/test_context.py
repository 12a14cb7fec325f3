"""What a transaction may touch, and what of it the others see."""

import pytest

from signing.types import AddressPrefix, TransactionHeader
from tests.helpers.script_family import ALICE
from transaction_families.errors import UndeclaredAddressError
from validator.execution import context as module
from validator.execution.context import TransactionContext
from validator.execution.errors import (
    MalformedAddressError,
    StateValueSizeError,
    TooMuchOutputError,
)
from validator.execution.overlay import BlockOverlay
from validator.state.proofs import VALUE_BYTES_MAX

A = "ab" + "0" * 68
B = "ab" + "1" * 68
OTHER = "cd" + "0" * 68


class DictState(dict[str, bytes]):
    """State at the block before."""


def make_context(
    inputs: tuple[str, ...] = (A, B), outputs: tuple[str, ...] = (A, B), **state: bytes
) -> TransactionContext:
    key = ALICE.public_key.hex
    header = TransactionHeader(
        "f", "1", key, key, tuple(map(AddressPrefix, inputs)), tuple(map(AddressPrefix, outputs)), (), "", ""
    )
    return TransactionContext(header, BlockOverlay(DictState({A: state.get("a", b"old")})), {})


def test_entries_that_hold_nothing_are_left_out() -> None:
    """As Sawtooth's SDK has it: only entries with data are returned, in the order asked for."""
    assert make_context().get_state([B, A]) == [(A, b"old")]


def test_a_prefix_declares_every_address_below_it() -> None:
    """Sawtooth's rule: an input or output is an address or its beginning; the empty one is all."""
    assert make_context(inputs=("ab",)).get_state([A]) == [(A, b"old")]
    assert make_context(inputs=("",)).get_state([A]) == [(A, b"old")]


def test_reading_outside_the_inputs_is_refused() -> None:
    """Outputs give no right to read."""
    with pytest.raises(UndeclaredAddressError, match="inputs"):
        make_context(inputs=(B,), outputs=(A,)).get_state([A])


def test_writing_and_deleting_outside_the_outputs_is_refused() -> None:
    """Inputs give no right to write."""
    context = make_context(inputs=(A,), outputs=(B, "cd00"))
    with pytest.raises(UndeclaredAddressError, match="outputs"):
        context.set_state({A: b"new"})
    with pytest.raises(UndeclaredAddressError, match="outputs"):
        context.delete_state([A])
    assert context.set_state({OTHER: b"new"}) == [OTHER]
    assert context.changes == {OTHER: b"new"}


@pytest.mark.parametrize("address", ["", "ab", A[:-1], A + "0", A.upper(), "ab" + "g" * 68, "äb" + "0" * 68])
def test_what_is_no_address_is_refused_whatever_is_declared(address: str) -> None:
    """An address has 70 lowercase hex digits; a declared prefix is not one, even if asked for literally."""
    context = make_context(inputs=("", "ab"), outputs=("", "ab"))
    with pytest.raises(MalformedAddressError):
        context.get_state([address])
    with pytest.raises(MalformedAddressError):
        context.set_state({address: b"new"})


def test_a_transaction_reads_what_it_wrote() -> None:
    """Later reads see earlier writes and deletions of the same transaction."""
    context = make_context()
    context.set_state({A: b"new", B: b"b"})
    assert context.get_state([A, B]) == [(A, b"new"), (B, b"b")]
    assert context.delete_state([A]) == [A]
    assert context.delete_state([A]) == []
    assert context.get_state([A]) == []
    assert context.changes == {A: None, B: b"b"}


def test_a_transaction_reads_what_its_batch_and_its_block_changed_before() -> None:
    """The newest change counts: the batch's over the block's over the chain's."""
    overlay = BlockOverlay(DictState({A: b"chain", B: b"chain"}))
    overlay.apply({A: b"block", B: b"block"})
    context = TransactionContext(make_header(), overlay, {B: None})
    assert context.get_state([A, B]) == [(A, b"block")]


def make_header() -> TransactionHeader:
    key = ALICE.public_key.hex
    every = (AddressPrefix(""),)
    return TransactionHeader("f", "1", key, key, every, every, (), "", "")


@pytest.mark.parametrize("value", [b"", bytes(VALUE_BYTES_MAX + 1)])
def test_values_have_a_least_and_a_largest_size(value: bytes) -> None:
    """An entry holds 1 to `VALUE_BYTES_MAX` bytes."""
    with pytest.raises(StateValueSizeError, match=str(len(value))):
        make_context().set_state({A: value})


def test_what_a_transaction_puts_out_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """State changes, events and receipt data have limits of their own."""
    for limit in ("STATE_CHANGES_MAX", "EVENTS_MAX", "RECEIPT_DATA_MAX"):
        monkeypatch.setattr(module, limit, 1)
    context = make_context()
    context.add_event("a", [])
    context.add_receipt_data(b"a")
    with pytest.raises(TooMuchOutputError, match="events"):
        context.add_event("b", [])
    with pytest.raises(TooMuchOutputError, match="receipt data"):
        context.add_receipt_data(b"b")
    with pytest.raises(TooMuchOutputError, match="state changes"):
        context.set_state({A: b"1", B: b"2"})
