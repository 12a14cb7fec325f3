"""The ledger's state: addressed entries under one root hash.

Entries lie flat in the store, so that reading the head is one lookup; a radix-16 Merkle trie over
them (`branch` defines it to the byte) gives the root on which all nodes agree and proofs that need
nothing else. `GlobalState` takes a block's changes at once, and keeps older versions readable until
they are pruned.
"""

from validator.state.branch import EMPTY_ROOT
from validator.state.global_state import GlobalState, StagedState
from validator.state.history import NO_VERSION
from validator.state.proofs import StateProof, decode_proof, encode_proof, verify_proof
from validator.state.reader import StateReader
from validator.state.state_tree import StateRootMode

__all__ = [
    "EMPTY_ROOT",
    "NO_VERSION",
    "GlobalState",
    "StagedState",
    "StateProof",
    "StateReader",
    "StateRootMode",
    "decode_proof",
    "encode_proof",
    "verify_proof",
]
