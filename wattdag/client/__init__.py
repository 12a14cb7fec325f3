"""What a participant's own programs use: keys that sign payloads, the private chain, proofs to check.

Nothing here needs a node's code or its trust: transactions are signed before they leave, and what comes
back can be verified against the ledger's root.
"""
