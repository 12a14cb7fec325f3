"""The client's verifier of state proofs agrees with the node's, which was written apart from it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.helpers.states import address, addresses, commit, values
from validator.state import GlobalState, encode_proof, verify_proof
from validator.state.errors import InvalidProofError as NodesInvalidProofError
from validator.storage import MemoryStore
from wattdag.client.state_proofs import InvalidProofError, verify_state_proof

ENTRIES = {
    address("a0"): b"one",
    address("a1"): b"two" * 30,
    address("b00001"): b"three",
    address("b00002"): b"four",
    address("c"): b"five",
}
ASKED = {
    "present": address("a1"),
    "free slot in the root": address("d"),
    "free slot below": address("a7"),
    "other leaf": address("cc"),
    "other branch": address("b1"),
}


def prove(entries: dict[str, bytes], asked: str) -> tuple[bytes, bytes]:
    """Return the root of a state, and the proof of an address in it."""
    store = MemoryStore()
    state = GlobalState(store)
    commit(state, store, entries)
    return state.root, encode_proof(state.at(state.root).prove(asked))


@given(entries=st.dictionaries(addresses(), values(), max_size=12), asked=addresses())
@example(entries={}, asked=address("a"))
def test_whatever_the_state_holds_is_shown(entries, asked) -> None:
    """Value or absence, of any address in any state."""
    root, proof = prove(entries, asked)
    assert verify_state_proof(root, asked, proof) == entries.get(asked)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_every_flipped_bit_makes_a_proof_fail(asked) -> None:
    """No byte of a proof is free."""
    root, proof = prove(ENTRIES, asked)
    for at in range(len(proof)):
        for bit in range(8):
            flipped = proof[:at] + bytes([proof[at] ^ 1 << bit]) + proof[at + 1 :]
            with pytest.raises(InvalidProofError):
                verify_state_proof(root, asked, flipped)


@given(asked=st.sampled_from(sorted(ASKED.values())), data=st.data())
@settings(max_examples=200)
def test_both_verifiers_give_one_verdict_on_any_bytes(asked, data) -> None:
    """Cut, drawn out, spliced or invented: what one refuses, the other does."""
    root, proof = prove(ENTRIES, data.draw(st.sampled_from(sorted(ASKED.values()))))
    at = data.draw(st.integers(0, len(proof)))
    bytes_given = proof[:at] + data.draw(st.binary(max_size=40)) + proof[at + data.draw(st.integers(0, 40)) :]
    try:
        expected = verify_proof(root, asked, bytes_given)
    except NodesInvalidProofError:
        with pytest.raises(InvalidProofError):
            verify_state_proof(root, asked, bytes_given)
    else:
        assert verify_state_proof(root, asked, bytes_given) == expected


@pytest.mark.parametrize("asked", ["", "A" * 70, "g" * 70, "0" * 69])
def test_an_address_of_another_form_proves_nothing(asked) -> None:
    """Addresses are 70 lowercase hex digits."""
    root, proof = prove(ENTRIES, ASKED["present"])
    with pytest.raises(InvalidProofError, match="address"):
        verify_state_proof(root, asked, proof)
