"""The state at one root, for as long as somebody looks at it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from hashlib import sha256
from heapq import merge

from validator.state.addresses import (
    check_address_prefix,
    pack_address,
    pack_path,
)
from validator.state.branch import SLOT_OF, Branch
from validator.state.errors import ProofsNotOfferedError
from validator.state.head import Head
from validator.state.proofs import (
    BranchStep,
    FreeSlot,
    OtherBranch,
    OtherLeaf,
    Present,
    ProofEnd,
    StateProof,
)
from validator.state.trie import branches_towards
from validator.state.versions import Version


class StateReader:
    """The state at one version; what it shows never changes, however far the head moves on."""

    def __init__(self, head: Head, version: Version) -> None:
        self._head = head
        self._version = version

    @property
    def version(self) -> int:
        """Number of the version, that of the block it follows from."""
        return self._version.number

    @property
    def root(self) -> bytes:
        """State root, 32 bytes."""
        return self._version.root

    def get(self, address: str) -> bytes | None:
        """Return the value at an address, `None` if there is none.

        Raises:
            InvalidAddressError: The address is not 70 lowercase hex digits.
        """
        for version in self._version.until_head():
            if address in version.values:
                return version.values[address]
        return self._head.entries.get(address)

    def iterate(self, prefix: str = "", *, start: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield the entries whose address begins with a prefix, ascending.

        Args:
            prefix: Up to 70 lowercase hex digits; of all addresses if empty.
            start: Leave out addresses before these digits, so that a listing can be continued.

        Raises:
            InvalidAddressPrefixError: ``prefix`` or ``start`` is not made of such digits.
        """
        check_address_prefix(prefix)
        check_address_prefix(start)
        return self._iterate(prefix, max(prefix, start))

    def prove(self, address: str) -> StateProof:
        """Return a proof of the value at an address, or of there being none.

        Raises:
            InvalidAddressError: The address is not 70 lowercase hex digits.
            ProofsNotOfferedError: The state root has Sawtooth's form.
        """
        pack_address(address)
        met = branches_towards(self.root, address, self.load_branch)
        end = self._end_of(met, address)
        if isinstance(end, OtherBranch):
            met.pop()
        steps = []
        for path, branch in met:
            on_way = branch.paths[SLOT_OF[address[len(path)]]]
            others = b"".join(h for child, h in branch.children() if child != on_way)
            steps.append(BranchStep(len(path), branch.slots, others))
        return StateProof(tuple(steps), end)

    def load_branch(self, path: str, branch_hash: bytes) -> Branch:
        """Return this version's branch at a path, given its hash; raises as `prove`."""
        if self._head.branches is None:
            raise ProofsNotOfferedError
        for version in self._version.until_head():
            if path in version.branches:
                branch = version.branches[path]
                assert branch is not None  # the parent names it
                return branch
        return self._head.branches.load(path, branch_hash)

    def _end_of(self, met: list[tuple[str, Branch]], address: str) -> ProofEnd:
        path, branch = met[-1]
        if not address.startswith(path):
            return OtherBranch(path, branch.slots, branch.hashes)
        leaf = branch.paths[SLOT_OF[address[len(path)]]]
        if leaf is None:
            return FreeSlot()
        value = self.get(leaf)
        assert value is not None  # a leaf is in the trie while it has a value
        return Present(value) if leaf == address else OtherLeaf(leaf, sha256(value).digest())

    def _iterate(self, prefix: str, start: str) -> Iterator[tuple[str, bytes]]:
        then: dict[str, bytes | None] = {}  # what this version had where the head differs
        for version in reversed(list(self._version.until_head())):
            then.update(version.values)
        differing = [
            (address, value)
            for address, value in sorted(then.items())
            if value is not None and address.startswith(prefix) and address >= start
        ]
        yield from merge(differing, self._iterate_same(prefix, start, then))

    def _iterate_same(self, prefix: str, start: str, then: Container[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the head's entries but those in ``then``."""
        whole_bytes = bytes.fromhex(prefix[: len(prefix) & ~1])
        for packed, value in self._head.entries.iterate(whole_bytes, pack_path(start)):
            address = packed.hex()
            if not address.startswith(prefix):
                break
            if address not in then:
                yield address, value
