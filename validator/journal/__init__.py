"""The journal: what was accepted, what became of it, and the chain of ledger blocks that says so.

A batch comes in through `Admission`, which checks form and signatures, and is accepted once the
`PendingBatches` have it on disk. The ordering hands back payloads that all nodes agree upon; the `Ledger`
executes them and writes the block, its receipts, the new state and the removal from what is pending in one
synchronous write, so that a crash leaves a node at exactly one block.
"""
