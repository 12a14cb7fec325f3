"""Largest sizes of Sawtooth's formats on this ledger.

They decide whether bytes are well formed, and all nodes must decide alike: so they are part of the format
and not of a node's configuration.
"""

from typing import Final

BATCH_LIST_BYTES_MAX: Final = 16 * 1024 * 1024
BATCHES_PER_LIST_MAX: Final = 10_000
BATCH_BYTES_MAX: Final = 2 * 1024 * 1024
TRANSACTIONS_PER_BATCH_MAX: Final = 1_000
HEADER_BYTES_MAX: Final = 512 * 1024
PAYLOAD_BYTES_MAX: Final = 512 * 1024
# Of ``inputs`` and of ``outputs``, each.
ADDRESSES_MAX: Final = 4_096
DEPENDENCIES_MAX: Final = 256
# Of ``family_name``, ``family_version`` and ``nonce``, each.
TEXT_CHARS_MAX: Final = 256
